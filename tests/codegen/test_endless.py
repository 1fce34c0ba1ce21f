"""Schemas that lead on and on are told in one line, or read as far as they go; nothing crashes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from coinslot_codegen.diff import compare
from coinslot_codegen.document import Api, DocumentProblem, read
from coinslot_codegen.schemas.gather import gather
from tests.codegen.generating import Json, module, one

MANY = 1_000


def to(number: int) -> Json:
    return {"$ref": f"#/components/schemas/N{number % MANY}"}


CIRCLES: dict[str, Any] = {
    "references": lambda i: to(i + 1),
    "references with words beside them": lambda i: {**to(i + 1), "minLength": 1},
    "parts": lambda i: {"allOf": [to(i + 1), {"type": "object", "properties": {f"p{i}": {}}}]},
    "choices": lambda i: {"anyOf": [to(i + 1), {"type": "string"}]},
    "lists": lambda i: {"type": "array", "items": to(i + 1)},
    "members": lambda i: {"type": "object", "properties": {"a": to(i + 1), "b": to(i * 7), "c": to(i * 3)}},
}
NESTED: dict[str, Any] = {
    "lists": lambda inner: {"type": "array", "items": inner},
    "members": lambda inner: {"type": "object", "properties": {"a": inner}},
    "parts": lambda inner: {"allOf": [inner, {"description": "and"}]},
    "choices": lambda inner: {"anyOf": [inner, {"type": "integer"}]},
}


def understood(content: Json) -> list[str]:
    """Read, gather and compare a document; say in one line each what was left out of it."""
    try:
        api: Api = read(json.dumps(content).encode(), allow_unsupported=True)
    except DocumentProblem as problem:
        return [str(problem)]
    assert compare(
        api, read(json.dumps({**content, "info": {"title": "Sample API"}}).encode(), allow_unsupported=True)
    )
    return [str(problem) for problem in gather(api).left_out]


@pytest.mark.parametrize("kind", CIRCLES)
def test_a_thousand_schemas_in_a_circle(kind: str) -> None:
    schemas = {f"N{i}": CIRCLES[kind](i) for i in range(MANY)}
    told = understood(one(body=to(0), answer=to(0), schemas=schemas))
    assert bool(told) == (kind != "members")
    assert all("\n" not in line for line in told)


def test_parts_that_share_parts_multiply() -> None:
    schemas: Json = {f"N{i}": {"allOf": [to(i + 1), to(i + 1)]} for i in range(40)}
    schemas["N40"] = {"type": "object", "properties": {"a": {"type": "string"}}}
    assert "lead on and on" in understood(one(body=to(0), schemas=schemas))[0]


@pytest.mark.parametrize("kind", NESTED)
@pytest.mark.parametrize(("depth", "is_read"), [(60, True), (95, True), (150, False), (220, False)])
def test_a_schema_in_a_schema(kind: str, depth: int, *, is_read: bool) -> None:
    schema: Json = {"type": "string"}
    for _ in range(depth):
        schema = NESTED[kind](schema)
    told = understood(one(body=schema))
    assert not told if is_read else all("\n" not in line for line in told)


def test_a_circle_of_many_models_is_built_and_read(tmp_path: Path) -> None:
    circle = 120
    schemas: Json = {
        f"N{i}": {
            "type": "object",
            "properties": {
                f"m{i}": {"type": "integer"},
                "next": {"$ref": f"#/components/schemas/N{(i + 1) % circle}"},
                "other": {"type": "array", "items": {"$ref": f"#/components/schemas/N{(i * 7) % circle}"}},
            },
        }
        for i in range(circle)
    }
    start = {"$ref": "#/components/schemas/N0"}
    value: Json = {"other": [{}]}
    for _ in range(circle + 2):
        value = {"next": value}
    with module(one(body=start, answer=start, schemas=schemas), tmp_path) as made:
        models = [one for one in vars(made).values() if "m0" in getattr(one, "model_fields", ())]
        assert len(models) == 2
        for model in models:
            read = model.model_validate(value)
            assert isinstance(read.next.next, BaseModel)
            assert read.model_dump(mode="json", exclude_unset=True) == value


@pytest.mark.parametrize(
    ("schemas", "members"),
    [
        ({"A": {"$ref": "#/components/schemas/A"}}, None),
        ({"A": {"$ref": "#/components/schemas/B"}, "B": {"$ref": "#/components/schemas/A"}}, None),
        (
            {
                "A": {
                    "allOf": [
                        {"$ref": "#/components/schemas/A"},
                        {"type": "object", "properties": {"z": {"type": "string"}}},
                    ]
                }
            },
            ["z"],
        ),
        ({"A": {"anyOf": [{"$ref": "#/components/schemas/A"}, {"type": "string"}]}}, None),
    ],
    ids=["itself", "each other", "a part", "a choice"],
)
def test_a_schema_that_is_itself_loses_no_route(schemas: Json, members: list[str] | None) -> None:
    named = {"$ref": "#/components/schemas/A"}
    api = read(json.dumps(one(body=named, answer=named, schemas=schemas)).encode())
    gathered = gather(api)
    assert gathered.left_out == []
    for shape in gathered.shapes.values():
        assert (members or []) == [member.wire for member in shape.members]
    assert compare(api, api) == ()
