from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.workspace.dependencies import needed_by
from tests.workspace.distributions import (
    ALL,
    BASE,
    HAND_WRITTEN,
    OWN_NAMES,
    ROOT,
    RUNTIME,
    STABLESTUDIO,
    Distribution,
)

every_distribution = pytest.mark.parametrize("one", ALL, ids=str)

MAY_NEED = {
    "coinslot": set(),
    "coinslot-base": {"coinslot"},
    "coinslot-codegen": set(),
    "coinslot-mcp": {"coinslot"},
    "coinslot-sandbox": {"coinslot-codegen"},
    "coinslot-solana": {"coinslot"},
    "coinslot-tempo": {"coinslot"},
    "stablestudio": {"coinslot"},
}

HELD = {
    "datamodel-code-generator",  # what it writes is part of what the generator writes
    "ruff",  # as the model generator
    "solders",  # the official package that verifies our payments holds it too
}


@every_distribution
def test_distribution_describes_itself_alike(one: Distribution) -> None:
    project = one.project
    assert canonicalize_name(project["name"]) == one.package.replace("_", "-")
    assert project["requires-python"] == ">=3.11"
    assert one.settings["build-system"]["build-backend"] == "hatchling.build"
    assert (one.root / project["readme"]).is_file()
    assert (one.source / "py.typed").is_file()


@pytest.mark.parametrize("one", HAND_WRITTEN, ids=str)
def test_hand_written_distributions_share_licence_and_version(one: Distribution) -> None:
    assert one.project["license"] == "MIT"
    assert one.project["version"] == RUNTIME.project["version"]
    assert (one.root / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")
    assert one.project["classifiers"] == RUNTIME.project["classifiers"]
    assert one.project["authors"] == RUNTIME.project["authors"]


@every_distribution
def test_distributions_of_ours_ask_for_the_same_series_of_each_other(one: Distribution) -> None:
    series = ".".join(RUNTIME.project["version"].split(".")[:2])
    for wanted in one.requirements():
        if canonicalize_name(wanted.name) in OWN_NAMES:
            assert str(wanted.specifier) == f"<0.{int(series.partition('.')[2]) + 1},>={series}", str(wanted)


def test_every_folder_with_code_is_linted_typed_and_known() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    folders = ("runtime", "plugins", "codegen", "generated", "examples")
    packages = {path.parent for folder in folders for path in ROOT.glob(f"{folder}/**/src/*/__init__.py")}
    sources = {str(path.parent.relative_to(ROOT)) for path in packages}
    scripts = {"tests", "demo", "benchmarks", "docs/conf.py", "noxfile.py"}
    assert {*settings["ruff"]["src"]} == sources | {"."}
    assert {*settings["mypy"]["mypy_path"]} == sources | {"."}
    assert {*settings["mypy"]["files"]} == sources | scripts
    known = {*settings["ruff"]["lint"]["isort"]["known-first-party"]}
    assert known == {path.name for path in packages} | {"tests"}


@every_distribution
def test_third_parties_have_a_lower_bound_and_no_other(one: Distribution) -> None:
    for wanted in one.requirements():
        if canonicalize_name(wanted.name) not in OWN_NAMES | HELD:
            assert [specifier.operator for specifier in wanted.specifier] == [">="], str(wanted)


@every_distribution
def test_distribution_needs_only_the_floors_it_stands_on(one: Distribution) -> None:
    needed = {canonicalize_name(wanted.name) for wanted in one.requirements()}
    assert needed & OWN_NAMES <= MAY_NEED[one.project["name"]]


@every_distribution
def test_what_is_imported_is_declared(one: Distribution) -> None:
    declared = {canonicalize_name(wanted.name) for wanted in one.requirements()}
    # Editable installs do not list what they hold.
    homes = {**packages_distributions(), **{own.package: [own.project["name"]] for own in ALL}}
    undeclared = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path, name in _imports(one.source)
        if name not in sys.stdlib_module_names
        and name not in {one.package, "pytest"}  # a plugin of pytest is loaded by nothing else
        and not declared & {canonicalize_name(home) for home in homes.get(name, ())}
    }
    assert not undeclared, "\n".join(sorted(undeclared))


def test_paying_client_needs_no_generator_and_no_server() -> None:
    needed = needed_by(RUNTIME, BASE, STABLESTUDIO)
    assert {"coinslot", "coinslot-base", "stablestudio", "httpx", "pydantic", "eth-account"} <= needed
    strangers = {"coinslot-codegen", "coinslot-sandbox", "datamodel-code-generator", "jinja2", "black"}
    assert not needed & (strangers | {"markdown-it-py", "starlette", "uvicorn", "x402", "pytest"})


def _imports(source: Path) -> Iterator[tuple[Path, str]]:
    """Yield each absolute import's top-level name, wherever in a module it stands."""
    for path in source.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name.partition(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                yield path, node.module.partition(".")[0]
