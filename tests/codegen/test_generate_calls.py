"""Generated calls at work: what stands in a call goes on the wire as the document wants it."""

from __future__ import annotations

import asyncio
import importlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.codegen.generating import document, operation, package, source

WHOLE = document(
    {
        "/v1/things/{thingId}/notes": {
            "put": operation(
                body={"type": "array", "items": {"type": "object", "properties": {"aB": {"type": "string"}}}},
                answer={
                    "type": "array",
                    "items": {"type": "object", "properties": {"id": {"type": "integer"}}},
                },
                parameters=[
                    {"name": "thingId", "in": "path", "required": True, "schema": {"type": "string"}},
                    {"name": "dryRun", "in": "query", "schema": {"type": "boolean"}},
                    {"name": "tag", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                    {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                    {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
                    {"name": "session", "in": "cookie", "schema": {"type": "string"}},
                ],
            )
        },
        "/v1/anything": {"post": operation(body={}, answer={})},
        "/v1/gone": {"delete": operation()},
        "/v1/picture": {
            "get": {
                "responses": {
                    "200": {"description": "Bytes", "content": {"image/png": {"schema": {"type": "string"}}}}
                }
            }
        },
    }
)


class Server:
    """Keeps what was asked, and answers."""

    def __init__(
        self, content: Any = None, *, data: bytes | None = None, kind: str = "application/json"
    ) -> None:
        self.asked: list[httpx.Request] = []
        self._data = json.dumps(content).encode() if data is None else data
        self._kind = kind

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        return httpx.Response(200, content=self._data, headers={"Content-Type": self._kind})


def test_everything_goes_where_the_document_wants_it(tmp_path: Path) -> None:
    server = Server([{"id": 7, "more": True}])
    with (
        package(WHOLE, tmp_path) as sample,
        sample.Sample(pay_with=[], transport=httpx.MockTransport(server)) as client,
    ):
        answer = client.things.notes(
            "a/b", body=[{"aB": "x"}, {}], dry_run=True, tag=["p", "q"], x_trace="t", session="s"
        )
    request = server.asked[0]
    assert str(request.url) == "https://api.example.com/v1/things/a%2Fb/notes?dryRun=true&tag=p&tag=q"
    assert request.method == "PUT"
    assert json.loads(request.content) == [{"aB": "x"}, {}]
    assert request.headers["X-Trace"] == "t"
    assert request.headers["Cookie"] == "session=s"
    assert "Authorization" not in request.headers
    assert [item.id for item in answer.root] == [7]
    assert answer.root[0].more is True


def test_what_was_not_given_is_not_sent(tmp_path: Path) -> None:
    server = Server([])
    with (
        package(WHOLE, tmp_path) as sample,
        sample.Sample(pay_with=[], transport=httpx.MockTransport(server)) as client,
    ):
        client.things.notes("a", body=[])
    assert str(server.asked[0].url) == "https://api.example.com/v1/things/a/notes"
    assert "X-Trace" not in server.asked[0].headers


def test_the_asynchronous_face_does_the_same(tmp_path: Path) -> None:
    server = Server({"any": ["thing"]})

    async def call(sample: Any) -> Any:
        async with sample.AsyncSample(pay_with=[], transport=httpx.MockTransport(server)) as client:
            return await client.anything.create(body={"x": 1})

    with package(WHOLE, tmp_path) as sample:
        assert asyncio.run(call(sample)) == {"any": ["thing"]}
    assert json.loads(server.asked[0].content) == {"x": 1}


@pytest.mark.parametrize(
    ("call", "server", "answer", "annotation"),
    [
        (("picture", "get"), Server(data=b"\x89PNG", kind="image/png"), b"\x89PNG", "Get[bytes]"),
        (("gone", "delete"), Server(data=b""), None, "Delete[Any]"),
        (("gone", "delete"), Server({"told": [1]}), {"told": [1]}, "Delete[Any]"),
        (("gone", "delete"), Server(data=b"bye", kind="text/plain"), "bye", "Delete[Any]"),
    ],
)
def test_answers_that_are_no_json(
    tmp_path: Path, call: tuple[str, str], server: Server, answer: object, annotation: str
) -> None:
    with (
        package(WHOLE, tmp_path) as sample,
        sample.Sample(pay_with=[], transport=httpx.MockTransport(server)) as client,
    ):
        group, name = call
        assert getattr(getattr(client, group), name)() == answer
    assert f"def {call[1]}(self) -> {annotation}:" in source(WHOLE, f"{call[0]}/__init__.py")


def test_a_list_of_objects_in_json_of_another_name(tmp_path: Path) -> None:
    step = {"type": "object", "required": ["op"], "properties": {"op": {"type": "string"}}}
    patch = operation(answer={"type": "object"})
    body = {"application/json-patch+json": {"schema": {"type": "array", "items": step}}}
    patch["requestBody"] = {"required": True, "content": body}
    server = Server({})
    with package(document({"/a/b": {"patch": patch}}), tmp_path) as sample:
        step_class = importlib.import_module("sample.a.b").BRequestItem
        with sample.Sample(transport=httpx.MockTransport(server)) as client:
            client.a.b(body=[step_class(op="add")])
    assert json.loads(server.asked[0].content) == [{"op": "add"}]
    assert server.asked[0].headers["content-type"] == "application/json-patch+json"
