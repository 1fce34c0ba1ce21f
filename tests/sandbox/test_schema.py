from __future__ import annotations

from typing import Any

import pytest

from coinslot_sandbox.schema.dialect import Dialect
from coinslot_sandbox.schema.example import Examples

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "components": {
        "schemas": {
            "Node": {
                "type": "object",
                "properties": {"name": {"type": "string"}, "next": {"$ref": "#/components/schemas/Node"}},
                "required": ["name", "next"],
            },
            "Named": {
                "type": "object",
                "properties": {"name": {"type": "string", "minLength": 9}},
                "required": ["name"],
            },
        }
    },
}

SCHEMAS: list[dict[str, Any]] = [
    {"type": "string", "pattern": "^0x[a-fA-F0-9]{40}$"},
    {"type": "string", "pattern": r"^\+1\d{10}$"},
    {"type": "string", "pattern": r"^(?:a|b)[^a-z]+\.(\w{2,3})\s?x*$"},
    {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
    {"type": "string"},
    {"type": "string", "enum": ["b", "a"]},
    {"const": 7},
    {"type": "string", "format": "uri"},
    {"type": "string", "format": "date-time"},
    {"type": "string", "format": "uuid"},
    {"type": "string", "minLength": 12, "maxLength": 14},
    {"type": "integer", "minimum": 3, "maximum": 9},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 5},
    {"type": "boolean"},
    {"type": ["null", "string"]},
    {"type": "array", "items": {"type": "integer"}, "minItems": 2},
    {"anyOf": [{"type": "string"}, {"type": "null"}]},
    {"oneOf": [{"$ref": "#/components/schemas/Named"}, {"type": "integer"}]},
    {"allOf": [{"$ref": "#/components/schemas/Named"}, {"properties": {"age": {"type": "integer"}}}]},
    {"$ref": "#/components/schemas/Named"},
    {"type": "object", "properties": {"a": {"type": "object", "properties": {"b": {"const": 1}}}}},
]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_an_example_is_an_instance(schema: dict[str, Any]) -> None:
    dialect = Dialect(DOCUMENT)
    made = Examples(dialect).of(schema)
    assert list(dialect.validator(schema).iter_errors(made)) == []
    assert Examples(dialect).of(schema) == made


def test_a_pattern_that_is_too_clever_still_gets_a_text() -> None:
    schema = {"type": "string", "pattern": r"^(?=.*\d)(?=.*[a-z]).{8,}$"}
    assert Examples(Dialect(DOCUMENT)).of(schema) == "example"


def test_a_schema_that_holds_itself_ends() -> None:
    assert Examples(Dialect(DOCUMENT)).of({"$ref": "#/components/schemas/Node"})["name"] == "example"


def test_what_holds_itself_by_choice_is_whole_as_deep_as_it_goes() -> None:
    deep: dict[str, Any] = {"type": ["string", "null"], "minLength": 1}
    for name in ("street", "address", "user"):
        deep = {"type": "object", "properties": {name: deep}, "required": [name]}
    node = {
        "type": "object",
        "properties": {"again": {"$ref": "#/components/schemas/Node"}, "transfer": deep},
        "required": ["transfer"],
    }
    dialect = Dialect({"openapi": "3.1.0", "components": {"schemas": {"Node": node}}})
    whole = {"$ref": "#/components/schemas/Node"}
    assert dialect.judge(whole).is_valid(Examples(dialect).of(whole))


def test_what_is_deep_and_holds_itself_nowhere_is_whole() -> None:
    schema: dict[str, Any] = {"type": "integer"}
    for _ in range(20):
        schema = {"type": "object", "properties": {"in": schema}, "required": ["in"]}
    dialect = Dialect(DOCUMENT)
    assert dialect.validator(schema).is_valid(Examples(dialect).of(schema))


def test_a_reference_may_lead_inside_of_what_is_said_anew() -> None:
    choice = {"nullable": True, "oneOf": [{"type": "integer"}, {"$ref": "#/components/schemas/A/oneOf/0"}]}
    dialect = Dialect({"openapi": "3.0.3", "components": {"schemas": {"A": choice}}})
    schema = {"$ref": "#/components/schemas/A/oneOf/1"}
    assert dialect.validator(schema).is_valid(Examples(dialect).of(schema))
    assert not dialect.validator(schema).is_valid("1")


def test_what_is_known_goes_where_its_name_stands() -> None:
    schema = {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "error": {"type": "string"},
            "gone": {"type": "string"},
            "inner": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]},
        },
        "required": ["id", "error"],
    }
    made = Examples(Dialect(DOCUMENT)).of(schema, {"id": "7", "error": None, "gone": None, "else": 1})
    assert made == {"id": "7", "error": None, "inner": {"id": "7"}}


@pytest.mark.parametrize("schema", [None, {}, True])
def test_without_a_schema_what_is_known_is_the_answer(schema: Any) -> None:
    assert Examples(Dialect(DOCUMENT)).of(schema, {"id": "7"}) == {"id": "7"}


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"type": "string", "nullable": True}, [None, "x"], [1]),
        ({"$ref": "#/components/schemas/A", "nullable": True}, [None, 3], ["x"]),
        ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, [4], [3]),
        ({"type": "integer", "maximum": 3, "exclusiveMaximum": False}, [3], [4]),
        ({"type": "string", "enum": ["a"], "nullable": True}, [None, "a"], ["b"]),
    ],
)
def test_openapi_30_says_some_things_in_its_own_way(
    schema: dict[str, Any], good: list[Any], bad: list[Any]
) -> None:
    validator = Dialect(
        {"openapi": "3.0.3", "components": {"schemas": {"A": {"type": "integer"}}}}
    ).validator(schema)
    assert all(validator.is_valid(value) for value in good)
    assert not any(validator.is_valid(value) for value in bad)


@pytest.mark.parametrize("reference", ["#/nowhere", "other.json#/A", "#/components/schemas/Loop"])
def test_a_reference_to_nothing_allows_anything(reference: str) -> None:
    document = {
        "openapi": "3.1.0",
        "components": {"schemas": {"Loop": {"$ref": "#/components/schemas/Loop"}}},
    }
    assert Examples(Dialect(document)).of({"$ref": reference}, {"id": 1}) == {"id": 1}
