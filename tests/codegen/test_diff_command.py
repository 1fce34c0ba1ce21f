"""`coinslot diff`: what it prints, in three formats, and the exit codes that tools rely on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from coinslot_codegen.commands.diff import diff
from coinslot_codegen.update import update
from tests.codegen.generating import PAID, document, operation


def content(**properties: Any) -> dict[str, Any]:
    paths = {
        f"/api/{name}/make": {"post": operation(body={"type": "object", "properties": properties}, **PAID)}
        for name in ("hat", "coat")
    }
    made: dict[str, Any] = json.loads(json.dumps(document(paths)))
    return made


def sides(folder: Path, old: dict[str, Any], new: dict[str, Any]) -> tuple[str, str]:
    paths = folder / "old.json", folder / "new.json"
    for path, side in zip(paths, (old, new), strict=True):
        path.write_text(json.dumps(side))
    return str(paths[0]), str(paths[1])


def run(*arguments: str) -> Result:
    return CliRunner().invoke(diff, arguments)


TEXT = {"type": "string"}


def test_nothing_changed(tmp_path: Path) -> None:
    done = run(*sides(tmp_path, content(a=TEXT), content(a=TEXT)))
    assert (done.exit_code, done.output) == (0, "nothing changed\n")


def test_compatible_changes(tmp_path: Path) -> None:
    done = run(*sides(tmp_path, content(a=TEXT), content(a=TEXT, b=TEXT)))
    assert done.exit_code == 1
    assert done.output == ("Compatible (1)\n  2 calls: `b` is new and optional\n    coat.make, hat.make\n")


def test_breaking_changes_and_money(tmp_path: Path) -> None:
    new = content()
    new["paths"]["/api/hat/make"]["post"]["x-payment-info"]["price"]["amount"] = "0.05"
    old, later = sides(tmp_path, content(a=TEXT), new)
    done = run(old, later)
    assert done.exit_code == 2
    assert "Breaking (1)\n  2 calls: `a` is no longer accepted" in done.output
    assert "Money (1)\n  hat.make: costs $0.05 a call (was $0.02 a call)" in done.output
    done = run(old, later, "--format", "markdown")
    assert done.exit_code == 2
    assert done.output.startswith(
        "### Breaking\n\n- `coat.make`, `hat.make`: `a` is no longer accepted\n\n### Money\n"
    )


def test_data_for_tools(tmp_path: Path) -> None:
    done = run(*sides(tmp_path, content(a=TEXT), content(a=TEXT, b=TEXT)), "--format", "json")
    assert done.exit_code == 1
    found = json.loads(done.output)
    assert (found["diff"], found["verdict"]) == (1, "compatible")
    assert found["changes"][0] == {
        "impact": "compatible",
        "kind": "added",
        "call": "coat.make",
        "route": "POST /api/coat/make",
        "place": "b",
        "message": "is new and optional",
        "old": None,
        "new": "b",
    }


def test_generated_folders_are_sides_too(tmp_path: Path) -> None:
    update(json.dumps(content(a=TEXT)).encode(), tmp_path / "client")
    _, new = sides(tmp_path, content(), content(a=TEXT))
    assert run(str(tmp_path / "client"), new).exit_code == 0
    assert run(str(tmp_path / "client"), str(tmp_path / "old.json")).exit_code == 2


def test_what_cannot_be_compared_has_a_code_of_its_own(tmp_path: Path) -> None:
    old, _ = sides(tmp_path, content(), content())
    done = run(old, str(tmp_path / "absent.json"))
    assert (done.exit_code, done.output.count("\n")) == (3, 1)
    assert run(old).exit_code == 3
    assert run(old, old, "--format", "xml").exit_code == 3
    done = run(old, str(tmp_path))
    assert done.exit_code == 3
    assert "holds no generated client" in done.output


def test_text_of_a_document_steers_no_terminal(tmp_path: Path) -> None:
    hostile = {"type": "string", "enum": ["\x1b[2Jgone\nBreaking (9)"]}
    done = run(*sides(tmp_path, content(a=TEXT), content(a=hostile)))
    assert done.exit_code == 2
    assert "\x1b" not in done.output
    assert "Breaking (9)\n" not in done.output.replace('Breaking (9)"', "")
