"""What is added to the generator, installed as its users would, and used; and the page that tells of it."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coinslot_codegen.commands.check import check
from coinslot_codegen.commands.generate import generate
from coinslot_codegen.document.job_rules import JobRule, read_rules
from coinslot_codegen.extending import model
from coinslot_codegen.hookspecs import GROUP, PROJECT, Hooks
from coinslot_codegen.render.checking import members, views
from coinslot_codegen.render.contract import CONTEXTS, MACROS, VERSION
from coinslot_sandbox.command import sandbox
from tests.examples.conftest import EXAMPLES, Install

ROOT = EXAMPLES.parent
PAGE = (ROOT / "docs" / "generator-plugins.md").read_text("utf-8")
FILMS = EXAMPLES / "film-client"
PLUGINS = {
    "ledger-lines-guidance:lines": "ledger-lines-guidance",
    "film-names:names": "film-names",
    "price-list-file:prices": "price-list-file",
}


def run(out: Path, *options: str) -> Result:
    done = CliRunner().invoke(generate, [str(FILMS / "openapi.json"), "--output", str(out), *options])
    assert done.exit_code == 0, done.output
    return done


@pytest.fixture
def out(tmp_path: Path, install: Install) -> Path:
    for folder in PLUGINS.values():
        install(folder)
    return tmp_path / "films"


def text(out: Path, path: str) -> str:
    return (out / "src/films" / path).read_text("utf-8")


def test_guidance_of_another_style_is_read(out: Path) -> None:
    assert "PriceRange" not in _made(out, "films/create.py")
    made = _made(out, "films/create.py", "--plugin", "ledger-lines-guidance:lines")
    assert 'price=PriceRange("0.40")' in made
    assert "typical_seconds=(90, 90)" in made


def test_calls_are_named_as_a_team_wants_them(out: Path) -> None:
    done = run(out, "--plugin", "film-names:names")
    assert "class Make(PaidCall" in text(out, "film/make.py")
    assert not (out / "src/films/internal").exists()
    assert "class Usage" in text(out, "usage/__init__.py")
    assert "changed: GET /v1/usage is added, open (plugin film-names:names)" in done.output


def test_a_file_is_added_and_formatted(out: Path) -> None:
    run(out, "--plugin", "ledger-lines-guidance:lines", "--plugin", "price-list-file:prices")
    assert 'MOST = {\n    "films.create": Decimal("0.40"),\n}\n' in text(out, "prices.py")
    assert "src/films/prices.py" in json.loads(text(out, "manifest.json"))["files"]


def test_jobs_are_told_by_configuration(out: Path) -> None:
    run(out, "--jobs", str(FILMS / "jobs.toml"))
    jobs = " ".join(text(out, "_jobs.py").split())
    assert 'id="ticket", path="/v1/orders/{number}", status="phase"' in jobs


def test_a_template_is_overridden(out: Path) -> None:
    run(out, "--templates", str(FILMS / "templates"))
    assert text(out, "films/create.py").startswith(
        "# SPDX-License-Identifier: MIT\n# Create: 2 parameters.\n"
    )


def test_all_of_it_together_is_remembered(out: Path) -> None:
    options = [word for name in PLUGINS for word in ("--plugin", name)]
    options += ["--jobs", str(FILMS / "jobs.toml"), "--templates", str(FILMS / "templates"), "--docs"]
    run(out, *options)
    assert (out / "docs/film/make.md").is_file()
    assert run(out).output == f"{out}: nothing changed\n"
    assert run(out, "--force").output.endswith(f"{out}: nothing changed\n")
    done = CliRunner().invoke(check, [str(out), "--source", str(FILMS / "openapi.json")])
    assert done.output == f"{out}: current\n"


def test_a_plugin_that_is_gone_is_said(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(out, "--plugin", "film-names:names")
    monkeypatch.undo()
    done = CliRunner().invoke(check, [str(out)])
    assert "made with the plugin film-names:names 0.1.0, which is not installed" in done.output


def _made(out: Path, path: str, *options: str) -> str:
    run(out, *options)
    return text(out, path)


# The page


def rows(heading: str) -> list[str]:
    table = re.search(rf"^\| {heading} \|.*\n\|.*\n((?:\|.*\n)+)", PAGE, flags=re.MULTILINE)
    assert table is not None
    return table[1].splitlines()


def test_the_page_lists_every_hook_with_its_arguments() -> None:
    told = {}
    for row in rows("hook"):
        name, arguments = re.findall(r"`([^`]+)`", row)[0].rstrip(")").split("(")
        told[name] = arguments.split(", ")
    specified = {
        name: [one for one in inspect.signature(member).parameters if one != "self"]
        for name, member in vars(Hooks).items()
        if hasattr(member, f"{PROJECT}_spec")
    }
    assert told == specified
    assert f'"{GROUP}"' in PAGE or f"`{GROUP}`" in PAGE


def test_the_page_lists_the_functions_that_change_the_model() -> None:
    told = {re.findall(r"`(\w+)\(", row)[0] for row in rows("function")}
    public = {
        name
        for name, one in vars(model).items()
        if inspect.isfunction(one) and one.__module__ == model.__name__ and not name.startswith("_")
    }
    assert told == public


def test_the_page_lists_every_template_with_its_context() -> None:
    assert f"{{# coinslot-templates: {VERSION} #}}" in PAGE
    told = {}
    for row in rows("template"):
        name, *given = re.findall(r"`([^`]+)`", row)
        told[name] = set(given)
    assert told == {name: set(context) for name, context in CONTEXTS.items()}


def test_the_page_lists_every_member_of_every_view() -> None:
    told = {}
    for row in rows("view"):
        name, *given = re.findall(r"`([^`]+)`", row)
        told[name] = set(given)
    assert told == {kind.__name__: set(members(kind) or ()) for kind in _views()}  # type: ignore[arg-type]


def _views() -> Iterator[type[Any]]:
    found: dict[type[Any], None] = {}
    waiting = [kind for context in CONTEXTS.values() for kind in context.values()]
    waiting += [kind for macros in MACROS.values() for kinds in macros.values() for kind in kinds]
    while waiting:
        for kind in views(waiting.pop()):
            # What stands in other parts of the generator is no view of a template.
            if kind not in found and kind.__module__.startswith("coinslot_codegen.render."):
                found[kind] = None
                waiting += (members(kind) or {}).values()
    yield from found


def test_the_page_shows_a_rule_that_is_one() -> None:
    shown = re.search(r"```toml\n(\[\[job\]\].*?)```", PAGE, flags=re.DOTALL)
    assert shown is not None
    assert read_rules(shown[1], "page")
    told = {re.findall(r"`(\w+)`", row)[0] for row in rows("key")}
    assert told == set(JobRule.__dataclass_fields__)


@pytest.mark.parametrize("block", re.findall(r"^```python\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL))
def test_code_stands_in_the_examples(block: str) -> None:
    sources = [path.read_text("utf-8") for path in EXAMPLES.rglob("*.py")]
    assert any(block in source for source in sources)


def test_a_sandbox_reads_with_the_same_plugins(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[Any] = []
    monkeypatch.setattr("coinslot_sandbox.command._run", lambda api, *_, **__: served.append(api))
    source = str(FILMS / "openapi.json")
    done = CliRunner().invoke(sandbox, [source, "--plugin", "ledger-lines-guidance:lines"])
    assert (done.exit_code, out.exists()) == (0, False), done.output
    assert {route.price.low for route in served[0].routes if route.price} == {"0.40"}
    refused = CliRunner().invoke(sandbox, [source, "--plugin", "nobody:none"])
    assert (refused.exit_code, len(refused.output.splitlines())) == (1, 1), refused.output
