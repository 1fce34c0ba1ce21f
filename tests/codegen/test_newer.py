"""What OpenAPI 3.2 writes in places of its own is read like the rest."""

from __future__ import annotations

import json
from pathlib import Path

import httpx

from coinslot_codegen.document import Api, read
from tests.codegen.generating import Json, document, imported, made

TEXT: Json = {"type": "string"}
ANSWER: Json = {
    "200": {"description": "OK", "content": {"application/json": {"$ref": "#/components/mediaTypes/Found"}}}
}
FOUND: Json = {"schema": {"type": "object", "properties": {"hits": {"type": "integer"}}}}
WHOLE_QUERY: Json = {
    "in": "querystring",
    "name": "all",
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "properties": {
                    "q": {**TEXT, "description": "What to look for."},
                    "page": {"type": "integer"},
                },
                "required": ["q"],
            }
        }
    },
}
SEARCH: Json = {
    "query": {
        "requestBody": {
            "content": {"application/json": {"schema": {"type": "object", "properties": {"q": TEXT}}}}
        },
        "responses": ANSWER,
    },
    "additionalOperations": {"COPY": {"responses": ANSWER}},
    "parameters": [{"name": "x-lang", "in": "header", "schema": TEXT}],
}


def content(paths: Json) -> Json:
    return document(paths, title="Threetwo") | {
        "openapi": "3.2.0",
        "components": {"mediaTypes": {"Found": FOUND}},
    }


def reading(paths: Json) -> Api:
    return read(json.dumps(content(paths)).encode())


def test_methods_of_any_name_are_calls() -> None:
    api = reading({"/search": SEARCH})
    assert [(route.method, route.group, route.name) for route in api.routes] == [
        ("COPY", "search", "copy"),
        ("QUERY", "search", "query"),
    ]
    assert [route.parameters[0].name for route in api.routes] == ["x-lang", "x-lang"]
    assert [finding for finding in api.findings if finding.kind == "flaw"] == []


def test_a_method_that_cannot_be_sent_is_told() -> None:
    api = reading({"/search": {"additionalOperations": {"TWO WORDS": {"responses": ANSWER}}}})
    assert api.routes == ()
    [flaw] = [finding for finding in api.findings if finding.kind == "flaw"]
    assert flaw.pointer == "#/paths/~1search/additionalOperations/TWO WORDS"


def test_a_query_that_is_one_form_is_its_fields() -> None:
    [route] = reading({"/search": {"get": {"parameters": [WHOLE_QUERY], "responses": ANSWER}}}).routes
    assert [(one.name, one.location, one.required, one.description) for one in route.parameters] == [
        ("q", "query", True, "What to look for."),
        ("page", "query", False, ""),
    ]


def test_they_are_sent_as_they_are_written(tmp_path: Path) -> None:
    paths = {"/search": {**SEARCH, "get": {"parameters": [WHOLE_QUERY], "responses": ANSWER}}}
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"hits": 3})

    with imported(made(content(paths)), tmp_path) as package:
        client = package.Threetwo(transport=httpx.MockTransport(serve))
        assert client.search.query(q="a").hits == 3
        assert client.search.copy(x_lang="de").hits == 3
        client.search.get(q="b", page=2)
    assert [(request.method, request.url.query) for request in seen] == [
        ("QUERY", b""),
        ("COPY", b""),
        ("GET", b"q=b&page=2"),
    ]
    assert seen[0].content == b'{"q":"a"}'
    assert seen[1].headers["x-lang"] == "de"
