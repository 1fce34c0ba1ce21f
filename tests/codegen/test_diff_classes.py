"""A schema of another name: the class that a program imports is called otherwise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coinslot_codegen.diff import compare
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.generating import PAID, document, made, operation

BOX: Any = {"type": "object", "properties": {"w": {"type": "number"}}}


def content(name: str, *, inside: str = "properties", schema: Any = BOX, **others: Any) -> dict[str, Any]:
    ref: dict[str, Any] = {"$ref": f"#/components/schemas/{name}"}
    bodies: dict[str, dict[str, Any]] = {
        "properties": {"type": "object", "properties": {"box": ref}},
        "items": {"type": "object", "properties": {"all": {"type": "array", "items": ref}}},
        "whole": ref,
    }
    paths = {"/api/thing/make": {"post": operation(body=bodies[inside], **PAID)}}
    return document(paths, schemas={name: schema, **others})


def api(found: dict[str, Any]) -> Api:
    return read(json.dumps(found).encode())


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(one.impact, one.kind, one.message) for one in compare(api(old), api(new))]


@pytest.mark.parametrize("inside", ["properties", "items"])
def test_a_class_of_another_name_breaks_its_import(inside: str) -> None:
    old, new = content("Box", inside=inside), content("Crate", inside=inside)
    assert told(old, new) == [("breaking", "class", "the class `Box` is called `Crate`")]
    texts = [made(one).files["src/sample/thing/make.py"].decode() for one in (old, new)]
    assert ["class Box(" in text for text in texts] == [True, False]
    assert ["class Crate(" in text for text in texts] == [False, True]


def test_what_no_class_is_called_after_may_have_any_name() -> None:
    assert told(content("Box", inside="whole"), content("Crate", inside="whole")) == []
    word = {"type": "string", "enum": ["a", "b"]}
    assert told(content("Box", schema=word), content("Crate", schema=word)) == []
    assert told(content("box"), content("Box")) == []


def test_what_could_be_two_is_none() -> None:
    assert told(content("Box"), content("Crate", Box=BOX)) == []
