"""`--docs`: a page for each route, covered by the manifest; and how parameters are told of."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coinslot_codegen.commands.check import check
from coinslot_codegen.commands.generate import generate
from tests.codegen.generating import PAID, document, one, operation, source

BODY = {
    "type": "object",
    "required": ["prompt", "mode"],
    "properties": {
        "prompt": {"type": "string", "maxLength": 90, "description": "What to | draw"},
        "mode": {"type": "string", "enum": ["fast", "slow"]},
        "seed": {"type": "integer", "minimum": 0, "default": 7},
        "note": {"anyOf": [{"type": "string", "example": "hi"}, {"type": "null"}]},
    },
}
CONTENT = document(
    {
        "/api/thing/make": {"post": operation(body=BODY, **PAID)},
        "/api/things": {"get": {**operation(), "responses": {"404": {"description": "none there"}}}},
    }
)
RUN = "import sys; from coinslot_codegen.commands.generate import generate; generate(sys.argv[1:])"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "openapi.json").write_text(json.dumps(CONTENT))
    return tmp_path


def run(place: Path, *options: str) -> Result:
    return CliRunner().invoke(
        generate, [str(place / "openapi.json"), "--output", str(place / "out"), *options]
    )


def test_a_page_tells_everything(place: Path) -> None:
    assert run(place, "--docs").exit_code == 0
    page = (place / "out/docs/thing/make.md").read_text()
    assert "| $0.02 a call | – |" in page
    assert "| `prompt` | text | needed | What to \\| draw. At most 90 characters. |" in page
    assert '| `mode` | `"fast"`, `"slow"` | needed |' in page
    assert "| `seed` | whole number | `7` | At least 0. |" in page
    assert "| `note` | text or `None` | – |" in page
    assert 'client.thing.make(prompt="A sunset", mode="fast")' in page
    assert "| `PaymentRefused` |" in page
    assert "| `404` | None there. |" in (place / "out/docs/things/list.md").read_text()
    index = (place / "out/docs/index.md").read_text()
    assert "| [`thing.make`](thing/make.md) | `POST /api/thing/make` | $0.02 a call | – |" in index


def test_pages_are_remembered_checked_and_removed(place: Path) -> None:
    run(place, "--docs")
    assert run(place).output == f"{place / 'out'}: nothing changed\n"
    (place / "out/docs/index.md").write_text("mine")
    done = CliRunner().invoke(check, [str(place / "out")])
    assert done.output == f"{place / 'out'}: edited by hand: docs/index.md\n"
    assert run(place, "--plain", "--force").exit_code == 0
    assert not (place / "out/docs").exists()


def test_an_embedded_client_has_no_pages(place: Path) -> None:
    done = run(place, "--docs", "--embed")
    assert done.exit_code == 1
    assert "an embedded client has none" in done.output


def test_pages_are_the_same_bytes_whatever_the_hash_seed(place: Path) -> None:
    texts = []
    for seed in ("0", "4"):
        arguments = [str(place / "openapi.json"), "--output", str(place / seed / "out"), "--docs"]
        environ = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", RUN, *arguments], env=environ, check=True, capture_output=True)
        folder = place / seed / "out"
        texts.append({path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    ("member", "said"),
    [
        ({"type": "integer"}, "a: A whole number."),
        ({"type": "string", "enum": ["x", "y"]}, "a: One of the values of its type."),
        ({}, "a: Any JSON value."),
        (
            {"anyOf": [{"type": "string"}, {"type": "null"}, {"type": "array", "items": {}}]},
            "a: Text or a list.",
        ),
        (
            {"type": "integer", "default": 10, "description": "How many (default 10)"},
            "a: How many (default 10).\n",
        ),
        ({"type": "integer", "default": 1, "description": "How many, not 10"}, "The server's default is 1."),
    ],
    ids=str,
)
def test_a_docstring_says_what_is_known_once(member: dict[str, Any], said: str) -> None:
    assert said in source(one({"type": "object", "properties": {"a": member}}))
