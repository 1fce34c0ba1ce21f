"""`$ref`: followed, named otherwise, or leading nowhere."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coinslot_codegen.document import DocumentError, read, resolve
from coinslot_codegen.schemas.gather import gather
from tests.codegen.documents import answered, document, read_document, read_paths
from tests.codegen.flawed import BODY, TEXT, THING, sending, told
from tests.codegen.generating import one

OK = {"200": {"description": "OK"}}


def messages(api: Any, kind: str) -> list[str]:
    return [f"{finding.pointer} {finding.message}" for finding in api.findings if finding.kind == kind]


def test_a_broken_reference_names_its_pointer() -> None:
    made = document(
        {"/a": {"post": {"requestBody": {"$ref": "#/components/requestBodies/Gone"}, "responses": OK}}}
    )

    with pytest.raises(DocumentError) as caught:
        read_document(made)
    assert caught.value.pointer == "#/paths/~1a/post/requestBody"
    assert "#/components/requestBodies/Gone points at nothing" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("ref", ["other.json#/a", "https://x.example/a", "#/components/requestBodies/A"])
def test_what_would_be_sent_cannot_lead_out_or_round_in_circles(ref: str) -> None:
    made = document(
        {"/a": {"post": {"requestBody": {"$ref": ref}, "responses": OK}}},
        components={"requestBodies": {"A": {"$ref": "#/components/requestBodies/A"}}},
    )

    with pytest.raises(DocumentError):
        read_document(made)


@pytest.mark.parametrize("ref", ["other.json#/a", "https://x.example/a", "#/gone", "#anchor", "S.json"])
def test_a_schema_that_is_not_there_is_any_value(ref: str) -> None:
    schema = {"type": "object", "properties": {"schema": {"$ref": ref}, "b": {"type": "integer"}}}
    sent = {"content": {"application/json": {"schema": schema}}}
    made = document({"/a": {"post": {"requestBody": sent, "responses": answered({"$ref": ref})}}})
    api = read_document(made)

    [route] = api.routes
    assert (route.bodies[0].schema, route.answers[0].schema) == (
        {"type": "object", "properties": {"schema": {}, "b": {"type": "integer"}}},
        {},
    )
    assert [message.endswith("; any value is taken there") for message in messages(api, "flaw")] == [True] * 2


def test_what_only_tells_of_a_call_may_be_missing() -> None:
    gone = {"$ref": "#/components/gone"}
    made = document(
        {
            "/a": {
                "get": {
                    "responses": {
                        "200": {"description": "Done", "headers": {"x-a": gone}, "links": {"next": gone}},
                        "404": gone,
                    },
                    "callbacks": {"done": {"{$url}": {"post": {"requestBody": gone, "responses": OK}}}},
                }
            }
        }
    )
    api = read_document(made)

    assert [(answer.status, answer.schema) for answer in api.routes[0].answers] == [
        ("200", None),
        ("404", None),
    ]
    assert [message.endswith("; nothing is known of it") for message in messages(api, "flaw")] == [True] * 4


def test_broken_references_can_be_reported_instead() -> None:
    made = document(
        {
            "/a": {"get": {"parameters": [{"$ref": "#/nowhere"}], "responses": OK}},
            "/b": {"get": {"responses": OK}},
        }
    )
    api = read(json.dumps(made).encode(), allow_unsupported=True)

    assert [route.path for route in api.routes] == ["/b"]
    assert any("#/nowhere" in message for message in messages(api, "unsupported"))


def test_what_only_looks_like_a_reference_is_none() -> None:
    schema = {
        "type": "object",
        "properties": {"$ref": {"type": "string"}, "default": {"$ref": "#/components/schemas/A"}},
        "example": {"$ref": "#/x"},
        "x-note": {"$ref": "#/y"},
    }
    api = read_paths({"/a": {"get": {"responses": answered(schema)}}}, components={"schemas": {"A": {}}})

    assert len(api.routes) == 1


def test_resolving() -> None:
    api = read_paths(
        {"/a": {"get": {"responses": OK}}},
        components={"schemas": {"a/b": {"$ref": "#/components/schemas/c~d"}, "c~d": [{"x": 1}]}},
    )

    assert resolve(api, "#/components/schemas/a~1b") == [{"x": 1}]
    assert resolve(api.document, "#/components/schemas/c~0d/0/x") == 1
    with pytest.raises(DocumentError, match="points at nothing"):
        resolve(api, "#/components/schemas/c~0d/7")


@pytest.mark.parametrize("ref", ["S", "#/definitions/S", "#/schemas/S", "#/components/S", "#/S"])
def test_a_reference_that_only_names_a_schema_leads_to_the_component(ref: str) -> None:
    content = one(body={"$ref": ref}, answer={"$ref": ref}, schemas={"S": THING})
    api = read(json.dumps(content).encode())
    gathered = gather(api)
    assert gathered.left_out == []
    assert {shape.hint for shape in gathered.shapes.values()} == {"S"}
    said = f"`$ref` {ref!r} is read as #/components/schemas/S"
    assert [flaw.message for flaw in api.findings if flaw.kind == "flaw"] == [said] * 2


def test_a_reference_that_leads_somewhere_is_left_as_it_is() -> None:
    content = one(body={"$ref": "#/definitions/S"}, schemas={"S": TEXT})
    content["definitions"] = {"S": THING}
    api = read(json.dumps(content).encode())
    assert not [flaw for flaw in api.findings if flaw.kind == "flaw"]
    (shape,) = gather(api).shapes.values()
    assert [member.wire for member in shape.members] == ["a"]


def test_a_reference_to_another_file_is_no_name() -> None:
    content = one(body={"$ref": "S.json"}, schemas={"S": THING})
    api = read(json.dumps(content).encode())
    assert api.routes[0].bodies[0].schema == {}
    assert any("points out of this document" in finding.message for finding in api.findings)


@pytest.mark.parametrize("ref", [None, 5, [], {"$ref": "#/components/schemas/S"}])
def test_a_reference_that_is_no_text_is_left_out(ref: Any) -> None:
    api, flaws = told(lambda _, post: post.update(sending({"a": {"$ref": ref}, "$ref": TEXT})))
    assert flaws == {f"{BODY}/properties/a/$ref": "is no text; it is left out"}
    (shape,) = (one for one in gather(api).shapes.values() if one.role == "request")
    assert {member.wire: member.value for member in shape.members} == {"a": {}, "$ref": TEXT}
