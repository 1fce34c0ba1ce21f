from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot_codegen.document import DocumentError, SourceError, read
from tests.codegen.documents import (
    ACCEPTED,
    OTHERS,
    PAID,
    STATE,
    answered,
    document,
    jobs,
    maker,
    read_document,
    read_paths,
)

SIWX = {"siwx": {"type": "apiKey", "in": "header", "name": "SIGN-IN-WITH-X"}}
OK = {"200": {"description": "OK"}}


def messages(api: Any, kind: str) -> list[str]:
    return [f"{finding.pointer} {finding.message}" for finding in api.findings if finding.kind == kind]


@pytest.mark.parametrize(
    ("operation", "access", "security"),
    [
        ({}, "open", ()),
        ({"security": [{"siwx": []}]}, "signed", ()),
        ({"security": [{"wallet": []}]}, "signed", ()),
        ({"security": []}, "open", ()),
        ({"security": [{}, {"key": []}]}, "open", ()),
        ({"security": [{"key": []}]}, "open", ("key",)),
        ({"security": [{"key": []}, {"siwx": []}]}, "signed", ()),
        ({"security": [{"key": [], "siwx": []}]}, "signed", ("key",)),
        (PAID, "paid", ()),
        ({**PAID, "security": [{"key": []}]}, "paid", ("key",)),
        ({"responses": {"402": {"description": "Payment Required"}}}, "paid", ()),
        ({"responses": {"402": {"description": "-", "headers": {"PAYMENT-REQUIRED": {}}}}}, "paid", ()),
        ({"responses": {"402": {"description": "Insufficient credits"}}}, "open", ()),
        ({"responses": {"402": {"description": "Sign in first"}}}, "open", ()),
        ({"responses": {"402": {"description": "The call has to be paid for first"}}}, "paid", ()),
        ({"responses": {"402": {}}}, "paid", ()),
        (
            {"responses": {"402": {"description": "Payment Required"}}, "security": [{"key": []}]},
            "open",
            ("key",),
        ),
        (
            {"security": [{"siwx": []}], "responses": {"402": {"description": "Payment or sign-in"}}},
            "signed",
            (),
        ),
        ({"accepts": [{"scheme": "exact"}], "x402Version": 2}, "paid", ()),
    ],
)
def test_access(operation: dict[str, Any], access: str, security: tuple[str, ...]) -> None:
    schemes = {
        "wallet": {"type": "apiKey", "in": "header", "name": "sign-in-with-x"},
        "key": {"type": "http", "scheme": "bearer"},
    }
    api = read_paths(
        {"/a": {"post": {"responses": OK, **operation}}}, components={"securitySchemes": SIWX | schemes}
    )

    (route,) = api.routes
    assert (route.access, route.security) == (access, security)


def test_security_of_the_whole_document_holds_where_an_operation_says_nothing() -> None:
    api = read_paths(
        {"/a": {"get": {"responses": OK}}, "/b": {"get": {"responses": OK, "security": []}}},
        security=[{"siwx": []}],
        components={"securitySchemes": SIWX},
    )

    assert [route.access for route in api.routes] == ["signed", "open"]


def test_an_unknown_price_is_listed_never_free() -> None:
    api = read_paths({"/a": {"post": {"responses": {"402": {"description": "Payment Required"}}}}})

    assert api.routes[0].price is None
    assert any("price is unknown" in message for message in messages(api, "default"))


def test_parameters_of_path_and_operation() -> None:
    shared = [
        {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
        {"$ref": "#/components/parameters/page"},
    ]
    own = [
        {"name": "page", "in": "query", "required": True, "schema": {"type": "string"}},
        {"name": "X-Payment", "in": "header"},
    ]
    api = read_paths(
        {"/{b}/a/{id}": {"parameters": shared, "get": {"parameters": own, "responses": OK}}},
        components={"parameters": {"page": {"name": "page", "in": "query", "schema": {"type": "integer"}}}},
    )

    parameters = api.routes[0].parameters
    assert [(one.name, one.location, one.required, one.schema) for one in parameters] == [
        ("b", "path", True, {"type": "string"}),
        ("id", "path", True, {"type": "integer"}),
        ("page", "query", True, {"type": "string"}),
    ]
    assert any("'b' is not declared" in message for message in messages(api, "flaw"))


def test_colon_paths_are_read_and_listed() -> None:
    api = read_paths({"/calls/:id/notes": {"get": {"responses": OK}}})

    assert api.routes[0].path == "/calls/{id}/notes"
    assert api.routes[0].pointer == "#/paths/~1calls~1:id~1notes/get"
    assert [one.name for one in api.routes[0].parameters] == ["id"]
    assert any("is read as /calls/{id}/notes" in message for message in messages(api, "flaw"))


def test_a_route_that_stands_there_twice_is_kept_once() -> None:
    api = read_paths({"/a/:id": {"get": {"responses": OK}}, "/a/{id}": {"get": {"responses": OK}}})

    assert len(api.routes) == 1
    assert any("is left out" in message for message in messages(api, "flaw"))


def test_a_path_of_the_server_stands_before_each_route() -> None:
    made = document({"/a/b": {"get": {"responses": OK}}}) | {
        "servers": [{"url": "https://user@things.example:8443/base/v1/"}]
    }
    api = read_document(made)

    assert api.origin == "https://things.example:8443"
    assert api.routes[0].path == "/base/v1/a/b"
    assert (api.routes[0].group, api.routes[0].name) == ("a", "b")


@pytest.mark.parametrize(
    ("servers", "origin"),
    [
        (
            [{"url": "https://{host}.example/v1", "variables": {"host": {"default": "eu"}}}],
            "https://eu.example",
        ),
        ([{"url": "/v1"}], None),
        ([{"url": "https://{host}/"}], None),
        ([], None),
        (None, None),
        ([{"url": "ftp://x"}], None),
        ([{"url": "http://[::1"}], None),
    ],
)
def test_origins(servers: Any, origin: str | None) -> None:
    assert read_document(document({"/a": {"get": {"responses": OK}}}) | {"servers": servers}).origin == origin


def test_bodies_and_answers_have_json_first_whatever_the_order() -> None:
    content = {
        "text/plain": {},
        "multipart/form-data": {"schema": {}},
        "application/json": {"schema": {"type": "object"}},
    }
    responses = {
        "default": {"description": "?"},
        "4XX": {"description": "no"},
        "202": {"description": "later"},
        "200": {"description": "yes", "content": content},
    }
    (route,) = read_paths(
        {"/a": {"post": {"requestBody": {"content": content}, "responses": responses}}}
    ).routes

    assert [body.media_type for body in route.bodies] == [
        "application/json",
        "multipart/form-data",
        "text/plain",
    ]
    assert [(answer.status, answer.media_type) for answer in route.answers] == [
        ("200", "application/json"),
        ("200", "multipart/form-data"),
        ("200", "text/plain"),
        ("202", None),
        ("4XX", None),
        ("default", None),
    ]


def test_jobs_are_found_by_structure() -> None:
    api = read_paths({"/api/paint": maker(), **jobs()})
    paint = next(route for route in api.routes if route.path == "/api/paint")

    assert paint.job is not None
    assert (paint.job.id_member, paint.job.status_path, paint.job.list_path) == (
        "jobId",
        "/api/jobs/{jobId}",
        "/api/jobs",
    )
    assert (paint.job.items_member, paint.job.cursor_member, paint.job.error_member) == (
        "items",
        "nextCursor",
        "error",
    )
    assert [route.path for route in api.routes if route.job] == ["/api/paint"]


@pytest.mark.parametrize(
    ("member", "path", "is_job"),
    [
        ("job_id", "/tasks/{jobId}", True),
        ("taskId", "/tasks/{id}", True),
        ("id", "/tasks/{id}", True),
        ("id", "/tasks/{taskId}", False),
        ("other", "/tasks/{id}", False),
        ("taskId", "/tasks/{id}/{part}", False),
    ],
)
def test_how_the_id_travels(member: str, path: str, *, is_job: bool) -> None:
    accepted = {"type": "object", "properties": {member: {"type": "string"}}}
    api = read_paths(
        {
            "/make": {"post": {**PAID, "responses": answered(accepted)}},
            path: {"get": {"responses": answered(STATE)}},
        }
    )

    assert any(route.job for route in api.routes) is is_job


def test_without_a_place_for_a_result_nothing_is_a_job() -> None:
    state = {"type": "object", "properties": {"status": {"type": "string"}}}
    api = read_paths(
        {
            "/make": {"post": {**PAID, "responses": answered(ACCEPTED)}},
            "/jobs/{jobId}": {"get": {"responses": answered(state)}},
        }
    )

    assert not any(route.job for route in api.routes)


def test_a_result_that_the_schema_describes() -> None:
    result = {
        "type": "object",
        "properties": {
            "thumb": {"type": "string", "format": "uri"},
            "songUrl": {"type": "string"},
            "n": {"type": "integer"},
        },
        "required": ["songUrl"],
    }
    state = {
        "type": "object",
        "properties": {"status": {"type": "string"}, "result": {"anyOf": [result, {"type": "null"}]}},
    }
    api = read_paths(
        {
            "/make": {"post": {**PAID, "responses": answered(ACCEPTED)}},
            "/jobs/{jobId}": {"get": {"responses": answered(state)}},
        }
    )
    made = next(route for route in api.routes if route.job)

    assert made.result is not None
    assert (made.result.name, made.result.members) == ("SongResult", ("songUrl", "thumb"))


def test_titles_take_the_spelling_of_the_summary() -> None:
    api = read_paths(
        {
            "/make/gpt-2.1/edit": {"post": {"summary": "edit with GPT 2.1", "responses": OK}},
            "/make/film_pro/edit": {"post": {"responses": OK}},
        }
    )

    assert [route.title for route in api.routes] == ["Film Pro", "GPT 2.1"]


@pytest.mark.skipif(not OTHERS.exists(), reason="needs the documents that are not part of the project")
@pytest.mark.parametrize("path", sorted((OTHERS / "others").glob("*.json")), ids=lambda path: path.stem)
def test_other_documents_come_out_whole(path: Any) -> None:
    raw = json.loads(path.read_bytes())
    verbs = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
    operations = sum(len(verbs & set(item)) for item in raw["paths"].values())

    api = read(path.read_bytes())
    assert len(api.routes) == operations
    assert len({(route.group, route.name) for route in api.routes}) == operations
    assert all(route.price is None for route in api.routes if route.access != "paid")


WORTH_TRYING = ("object", "#/paths", "402", "path")
NAMES = """
get post parameters requestBody responses content schema name in security x-payment-info price
offers $ref 200 402 description application/json properties tags items allOf securitySchemes siwx
guidance
"""
MEMBERS = NAMES.split()
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(WORTH_TRYING),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(MEMBERS),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(json_values, json_values)
def test_whatever_stands_in_a_document_reading_never_crashes(item: Any, more: Any) -> None:
    made = {
        "openapi": "3.1.0",
        "info": more,
        "paths": {"/a/{b}": item, "/c": {"post": more}},
        "components": more,
        "security": more,
    }
    with contextlib.suppress(DocumentError, SourceError):
        read(json.dumps(made).encode())
