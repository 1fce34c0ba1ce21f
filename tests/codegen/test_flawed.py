"""What a validator rejects and a person understands is read, with a warning that names flaw and place."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from coinslot_codegen.diff import compare
from coinslot_codegen.document import Api, read
from coinslot_codegen.generation import generate
from coinslot_codegen.schemas.gather import gather
from tests.codegen.generating import Json, document, one, operation

AT = "#/paths/~1api~1thing~1make/post"
BODY = f"{AT}/requestBody/content/application~1json/schema"
TEXT: Json = {"type": "string"}
THING: Json = {"type": "object", "properties": {"a": TEXT}}


def sending(properties: Json) -> Json:
    schema = {"type": "object", "properties": properties}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def told(change: Callable[[Json, Json], object]) -> tuple[Api, dict[str, str]]:
    content = one(body=THING, answer=THING)
    change(content, content["paths"]["/api/thing/make"]["post"])
    api = read(json.dumps(content).encode())
    assert gather(api).left_out == []
    return api, {finding.pointer: finding.message for finding in api.findings if finding.kind == "flaw"}


@pytest.mark.parametrize("version", [3.0, 3.1, "3", "v3.0.1", " 3.1.0"])
def test_a_version_in_other_words(version: object) -> None:
    api, flaws = told(lambda content, _: content.update(openapi=version))
    assert (len(api.routes), flaws) == (1, {})


@pytest.mark.parametrize(
    ("servers", "at"),
    [
        ("https://b.example", "#/servers"),
        (["https://b.example"], "#/servers/0"),
        ({"url": "https://b.example"}, "#/servers"),
    ],
)
def test_servers_of_another_form(servers: Any, at: str) -> None:
    api, flaws = told(lambda content, _: content.update(servers=servers))
    assert api.origin == "https://b.example"
    assert at in flaws


@pytest.mark.parametrize(
    ("parameters", "at", "schema"),
    [
        ({"q": {"in": "query", "schema": TEXT}}, "parameters", TEXT),
        ({"name": "q", "in": "query", "schema": TEXT}, "parameters", TEXT),
        ([{"name": "q", "in": "Query", "schema": TEXT}], "parameters/0/in", TEXT),
        ([{"name": "q", "in": "Query", "style": ["form"], "schema": TEXT}], "parameters/0/in", TEXT),
        (
            [{"name": "q", "in": "query", "type": "string", "format": "date"}],
            "parameters/0",
            {**TEXT, "format": "date"},
        ),
    ],
)
def test_parameters_of_another_form(parameters: Any, at: str, schema: Json) -> None:
    api, flaws = told(lambda _, post: post.update(parameters=parameters))
    (parameter,) = api.routes[0].parameters
    assert (parameter.name, parameter.location, parameter.schema) == ("q", "query", schema)
    assert list(flaws) == [f"{AT}/{at}"]


@pytest.mark.parametrize(
    ("member", "value", "at"),
    [
        ("requestBody", {"schema": THING}, "requestBody"),
        ("responses", {"200": {"description": "Done", "schema": THING}}, "responses/200"),
    ],
)
def test_messages_without_a_media_type_are_json(member: str, value: Json, at: str) -> None:
    api, flaws = told(lambda _, post: post.update({member: value}))
    assert (api.routes[0].bodies[0].schema, api.routes[0].answers[0].schema) == (THING, THING)
    assert flaws == {f"{AT}/{at}": "has a schema and no media type; it is read as JSON"}


def test_guidance_in_a_list_of_lines() -> None:
    api, flaws = told(lambda content, _: content["info"].update({"x-guidance": ["# Use", "Ask once."]}))
    assert api.guidance == "# Use\nAsk once."
    assert "#/info/x-guidance" in flaws


def test_guidance_that_is_no_text_is_left_out() -> None:
    api, flaws = told(lambda content, _: content["info"].update({"x-guidance": {"use": "it"}}))
    assert (api.guidance, list(flaws)) == (None, ["#/info/x-guidance"])


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


def test_an_object_in_a_path_is_given_as_text() -> None:
    named = {"name": "filter", "in": "path", "required": True, "schema": THING}
    content = document({"/a/{filter}": {"get": operation(parameters=[named])}})
    gathered = gather(read(json.dumps(content).encode()))
    (shape,) = (gathered.shapes[key] for use in gathered.uses for key in use.parameters.values())
    assert [member.value for member in shape.members] == [TEXT]
    assert [flaw.pointer for flaw in gathered.flaws] == ["#/paths/~1a~1{filter}/get/parameters/0/schema"]


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


def test_a_parameter_in_the_body_is_the_request_body() -> None:
    listed = [{"name": "it", "in": "body", "required": True, "description": "What.", "schema": THING}]
    content = document({"/a": {"post": operation(parameters=listed)}})
    api = read(json.dumps(content).encode())
    ((body,), parameters) = (api.routes[0].bodies, api.routes[0].parameters)
    assert (body.media_type, body.required, body.schema) == ("application/json", True, THING)
    assert (body.description, parameters) == ("What.", ())
    assert "#/paths/~1a/post/parameters/0" in {one.pointer for one in api.findings if one.kind == "flaw"}


@pytest.mark.parametrize(
    ("kind", "media_type"), [("string", "application/x-www-form-urlencoded"), ("file", "multipart/form-data")]
)
def test_parameters_in_a_form_are_fields_of_the_request_body(kind: str, media_type: str) -> None:
    listed: list[Json] = [
        {"name": "a", "in": "formData", "required": True, "type": kind},
        {"name": "b", "in": "formData", "schema": TEXT, "description": "More."},
        {"name": "q", "in": "query", "schema": TEXT},
    ]
    content = document({"/a": {"post": operation(parameters=listed)}})
    api = read(json.dumps(content).encode())
    (body,) = api.routes[0].bodies
    fields = {"a": {"type": kind}, "b": {**TEXT, "description": "More."}}
    assert body.media_type == media_type
    assert body.schema == {"type": "object", "properties": fields, "required": ["a"]}
    assert [one.name for one in api.routes[0].parameters] == ["q"]
    flawed = {one.pointer for one in api.findings if one.kind == "flaw"}
    assert {f"#/paths/~1a/post/parameters/{index}" for index in (0, 1)} <= flawed
    assert gather(api).left_out == []


def test_of_a_parameter_that_is_listed_twice_the_last_is_read() -> None:
    number: Json = {"type": "integer"}
    listed = [{"name": "q", "in": "query", "schema": schema} for schema in (TEXT, number)]
    api, flaws = told(lambda _, post: post.update(parameters=listed))
    assert [one.schema for one in api.routes[0].parameters] == [number]
    assert list(flaws) == [f"{AT}/parameters/1"]


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("api.b.example/v1", "https://api.b.example"),
        ("//b.example", "https://b.example"),
        ("b.example:8443", "https://b.example:8443"),
        ("localhost:8000/v1/", "http://localhost:8000"),
        ("ftp://b.example", None),
        ("{where}", None),
    ],
)
def test_a_server_without_a_scheme(url: str, origin: str | None) -> None:
    api, flaws = told(lambda content, _: content.update(servers=[{"url": url}]))
    assert (api.origin, list(flaws)) == (origin, ["#/servers/0/url"])
    assert api.routes[0].path == ("/v1/api/thing/make" if "/v1" in url else "/api/thing/make")


def test_a_server_that_is_a_path_is_no_flaw() -> None:
    api, flaws = told(lambda content, _: content.update(servers=[{"url": "/v1"}]))
    assert (api.origin, flaws) == (None, {})


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


@pytest.mark.parametrize("media_type", ["multipart/form-data", "application/x-www-form-urlencoded"])
def test_a_form_without_members_takes_any(media_type: str) -> None:
    content = one()
    content["paths"]["/api/thing/make"]["post"]["requestBody"] = {"content": {media_type: {"schema": TEXT}}}
    gathered = gather(read(json.dumps(content).encode()))
    assert ["its schema has none" in flaw.message for flaw in gathered.flaws] == [True]


def test_a_method_that_stands_there_twice_is_told() -> None:
    api, flaws = told(lambda content, post: content["paths"]["/api/thing/make"].update(POST=post))
    assert len(api.routes) == 1
    assert f"also stands at {AT}" in flaws[AT.replace("post", "POST")]


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


def test_a_media_type_without_a_name_is_json() -> None:
    api, flaws = told(lambda _, post: post["requestBody"].update(content={"": {"schema": THING}}))
    assert [body.media_type for body in api.routes[0].bodies] == ["application/json"]
    assert ["without a name" in message for message in flaws.values()] == [True]


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


def test_a_parameter_is_required_in_a_text() -> None:
    named = {"name": "q", "in": "query", "required": "True", "schema": TEXT}
    api, flaws = told(lambda _, post: post.update(parameters=[named]))
    assert api.routes[0].parameters[0].required
    assert flaws == {f"{AT}/parameters/0/required": "is a text; it is read as true"}


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
def test_an_array_without_items_is_a_flaw_where_the_version_says_so(version: str, flawed: bool) -> None:  # noqa: FBT001
    def change(content: Json, post: Json) -> None:
        content["openapi"] = version
        post.update(sending({"a": {"type": "array"}}))

    assert list(told(change)[1]) == [f"{BODY}/properties/a"] * flawed


@pytest.mark.parametrize(
    ("parameter", "at"),
    [({}, ""), ({"schema": None}, ""), ({"schema": ["x"]}, "/schema"), ({"content": {"a/b": None}}, "")],
)
def test_a_parameter_without_a_schema_takes_any_value(parameter: Json, at: str) -> None:
    named = {"name": "q", "in": "query", **parameter}
    api, flaws = told(lambda _, post: post.update(parameters=[named]))
    assert list(flaws) == [f"{AT}/parameters/0{at}"]
    assert api.routes[0].parameters[0].schema == {}


@pytest.mark.parametrize(
    ("media", "at", "said"),
    [
        ({"schema": ["x"]}, "/application~1json/schema", "is no schema; any value is taken there"),
        ({"schema": "string"}, "/application~1json/schema", "is no schema; it is read as the type 'string'"),
        ("x", "/application~1json", "is no object; any content is taken"),
    ],
)
def test_content_that_makes_no_sense_is_told(media: Any, at: str, said: str) -> None:
    content = {"content": {"application/json": media}}
    _, flaws = told(lambda _, post: post.update(requestBody=content, responses={"200": content}))
    assert flaws == {f"{AT}/{place}/content{at}": said for place in ("requestBody", "responses/200")}


def test_an_answer_whose_content_is_no_object() -> None:
    _, flaws = told(lambda _, post: post.update(responses={"200": {"content": ["x"]}}))
    assert flaws == {f"{AT}/responses/200/content": "is no object; it is left out"}


def test_parameters_that_are_no_list_are_told() -> None:
    _, flaws = told(lambda _, post: post.update(parameters="q"))
    assert flaws == {f"{AT}/parameters": "is no list; it is left out"}


def test_a_media_type_that_is_a_word_is_json() -> None:
    api, flaws = told(lambda _, post: post["requestBody"].update(content={"JSON": {"schema": THING}}))
    assert [body.media_type for body in api.routes[0].bodies] == ["application/json"]
    assert list(flaws.values()) == ["'JSON' is no media type; it is read as JSON"]


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


def test_a_path_with_spaces_around_it() -> None:
    content = document({" /api/a\n": {"get": operation()}})
    api = read(json.dumps(content).encode())
    assert [route.path for route in api.routes] == ["/api/a"]
    assert "the path is read as /api/a" in {one.message for one in api.findings}


def test_a_path_with_a_fragment_tells_that_it_is_not_sent() -> None:
    content = document({"/api/a#b": {"get": operation()}, "/api/a#c": {"get": operation()}})
    api = read(json.dumps(content).encode())
    assert len(api.routes) == 2
    assert sum("is never sent" in one.message for one in api.findings) == 2


@pytest.mark.parametrize("info", [None, {}, {"title": ["a"]}, {"title": " "}])
def test_a_document_without_a_title(info: Any) -> None:
    api, flaws = told(lambda content, _: content.update(info=info))
    assert (api.title, list(flaws)) == ("API", ["#/info/title"])


def test_a_status_that_is_none() -> None:
    answers = {
        "ok": {"description": "Done"},
        "2XX": {"description": "Done"},
        "default": {"description": "No"},
    }
    _, flaws = told(lambda _, post: post.update(responses=answers))
    assert flaws == {f"{AT}/responses/ok": "'ok' is no status; nothing is read by it"}


@pytest.mark.parametrize("ref", [None, 5, [], {"$ref": "#/components/schemas/S"}])
def test_a_reference_that_is_no_text_is_left_out(ref: Any) -> None:
    api, flaws = told(lambda _, post: post.update(sending({"a": {"$ref": ref}, "$ref": TEXT})))
    assert flaws == {f"{BODY}/properties/a/$ref": "is no text; it is left out"}
    (shape,) = (one for one in gather(api).shapes.values() if one.role == "request")
    assert {member.wire: member.value for member in shape.members} == {"a": {}, "$ref": TEXT}
