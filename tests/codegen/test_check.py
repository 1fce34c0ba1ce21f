"""`coinslot check`: stale, edited, made by another generator; one line each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coinslot_codegen.commands.check import check
from coinslot_codegen.commands.diff import diff
from coinslot_codegen.update import update
from coinslot_codegen.write import folder as folders
from tests.codegen.generating import PAID, document, operation

CONTENT = document({"/api/thing/make": {"post": operation(**PAID)}})
MANIFEST = "src/sample/manifest.json"


@pytest.fixture
def client(tmp_path: Path) -> Path:
    update(json.dumps(CONTENT).encode(), tmp_path / "client")
    return tmp_path / "client"


def run(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(check, [str(folder), *arguments])


def document_file(folder: Path, content: dict[str, Any]) -> str:
    path = folder.with_name("openapi.json")
    path.write_text(json.dumps(content))
    return str(path)


def test_a_fresh_client_is_current(client: Path) -> None:
    done = run(client, "--source", document_file(client, CONTENT))
    assert (done.exit_code, done.output) == (0, f"{client}: current\n")


def test_another_layout_of_the_document_is_current(client: Path) -> None:
    path = document_file(client, {key: CONTENT[key] for key in reversed(CONTENT)})
    assert run(client, "--source", path).exit_code == 0


def test_a_changed_document_makes_it_stale(client: Path) -> None:
    later = document({**CONTENT["paths"], "/api/other": {"get": operation()}})
    done = run(client, "--source", document_file(client, later))
    assert (done.exit_code, done.output) == (
        1,
        f"{client}: stale: the document changed, and nothing breaks (see `coinslot diff`)\n",
    )
    assert run(client).exit_code == 0


def test_edits_are_named_one_line_each(client: Path) -> None:
    (client / "README.md").write_text("mine")
    (client / "src/sample/thing/make.py").unlink()
    (client / "notes.txt").write_text("mine")
    done = run(client)
    assert done.exit_code == 1
    assert done.output.splitlines() == [
        f"{client}: edited by hand: README.md",
        f"{client}: missing: src/sample/thing/make.py",
        f"{client}: no generator wrote notes.txt",
    ]


def test_an_edited_copy_of_the_document_is_named_and_still_compared(client: Path) -> None:
    (client / "src/sample/openapi.json").unlink()
    later = document({"/api/other": {"get": operation()}})
    lines = run(client, "--source", document_file(client, later)).output.splitlines()
    assert lines == [
        f"{client}: missing: src/sample/openapi.json",
        f"{client}: stale: the document changed (see `coinslot diff`)",
    ]


def test_another_generator_is_named(client: Path) -> None:
    path = client / MANIFEST
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps({**content, "generator": "coinslot-codegen 0.0.1"}))
    done = run(client)
    assert (done.exit_code, done.output) == (
        1,
        f"{client}: made by coinslot-codegen 0.0.1; this is coinslot-codegen 0.1.0\n",
    )


def test_a_client_of_a_document_with_flaws_is_current(tmp_path: Path) -> None:
    lost = {"type": "object", "properties": {"a": {"$ref": "#/components/schemas/Gone"}}}
    content = document({"/api/thing/make": {"post": operation(body=lost, **PAID)}})
    update(json.dumps(content).encode(), tmp_path / "sample")
    assert run(tmp_path / "sample", "--source", document_file(tmp_path, content)).exit_code == 0


def test_a_folder_without_a_client_is_one_clear_line(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.exit_code == 1
    assert done.output == f"Error: {tmp_path}: holds no generated client (no manifest is there)\n"


def taking(**more: Any) -> dict[str, Any]:
    body = {"type": "object", "properties": {"a": {"type": "string"}}, **more}
    return document({"/api/thing/make": {"post": operation(body=body, **PAID)}})


def in_other_words(content: dict[str, Any], **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(json.dumps(content))
    made["paths"]["/api/thing/make"]["post"].update(more)
    return made


@pytest.mark.parametrize(
    "later",
    [
        taking(additionalProperties=False),
        in_other_words(taking(), operationId="makeAThing"),
        in_other_words(taking(), security=[{"siwx": []}]),
        in_other_words(taking(), **{"x-notes": "Nobody reads them"}),
    ],
    ids=["no other members", "another id", "signed besides", "what nobody reads"],
)
def test_what_no_client_uses_is_said_to_be_that(tmp_path: Path, later: dict[str, Any]) -> None:
    """`check` and `diff` say the same, and it is true: a new run changes the document's copy alone."""
    folder = tmp_path / "client"
    update(json.dumps(taking()).encode(), folder)
    source = document_file(folder, later)
    said = "the document's text differs; no route, value, price or rule of it changed"
    checked, compared = run(folder, "--source", source), CliRunner().invoke(diff, [str(folder), source])
    assert (checked.exit_code, checked.output) == (1, f"{folder}: stale: {said} (see `coinslot diff`)\n")
    assert (compared.exit_code, compared.output) == (1, f"Compatible (1)\n  {said}\n")

    before = folders.current(folder)
    update(json.dumps(later).encode(), folder)
    after = folders.current(folder)
    changed = {path.rsplit("/", 1)[-1] for path in before if before[path] != after[path]}
    assert (before.keys() == after.keys(), changed) == (True, {"openapi.json", "manifest.json"})
    assert run(folder, "--source", source).exit_code == 0
