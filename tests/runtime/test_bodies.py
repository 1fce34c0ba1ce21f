"""Bodies that are no JSON, answers that are none, and parameters of several values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from email import message_from_bytes
from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from pydantic import Field

from coinslot import MISSING, AnswerT, Call, Client, File, Group, RequestModel, Route
from coinslot.wire import encode, fill


class Inner(RequestModel):
    num: int


class Send(RequestModel):
    image: Annotated[File | bytes | MISSING, Field(alias="imageFile")] = MISSING
    more: Sequence[File | bytes] | MISSING = MISSING
    text: str | MISSING = MISSING
    flag: bool | MISSING = MISSING
    numbers: Sequence[int] | MISSING = MISSING
    inner: Inner | MISSING = MISSING


def body_of(media_type: str, body: Any) -> tuple[bytes, str]:
    request = encode(Route("POST", "/", sends=media_type), "https://api.example/", body=body)
    return request.body, request.headers.get("Content-Type") or ""


def parts(content: bytes, media_type: str) -> list[tuple[str, str | None, str, bytes]]:
    message: Any = message_from_bytes(f"Content-Type: {media_type}\r\n\r\n".encode() + content)
    return [
        (
            part.get_param("name", header="content-disposition"),
            part.get_filename(),
            part.get_content_type(),
            part.get_payload(decode=True),
        )
        for part in message.get_payload()
    ]


def test_a_form() -> None:
    content, media_type = body_of(
        "application/x-www-form-urlencoded", Send(text="ü & b", flag=True, numbers=[1, 2], inner=Inner(num=3))
    )
    assert media_type == "application/x-www-form-urlencoded"
    assert parse_qsl(content.decode()) == [
        ("text", "ü & b"),
        ("flag", "true"),
        ("numbers", "1"),
        ("numbers", "2"),
        ("inner", '{"num":3}'),
    ]


def test_a_form_holds_no_files() -> None:
    with pytest.raises(ValueError, match="no files"):
        body_of("application/x-www-form-urlencoded", Send(image=b"x"))


def test_parts_and_files() -> None:
    sent = Send(
        image=File(b"\x89PNG", 'a"b.png', "image/png"), more=[b"one", b"two"], text="ü", inner=Inner(num=3)
    )
    content, media_type = body_of("multipart/form-data", sent)
    assert parts(content, media_type) == [
        ("imageFile", "a%22b.png", "image/png", b"\x89PNG"),
        ("more", "more", "application/octet-stream", b"one"),
        ("more", "more", "application/octet-stream", b"two"),
        ("text", None, "text/plain", "ü".encode()),
        ("inner", None, "application/json", b'{"num":3}'),
    ]


def test_the_same_parts_are_the_same_bytes() -> None:
    one, other = Send(image=b"x", text="a"), Send(image=b"x", text="b")
    assert body_of("multipart/form-data", one) == body_of("multipart/form-data", one)
    assert body_of("multipart/form-data", one) != body_of("multipart/form-data", other)


def test_a_part_cannot_add_header_lines() -> None:
    with pytest.raises(ValueError, match="printable"):
        body_of("multipart/form-data", Send(image=File(b"", "a", "image/png\r\nX: y")))
    content, media_type = body_of("multipart/form-data", Send(image=File(b"", "a\r\nX: y", "image/png")))
    assert parts(content, media_type)[0][1] == "a%0D%0AX: y"


@pytest.mark.parametrize(
    ("media_type", "body", "content"),
    [
        ("application/octet-stream", b"\x00\xff", b"\x00\xff"),
        ("text/plain", "ü", "ü".encode()),
        ("application/xml", "<a/>", b"<a/>"),
        ("application/merge-patch+json", {"a": "ü"}, '{"a":"ü"}'.encode()),
        ("application/json", "text", b'"text"'),
    ],
)
def test_other_bodies(media_type: str, body: object, content: bytes) -> None:
    assert body_of(media_type, body) == (content, media_type)


class Wide(RequestModel):
    ids: Sequence[int] = (1, 2)
    shape: Mapping[str, str] = {"a": "x", "b": "y"}


@pytest.mark.parametrize(
    ("style", "query"),
    [
        (None, "ids=1&ids=2&a=x&b=y"),
        ("comma", "ids=1,2&shape=a,x,b,y"),
        ("space", "ids=1 2&shape=a x b y"),
        ("pipe", "ids=1|2&shape=a|x|b|y"),
        ("deep", "ids=[1,2]&shape[a]=x&shape[b]=y"),
        ("json", 'ids=[1,2]&shape={"a":"x","b":"y"}'),
    ],
)
def test_parameters_of_several_values(style: Any, query: str) -> None:
    styles = {"ids": style, "shape": style} if style else {}
    request = encode(Route("GET", "/", styles=styles), "https://api.example/", query=Wide(), headers=Wide())
    assert parse_qsl(urlsplit(request.url).query) == parse_qsl(query)
    assert request.headers.get("ids") == ("[1,2]" if style == "json" else "1,2")


def test_a_list_in_a_path_stands_between_commas() -> None:
    assert fill("/a/{ids}", {"ids": [1, 2]}) == "/a/1%2C2"


class Read(Call[AnswerT]):
    def __call__(self, gives: str) -> AnswerT:
        return self._send(Route("GET", "/api/read", gives=gives))


class Things(Group):
    @property
    def read(self) -> Read[Any]:
        return Read(self._client)


class Shop(Client):
    ORIGIN = "https://api.example"

    @property
    def things(self) -> Things:
        return Things(self)


@pytest.mark.parametrize(
    ("gives", "content_type", "content", "answer"),
    [
        ("text/plain", "text/plain; charset=latin-1", b"\xfc", "ü"),
        ("application/xml", "application/xml", b"<a/>", "<a/>"),
        ("image/png", "image/png", b"\x89PNG", b"\x89PNG"),
        ("image/png", "image/png", b"", b""),
        ("application/json", "application/json", b'{"a": 1}', {"a": 1}),
    ],
)
def test_answers_that_are_no_json(gives: str, content_type: str, content: bytes, answer: object) -> None:
    asked: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["accept"])
        return httpx.Response(200, content=content, headers={"Content-Type": content_type})

    with Shop(transport=httpx.MockTransport(serve)) as shop:
        assert shop.things.read(gives) == answer
    assert asked == [gives]
