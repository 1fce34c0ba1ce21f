"""Schemas that a validator rejects and a person understands are read, with a warning that names the place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coinslot_codegen.diff import compare
from coinslot_codegen.document import Api, read
from coinslot_codegen.generation import generate
from coinslot_codegen.schemas.gather import gather
from tests.codegen.flawed import AT, BODY, TEXT, THING, sending, told
from tests.codegen.generating import Json, one


@pytest.mark.parametrize(
    ("schema", "at"),
    [
        ({"oneOf": TEXT}, "/oneOf"),
        ({"allOf": TEXT}, "/allOf"),
        ("string", ""),
        ({**TEXT, "enum": "x"}, "/enum"),
        ({"type": "String"}, "/type"),
    ],
)
def test_schemas_of_another_form(schema: Any, at: str) -> None:
    body = {"type": "object", "properties": {"a": schema}}
    api, flaws = told(
        lambda _, post: post.update(requestBody={"content": {"application/json": {"schema": body}}})
    )
    there = f"{AT}/requestBody/content/application~1json/schema/properties/a"
    assert list(flaws) == [there + at]
    (shape,) = (one for one in gather(api).shapes.values() if one.role == "request")
    assert shape.members[0].value == TEXT


@pytest.mark.parametrize(
    ("schema", "at"),
    [
        ({"type": "strng"}, "/type"),
        ({"oneOf": {}}, "/oneOf"),
        ({"allOf": [TEXT, {"type": "object"}]}, "/allOf/1"),
        ({"type": "object", "properties": ["a"]}, "/properties"),
        (None, ""),
        (7, ""),
    ],
)
def test_a_schema_that_makes_no_sense_takes_any_value(schema: Any, at: str) -> None:
    api, _ = told(lambda _, post: post.update(sending({"good": TEXT, "odd": schema})))
    gathered = gather(api)
    (shape,) = (one for one in gathered.shapes.values() if one.role == "request")
    assert {member.wire: member.value for member in shape.members} == {"good": TEXT, "odd": {}}
    assert [flaw.pointer for flaw in gathered.flaws] == [f"{BODY}/properties/odd{at}"]


@pytest.mark.parametrize("schema", [{"type": "strng"}, {"type": "object", "properties": ["a"]}])
def test_a_body_that_makes_no_sense_is_any_json(schema: Any) -> None:
    content = one(body=schema, answer=schema)
    made = generate(read(json.dumps(content).encode()))
    assert (made.routes, made.left_out, len(made.flaws)) == (1, (), 2)


def test_a_part_that_is_no_schema_is_left_out() -> None:
    odd = {"allOf": [THING, None]}
    api, flaws = told(lambda _, post: post.update(sending({"odd": odd})))
    assert list(flaws) == [f"{BODY}/properties/odd/allOf/1"]
    assert gather(api).flaws == []


@pytest.mark.parametrize("kind", [["integer", "null"], [[]], {}, ["string", {}]])
def test_a_length_of_several_types_or_of_none(kind: Any) -> None:
    body = {"type": "object", "properties": {"duration": {"type": kind}, "format": {"format": ["uri"]}}}
    content = one(body=body, answer={"type": "object", "properties": {"id": {"type": kind}}})
    content["info"]["x-guidance"] = "| Endpoint | Cost |\n| --- | --- |\n| `/api/thing/make` | $0.10/s |\n"
    api = read(json.dumps(content).encode())
    price = api.routes[0].price
    assert (price and price.seconds_field) == ("duration" if kind == ["integer", "null"] else None)
    assert gather(api).left_out == []


def test_formats_that_are_no_text_are_compared() -> None:
    def api(form: Any) -> Api:
        member = {"type": "string", "format": form}
        return read(json.dumps(one(body={"type": "object", "properties": {"a": member}})).encode())

    assert [change.kind for change in compare(api("date"), api({"$ref": 5}))] == ["format"]


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": "integer", "minimum": 10, "maximum": 5}, "between minimum 10 and maximum 5"),
        ({"type": "integer", "minimum": 1.2, "maximum": 1.8}, "between minimum 2 and maximum 1"),
        ({**TEXT, "minLength": 5, "maxLength": 2}, "between minLength 5 and maxLength 2"),
        ({"allOf": [{"type": "number", "minimum": 1}, {"exclusiveMaximum": 1}]}, "exclusiveMaximum 1"),
        ({"$ref": "#/components/schemas/Endless"}, "'next' is required, and leads here again for ever"),
    ],
)
def test_what_no_value_could_meet_is_not_asked_for(schema: Json, said: str) -> None:
    endless = {
        "type": "object",
        "required": ["next"],
        "properties": {"next": {"$ref": "#/components/schemas/Endless"}},
    }
    body = {"type": "object", "properties": {"a": schema}}
    gathered = gather(read(json.dumps(one(body=body, schemas={"Endless": endless})).encode()))
    assert [said in flaw.message for flaw in gathered.flaws] == [True]


def test_a_schema_that_is_itself_takes_any_value_wherever_it_stands() -> None:
    api, flaws = told(lambda _, post: post.update(sending({"a": {"$ref": f"{BODY}/properties/a"}})))
    assert ["leads back to itself; any value is taken there" in one for one in flaws.values()] == [True]
    (shape,) = (one for one in gather(api).shapes.values() if one.role == "request")
    assert shape.members[0].value == {}


def test_a_schema_that_is_itself_stops_nothing_where_no_schema_is_read() -> None:
    def change(content: Json, post: Json) -> None:
        content["components"]["schemas"]["A"] = {"$ref": "#/components/schemas/A"}
        post["extensions"] = {"sample": {"$ref": "#/components/schemas/A"}}

    assert len(told(change)[0].routes) == 1


@pytest.mark.parametrize(
    ("schema", "at", "value"),
    [
        ({**TEXT, "minLength": "2", "maxLength": " 5 "}, ["maxLength", "minLength"], [2, 5]),
        (
            {"type": "number", "minimum": "0.5", "exclusiveMinimum": "true"},
            ["exclusiveMinimum", "minimum"],
            [0.5],
        ),
        ({"type": [None, "string"]}, ["type"], ["null"]),
    ],
)
def test_words_that_are_spelled_otherwise_mean_what_they_spell(
    schema: Json, at: list[str], value: list[Any]
) -> None:
    api, flaws = told(lambda _, post: post.update(sending({"a": schema, "required": TEXT})))
    assert sorted(flaws) == [f"{BODY}/properties/a/{word}" for word in at]
    (shape,) = (one for one in gather(api).shapes.values() if one.role == "request")
    assert all(repr(one) in repr(shape.members[0].value) for one in value)


@pytest.mark.parametrize(
    ("schema", "at"),
    [
        ({"type": None, "minLength": 1}, "/type"),
        ({"type": [], "minLength": 1}, "/type"),
        ({**TEXT, "maxLength": -1}, "/maxLength"),
        ({**TEXT, "maxLength": "many"}, "/maxLength"),
        ({**TEXT, "minimum": [1]}, "/minimum"),
        ({**TEXT, "exclusiveMinimum": "NaN"}, "/exclusiveMinimum"),
        ({**TEXT, "default": 5}, "/default"),
        ({**TEXT, "default": ["a"]}, "/default"),
    ],
)
def test_words_that_make_no_sense_are_left_out(schema: Json, at: str) -> None:
    api, flaws = told(lambda _, post: post.update(sending({"a": schema})))
    assert list(flaws) == [f"{BODY}/properties/a{at}"]
    (shape,) = (one for one in gather(api).shapes.values() if one.role == "request")
    assert shape.members[0].value["type"] == "string"


def test_choices_of_another_type_are_choices() -> None:
    api, flaws = told(lambda _, post: post.update(sending({"a": {**TEXT, "enum": ["a", 1, None]}})))
    assert flaws == {f"{BODY}/properties/a/enum/1": "is no string; it is a choice all the same"}
    (shape,) = (one for one in gather(api).shapes.values() if one.role == "request")
    assert shape.members[0].value == {"anyOf": [{"enum": ["a", 1]}, {"type": "null"}]}


def test_what_is_required_and_no_name_is_left_out() -> None:
    body = {"type": "object", "properties": {"a": TEXT}, "required": ["a", None, 5]}
    content = {"application/json": {"schema": body}}
    api, flaws = told(lambda _, post: post.update(requestBody={"content": content}))
    assert list(flaws) == [f"{BODY}/required/1", f"{BODY}/required/2"]
    (shape,) = (one for one in gather(api).shapes.values() if one.role == "request")
    assert [member.wire for member in shape.members] == ["a"]


@pytest.mark.parametrize(("version", "flawed"), [("3.0.3", True), ("3.1.0", False)])
def test_an_array_without_items_is_a_flaw_where_the_version_says_so(version: str, *, flawed: bool) -> None:
    def change(content: Json, post: Json) -> None:
        content["openapi"] = version
        post.update(sending({"a": {"type": "array"}}))

    assert list(told(change)[1]) == [f"{BODY}/properties/a"] * flawed


def test_what_a_request_requires_and_calls_read_only_may_be_sent() -> None:
    properties = {"id": {**TEXT, "readOnly": True}, "made": {**TEXT, "readOnly": True}, "a": TEXT}
    body = {"type": "object", "properties": properties, "required": ["id", "a"]}
    gathered = gather(read(json.dumps(one(body=body)).encode()))
    (shape,) = (shape for shape in gathered.shapes.values() if shape.role == "request")
    assert [(member.wire, member.required) for member in shape.members] == [("a", True), ("id", False)]
    assert [flaw.pointer for flaw in gathered.flaws] == [f"{BODY}/properties/id"]


def test_what_a_shared_schema_calls_read_only_is_not_sent() -> None:
    shared = {
        "type": "object",
        "properties": {"id": {**TEXT, "readOnly": True}, "a": TEXT},
        "required": ["id"],
    }
    ref = {"$ref": "#/components/schemas/S"}
    gathered = gather(read(json.dumps(one(body=ref, answer=ref, schemas={"S": shared})).encode()))
    (shape,) = (shape for shape in gathered.shapes.values() if shape.role == "request")
    assert ([member.wire for member in shape.members], gathered.flaws) == (["a"], [])
