"""`--embed`: clients inside another package, two side by side, also from a zip, with the runtime alone."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from packaging.utils import canonicalize_name

from coinslot_codegen.commands.check import check
from coinslot_codegen.commands.generate import generate
from tests.codegen.generating import PAID, document, one, operation
from tests.workspace.dependencies import needed_by
from tests.workspace.distributions import ALL, BASE, ROOT, RUNTIME

PYPROJECT = """
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[project]
name = "host"
version = "1.0"
dependencies = ["coinslot", "coinslot-base"]
[tool.hatch.build.targets.wheel]
packages = ["src/host"]
"""

USE = """
import sys
*places, count = sys.argv[1:]
sys.modules.update(dict.fromkeys(places[int(count):]))  # None: as if not installed
sys.path[:0] = places[:int(count)]
from host.paid.studio import AsyncStableStudio, StableStudio
from host.paid.sample import Sample
import host.paid.studio
assert host.paid.studio.__file__.startswith(places[0])
shown = {"key": "secret-value"}
with StableStudio(pay_with=["base"], max_price="0.25") as studio, Sample(
    pay_with=["base"], credentials=shown
) as sample:
    assert callable(studio.nano_banana_pro.generate.quote)
    assert callable(sample.thing.make)
    assert callable(sample.talk.create)
    assert StableStudio.JOB_ROUTES
from host.paid.sample._security import SCHEMES
from host.paid.studio.cli import main
assert list(SCHEMES) == ["key"]
try:
    main()
except SystemExit as told:
    print(told.code)
print(sorted(name for name in ("stablestudio", "studio", "sample") if sys.modules.get(name)))
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(generate, [str(one) for one in arguments])


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose package holds two generated clients."""
    root = tmp_path_factory.mktemp("host")
    (root / "pyproject.toml").write_text(PYPROJECT)
    paid = root / "src/host/paid"
    paid.mkdir(parents=True)
    for package in (paid, paid.parent):
        (package / "__init__.py").touch()
    small = root / "small.json"
    small.write_text(json.dumps(_small()))
    studio = ROOT / "generated" / "stablestudio.openapi.json"
    assert run(studio, "--output", paid / "studio", "--embed", "--cli").exit_code == 0
    assert run(small, "--output", paid / "sample", "--embed").exit_code == 0
    return root


def test_nothing_stands_beside_the_package(host: Path) -> None:
    names = {path.name for path in (host / "src/host/paid/sample").iterdir()}
    assert names == {
        *("__init__.py", "_client.py", "_security.py", "manifest.json", "openapi.json", "py.typed"),
        *("talk", "thing"),
    }
    assert (host / "src/host/paid/studio/cli/__main__.py").is_file()


def test_all_imports_of_its_own_are_relative(host: Path) -> None:
    homes: dict[bool, set[str]] = {True: set(), False: set()}
    for path in (host / "src/host/paid").rglob("*.py"):
        found = homes["cli" in path.parts]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                found.add(node.module.partition(".")[0])
    standard = set(sys.stdlib_module_names)
    assert homes[False] - standard == {"coinslot", "pydantic"}
    assert homes[True] - standard == {"click", "coinslot"}


def test_a_second_run_changes_nothing_and_needs_no_word_of_it(host: Path) -> None:
    folder = host / "src/host/paid/sample"
    done = run(host / "small.json", "--output", folder)
    assert done.output == f"{folder}: nothing changed\n"
    assert CliRunner().invoke(check, [str(folder)]).output == f"{folder}: current\n"


def test_a_later_document_changes_the_embedded_client(host: Path, tmp_path: Path) -> None:
    folder = tmp_path / "host" / "mine"
    content: dict[str, Any] = document({"/api/thing/make": {"post": operation(**PAID)}})
    source = tmp_path / "openapi.json"
    source.write_text(json.dumps(content))
    assert run(source, "--output", folder, "--embed").exit_code == 0
    content["paths"]["/api/other"] = {"get": operation()}
    source.write_text(json.dumps(content))
    assert run(source, "--output", folder).exit_code == 0
    assert (folder / "other/get.py").is_file()
    assert not (folder / "pyproject.toml").exists()


def test_a_distribution_does_not_become_an_embedded_client(tmp_path: Path) -> None:
    source = tmp_path / "openapi.json"
    source.write_text(json.dumps(one()))
    run(source, "--output", tmp_path / "out")
    done = run(source, "--output", tmp_path / "out", "--embed")
    assert done.exit_code == 1
    assert done.output == f"Error: {tmp_path / 'out'}: holds a whole distribution, not an embedded client\n"
    assert run(source, "--output", tmp_path / "new", "--embed", "--package", "x").exit_code == 2


@pytest.mark.parametrize("zipped", [True, False])
def test_a_host_runs_with_the_runtime_and_one_backend(
    host: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, zipped: bool
) -> None:
    wheel = _wheel(host, tmp_path)
    site = tmp_path / "site"
    for folder in (RUNTIME.root, BASE.root):
        ZipFile(_wheel(folder, tmp_path)).extractall(site)
    if not zipped:
        ZipFile(wheel).extractall(tmp_path / "unpacked")
    places = [str(wheel if zipped else tmp_path / "unpacked"), str(site)]
    monkeypatch.setenv("COINSLOT_EVM_KEY", "test:0x" + "11" * 32)
    monkeypatch.setenv("COINSLOT_HOME", str(tmp_path))
    done = subprocess.run(
        [sys.executable, "-I", "-c", USE, *places, *_absent(), str(len(places))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    assert "coinslot[cli]" in done.stdout + done.stderr


def _small() -> dict[str, Any]:
    """A document with a key, and with an answer that comes as events."""
    talk = operation(body={"type": "object", "properties": {"text": {"type": "string"}}}, **PAID)
    talk["responses"]["200"]["content"] = {"text/event-stream": {"schema": {"type": "string"}}}
    content = one({"type": "object", "properties": {"a": {"type": "string"}}}, security=[{"key": []}])
    content["paths"]["/api/talk"] = {"post": talk}
    content["components"]["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    return content


def _absent() -> list[str]:
    """Return the importable names that runtime and backend do not bring."""
    needed = needed_by(RUNTIME, BASE)
    return [
        *(one.package for one in ALL if one not in (RUNTIME, BASE)),
        *(
            name
            for name, homes in packages_distributions().items()
            if not needed & {canonicalize_name(home) for home in homes}
        ),
    ]


def _wheel(folder: Path, place: Path) -> Path:
    home = place / f"wheel-{folder.name}"
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(home)]
    subprocess.run(build, cwd=folder, check=True, capture_output=True)
    (built,) = home.glob("*.whl")
    return built
