"""What schemas become: one line of a class for each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.codegen.generating import module, one, source


def field(schema: dict[str, Any], *, required: bool = True, **more: Any) -> str:
    body = {"type": "object", "properties": {"it": schema}, "required": ["it"] if required else []}
    text = source(one(body, **more))
    found = re.search(r"class MakeRequest\(RequestModel\):.*?\n    it: (.*?)\n\n\n", text, re.DOTALL)
    assert found, text
    return " ".join(found[1].split())


def answered(schema: dict[str, Any], *, required: bool = True, **more: Any) -> str:
    answer = {"type": "object", "properties": {"it": schema}, "required": ["it"] if required else []}
    text = source(one(None, answer, **more))
    found = re.search(r"class MakeAnswer\(AnswerModel\):.*?\n    it: (.*?)\n\n", text, re.DOTALL)
    assert found, text
    return " ".join(found[1].split())


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ({"type": "string"}, "str"),
        ({"type": "string", "format": "uri"}, "str"),
        ({"type": "string", "format": "date-time"}, "str"),
        ({"type": "string", "minLength": 1}, "Annotated[str, Field(min_length=1)]"),
        ({"type": "string", "pattern": "^a+$"}, 'Annotated[str, Field(pattern="^a+$")]'),
        ({"type": "string", "pattern": "^(?!a)"}, "str"),
        ({"type": "integer", "minimum": 1, "maximum": 5}, "Annotated[int, Field(ge=1, le=5)]"),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, "Annotated[int, Field(gt=1)]"),
        ({"type": "integer", "minimum": -(10**30)}, "int"),
        ({"type": "integer", "minimum": 1.5, "maximum": 3.5}, "Annotated[int, Field(ge=2, le=3)]"),
        ({"type": "integer", "exclusiveMinimum": 1.5}, "Annotated[int, Field(gt=1)]"),
        ({"type": "integer", "maximum": 1.5, "exclusiveMaximum": True}, "Annotated[int, Field(lt=2)]"),
        ({"anyOf": [{"const": "a"}, {"type": "null"}, {"const": "b"}]}, "It | None"),
        ({"allOf": [{"type": "string"}, {"nullable": True}]}, "str | None"),
        (
            {"allOf": [{"type": "string"}, {"nullable": True, "minLength": 1}]},
            "Annotated[str, Field(min_length=1)]",
        ),
        ({"type": "number", "exclusiveMaximum": 2.5}, "Annotated[int | float, Field(lt=2.5)]"),
        ({"type": "number", "multipleOf": 0.01}, "int | float"),
        ({"type": "boolean"}, "bool"),
        ({"type": "null"}, "None"),
        ({}, "Any"),
        (True, "Any"),
        ({"type": "array"}, "Sequence[Any]"),
        (
            {"type": "array", "items": {"type": "string"}, "maxItems": 3},
            "Annotated[Sequence[str], Field(max_length=3)]",
        ),
        (
            {"type": "array", "items": {"type": "string", "maxLength": 3}},
            "Sequence[Annotated[str, Field(max_length=3)]]",
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}], "items": False},
            "tuple[str, int]",
        ),
        ({"type": "object"}, "Mapping[str, Any]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Mapping[str, int]"),
        ({"type": ["string", "null"]}, "str | None"),
        ({"type": "string", "nullable": True}, "str | None"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "str | None"),
        ({"type": ["string", "integer"]}, "str | int"),
        (
            {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "str | Sequence[str]",
        ),
        ({"enum": ["a"]}, 'Literal["a"]'),
        ({"const": 4}, "Literal[4]"),
        ({"enum": ["a", "b"]}, "It"),
        ({"enum": ["a", "b", None]}, "It | None"),
        ({"anyOf": [{"const": "a"}, {"const": "b"}]}, "It"),
        ({"enum": [0.5, 1.5]}, "int | float"),
        ({"enum": [[1], {}]}, "Any"),
        ({"minLength": 2}, "Annotated[str, Field(min_length=2)]"),
        (
            {"allOf": [{"type": "string", "minLength": 1}, {"maxLength": 4}]},
            "Annotated[str, Field(min_length=1, max_length=4)]",
        ),
    ],
)
def test_of_a_request(schema: dict[str, Any], annotation: str) -> None:
    assert field(schema) == annotation


def test_one_text_beside_texts_of_a_form_is_told_where_the_form_is() -> None:
    body = {"anyOf": [{"type": "string", "enum": [""]}, {"type": "string", "pattern": "^a+$"}]}
    text = source(one({"type": "object", "properties": {"it": body}, "required": ["it"]}))
    assert '    it: Literal[""] | Annotated[str, Field(pattern="^a+$")]\n' in text
    assert "(self, *, it: str)" in text


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ({"type": "string"}, "str | MISSING = MISSING"),
        ({"type": ["string", "null"]}, "str | MISSING | None = MISSING"),
        ({"type": "string", "default": "x"}, "str | MISSING = MISSING"),
        ({}, "Any | MISSING = MISSING"),
        ({"type": "integer", "minimum": 0}, "Annotated[int | MISSING, Field(ge=0)] = MISSING"),
    ],
)
def test_of_an_optional_request_member(schema: dict[str, Any], annotation: str) -> None:
    assert field(schema, required=False) == annotation


@pytest.mark.parametrize(
    ("schema", "annotation"),
    [
        ({"type": "string", "minLength": 9, "pattern": "^z$"}, "str"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 4}, "list[str]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "dict[str, float]"),
        ({"enum": ["a", "b"]}, "It | str"),
        ({"enum": [1, 2]}, "int"),
        ({"const": True}, "bool"),
        ({"const": "pending"}, "str"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "str | None"),
    ],
)
def test_of_an_answer_bears_what_comes_later(schema: dict[str, Any], annotation: str) -> None:
    assert answered(schema) == annotation


def test_of_an_optional_answer_member_is_none() -> None:
    assert answered({"type": "string"}, required=False) == "str | None = None"
    assert answered({}, required=False) == "Any = None"


def test_a_reference_keeps_the_name_of_its_component() -> None:
    voice = {"type": "object", "properties": {"tone": {"type": "string"}}}
    assert field({"$ref": "#/components/schemas/Voice"}, schemas={"Voice": voice}) == "Voice"


def test_a_nullable_component_is_nullable_wherever_it_is_named() -> None:
    voice = {"type": ["object", "null"], "properties": {"tone": {"type": "string"}}}
    body = {
        "type": "object",
        "properties": {name: {"$ref": "#/components/schemas/Voice"} for name in ("a", "b")},
    }
    text = source(one(body, schemas={"Voice": voice}))
    assert "    a: Voice | MISSING | None = MISSING\n    b: Voice | MISSING | None = MISSING\n" in text


def test_a_shape_may_hold_itself(tmp_path: Path) -> None:
    tree = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "leaves": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        },
        "required": ["name"],
    }
    content = one({"$ref": "#/components/schemas/Tree"}, schemas={"Tree": tree})
    with module(content, tmp_path) as made:
        grown = made.MakeRequest(name="a", leaves=[made.MakeRequest(name="b")])
        assert grown.model_dump() == {"name": "a", "leaves": [{"name": "b"}]}


def test_a_value_that_holds_itself_without_an_object_is_any_json() -> None:
    json_value = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/components/schemas/Json"}}]
    }
    assert field({"$ref": "#/components/schemas/Json"}, schemas={"Json": json_value}) == "str | Sequence[Any]"


def test_parts_of_an_object_are_drawn_into_one() -> None:
    base = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
    body = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"properties": {"age": {"type": "integer"}}, "required": ["age"]},
        ]
    }
    text = source(one(body, schemas={"Base": base}))
    assert "    name: str\n    age: int\n" in text


def test_options_of_an_object_share_what_stands_beside_them() -> None:
    body = {
        "type": "object",
        "properties": {
            "it": {
                "type": "object",
                "properties": {"name": {"type": "string"}},
                "required": ["name"],
                "oneOf": [
                    {"title": "Cat", "properties": {"lives": {"type": "integer"}}, "required": ["lives"]},
                    {"title": "Dog", "properties": {"bark": {"type": "string"}}, "required": ["bark"]},
                ],
            }
        },
    }
    text = source(one(body))
    assert "    it: Cat | Dog | MISSING = MISSING" in text
    assert "    name: str\n    bark: str\n" in text


def test_options_that_only_demand_members_change_no_type() -> None:
    body = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    assert "def __call__(\n        self,\n        *,\n        a: str | MISSING = MISSING," in source(
        one(body)
    )


def test_members_that_only_the_other_side_writes_are_left_out() -> None:
    content = {
        "type": "object",
        "properties": {"id": {"readOnly": True}, "key": {"writeOnly": True, "type": "string"}},
    }
    text = source(one(content, content))
    assert "key: str | MISSING = MISSING" in text.partition("class MakeAnswer")[0]
    assert "id: Any" not in text.partition("class MakeAnswer")[0]
    assert "key" not in text.partition("class MakeAnswer")[2].partition("ROUTE")[0]


def test_a_demanded_member_without_a_schema_is_there() -> None:
    assert "    ghost: Any\n" in source(
        one({"type": "object", "properties": {"a": {}}, "required": ["ghost"]})
    )


def test_an_object_that_takes_more_takes_more(tmp_path: Path) -> None:
    inner = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True}
    with module(one({"type": "object", "properties": {"it": inner}}), tmp_path) as made:
        assert made.MakeRequest(it={"a": "x", "b": 1}).model_dump() == {"it": {"a": "x", "b": 1}}


def test_an_unset_member_is_not_sent_and_null_is_refused(tmp_path: Path) -> None:
    body = {"type": "object", "properties": {"aB": {"type": "string"}, "n": {"type": "number"}}}
    with module(one(body), tmp_path) as made:
        assert made.MakeRequest().model_dump_json() == "{}"
        assert made.MakeRequest(a_b="x", n=80).model_dump_json() == '{"aB":"x","n":80}'
        with pytest.raises(ValidationError):
            made.MakeRequest(a_b=None)


def test_an_answer_takes_unknown_members_and_values(tmp_path: Path) -> None:
    answer = {
        "type": "object",
        "properties": {"state": {"enum": ["a", "b"]}, "ok": {"const": True}},
        "additionalProperties": False,
    }
    with module(one(None, answer), tmp_path) as made:
        read = made.MakeAnswer.model_validate({"state": "c", "ok": False, "pollUrl": "/x"})
        assert (read.state, read.ok, read.pollUrl) == ("c", False, "/x")


def test_references_may_lead_on_and_on() -> None:
    def link(number: int) -> dict[str, Any]:
        return {"type": "object", "properties": {"next": {"$ref": f"#/components/schemas/C{number + 1}"}}}

    schemas: dict[str, Any] = {f"C{number}": link(number) for number in range(400)}
    text = source(one({"$ref": "#/components/schemas/C0"}, schemas={**schemas, "C400": {"type": "string"}}))
    assert text.count("(RequestModel):") == 400
