"""The document's prose in generated code: in lines of their width, each thing said once, and without tags."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from coinslot_codegen.render.text import WIDTH, docstring
from tests.codegen.generating import Json, made, one, operation, source
from tests.codegen.generating import document as whole

LONG = "What is said of it takes more room than there is in one line of code, and goes on. " * 3


def described(**words: str) -> str:
    return source(whole({"/api/thing/make": {"post": {**operation(), "summary": "", **words}}}))


def documented(text: str) -> str:
    call = next(
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.name == "__call__"
    )
    return ast.get_docstring(call) or ""


@pytest.mark.parametrize("indent", [0, 4, 8])
@pytest.mark.parametrize("length", range(90, 118))
def test_the_quotes_are_in_the_width_too(indent: int, length: int) -> None:
    text = ("word " * 40)[:length].strip()
    for said in (text, f"{text} {LONG}"):
        lines = [" " * indent + line for line in docstring(said, LONG, indent=indent).split("\n")[:1]]
        assert all(len(line) <= WIDTH for line in lines)


def test_help_of_an_option_is_in_the_width_too() -> None:
    member: Json = {"type": "string", "description": LONG, "default": "x"}
    files = made(one({"type": "object", "properties": {"a": {"type": "integer"}, "it": member}})).files
    text = next(text.decode() for path, text in files.items() if path.endswith("/cli/thing.py"))
    assert max(map(len, text.splitlines())) <= WIDTH
    words: list[Any] = [node.value for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Constant)]
    assert f"{LONG.strip()}  [default: x]" in words


def test_without_a_summary_the_first_sentence_is_one_and_nothing_is_said_twice() -> None:
    doc = documented(described(description="Makes a thing, e.g. a hat. It takes long. Then it ends."))
    assert doc.startswith("Makes a thing, e.g. a hat.\n\nIt takes long. Then it ends.\n")
    assert doc.count("Makes a thing") == 1


def test_tags_of_a_page_are_no_prose() -> None:
    text = (
        '<p>Makes a <code>thing</code> &amp; <a href="https://x.example">more</a>.</p>\n<p>For a &lt; b.</p>'
    )
    assert documented(described(description=text)).startswith("Makes a `thing` & more.\n\nFor a < b.\n")
    kept = "Takes a <base64> value, where a <b and b> c."
    assert documented(described(summary=kept)).startswith(f"{kept}\n")
