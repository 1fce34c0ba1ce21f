"""What a validator rejects and a person understands is read, with a warning that names flaw and place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coinslot_codegen.document import read
from coinslot_codegen.schemas.gather import gather
from tests.codegen.flawed import AT, TEXT, THING, told
from tests.codegen.generating import Json, document, one, operation


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


def test_an_object_in_a_path_is_given_as_text() -> None:
    named = {"name": "filter", "in": "path", "required": True, "schema": THING}
    content = document({"/a/{filter}": {"get": operation(parameters=[named])}})
    gathered = gather(read(json.dumps(content).encode()))
    (shape,) = (gathered.shapes[key] for use in gathered.uses for key in use.parameters.values())
    assert [member.value for member in shape.members] == [TEXT]
    assert [flaw.pointer for flaw in gathered.flaws] == ["#/paths/~1a~1{filter}/get/parameters/0/schema"]


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


def test_a_media_type_without_a_name_is_json() -> None:
    api, flaws = told(lambda _, post: post["requestBody"].update(content={"": {"schema": THING}}))
    assert [body.media_type for body in api.routes[0].bodies] == ["application/json"]
    assert ["without a name" in message for message in flaws.values()] == [True]


def test_a_parameter_is_required_in_a_text() -> None:
    named = {"name": "q", "in": "query", "required": "True", "schema": TEXT}
    api, flaws = told(lambda _, post: post.update(parameters=[named]))
    assert api.routes[0].parameters[0].required
    assert flaws == {f"{AT}/parameters/0/required": "is a text; it is read as true"}


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
