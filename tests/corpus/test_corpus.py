"""Documents that nobody here has written come out whole, and one that has all that they hold.

The folder is what `COINSLOT_CORPUS` names, else `../shared/spec/others` where that exists.
`nox -s corpus` judges types and style of what comes out as well, and prints a table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from email import message_from_bytes
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from coinslot import File
from tests.codegen.generating import package
from tests.corpus.documents import documents
from tests.corpus.examining import examine
from tests.corpus.hard import HARD, UNCALLED
from tests.corpus.odds import DOCUMENT

LARGE = 100_000
"""Bytes; larger documents are left to `nox -s corpus`."""


@pytest.mark.loopback
def test_a_document_with_all_oddities_comes_out_whole(tmp_path: Path) -> None:
    found = examine(json.dumps(DOCUMENT).encode(), "odds", tmp_path)
    assert found.problems == []


@pytest.mark.loopback
@pytest.mark.parametrize("name", HARD)
def test_hard_documents_come_out_whole(name: str, tmp_path: Path) -> None:
    assert examine(json.dumps(HARD[name]).encode(), f"hard-{name}", tmp_path).problems == []


def test_what_nobody_can_send_comes_out_all_the_same(tmp_path: Path) -> None:
    assert examine(json.dumps(UNCALLED).encode(), "hard-uncalled", tmp_path, called=False).problems == []


@pytest.mark.loopback
@pytest.mark.skipif(not documents(), reason="no other documents here: name their folder in COINSLOT_CORPUS")
@pytest.mark.parametrize(
    "path", [one for one in documents() if one.stat().st_size < LARGE], ids=lambda one: one.stem
)
def test_other_peoples_documents_come_out_whole(path: Path, tmp_path: Path) -> None:
    assert examine(path.read_bytes(), path.stem, tmp_path).problems == []


@pytest.fixture(scope="module")
def odds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with package(DOCUMENT, tmp_path_factory.mktemp("odds")) as found:
        yield found


def asked(
    odds: ModuleType, call: str, answer: httpx.Response, *given: Any, **named: Any
) -> tuple[httpx.Request, Any]:
    seen: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer

    group, name = call.split(".")
    with odds.Odds(transport=httpx.MockTransport(serve)) as client:
        result = getattr(getattr(client, group), name)(*given, **named)
    return seen[0], result


OK = {"ok": True}


def test_a_form_is_sent(odds: ModuleType) -> None:
    request, answer = asked(odds, "send.form", httpx.Response(200, json=OK), to="ü", lines=["a", "b"])
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qsl(request.content.decode()) == [("to", "ü"), ("lines", "a"), ("lines", "b")]
    assert answer.ok is True


def test_files_are_sent_in_parts(odds: ModuleType) -> None:
    named = {"photo": File(b"\xff", "a.png", "image/png"), "note": "n"}
    request, _ = asked(odds, "send.anything", httpx.Response(200, json=OK), body=named)
    whole = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode() + request.content
    parts: Any = message_from_bytes(whole).get_payload()
    assert [part.get_filename() for part in parts] == ["a.png", None]
    assert [part.get_payload(decode=True) for part in parts] == [b"\xff", b"n"]


@pytest.mark.parametrize(
    ("call", "body", "media_type", "content"),
    [
        ("send.bytes", b"\x00\xff", "application/octet-stream", b"\x00\xff"),
        ("send.text", "ü", "text/plain", "ü".encode()),
        ("send.xml", "<a/>", "application/xml", b"<a/>"),
    ],
)
def test_other_bodies_are_sent_as_they_are(
    odds: ModuleType, call: str, body: object, media_type: str, content: bytes
) -> None:
    request, _ = asked(odds, call, httpx.Response(200, json=OK), body=body)
    assert (request.headers["content-type"], request.content) == (media_type, content)


@pytest.mark.parametrize(
    ("call", "media_type", "answer"),
    [
        ("read.text", "text/plain", "ü"),
        ("read.page", "text/html; charset=utf-8", "ü"),
        ("read.film", "video/mp4", b"\x00\xff"),
    ],
)
def test_answers_are_text_or_bytes(odds: ModuleType, call: str, media_type: str, answer: str | bytes) -> None:
    content = answer if isinstance(answer, bytes) else answer.encode()
    reply = httpx.Response(200, content=content, headers={"content-type": media_type})
    request, result = asked(odds, call, reply)
    assert request.headers["accept"] == media_type
    assert result == answer


def test_parameters_of_every_place(odds: ModuleType) -> None:
    near = import_module(f"{odds.__name__}.search.get").Near(x=1, y=2)
    request, _ = asked(
        odds,
        "search.get",
        httpx.Response(200),
        tags=["a", "b"],
        near=near,
        plain=near,
        x_trace="t",
        session="s",
    )
    asked_for = parse_qsl(urlsplit(str(request.url)).query)
    assert asked_for == [("tags", "a,b"), ("near[x]", "1"), ("near[y]", "2"), ("x", "1"), ("y", "2")]
    assert (request.headers["x-trace"], request.headers["cookie"]) == ("t", "session=s")
