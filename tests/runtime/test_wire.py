"""What only a real socket can do: cut bodies, count bytes, redirect, compress, hang up."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from coinslot import _deadlines, _http, _resolve
from coinslot._fetching import afetch, fetch
from coinslot._http import aexchange, exchange, open_async_client, open_client
from coinslot._proxies import AsyncDirectTransport, DirectTransport
from coinslot.effects import BodyCut, Fetch, Headers, NoReply, NotSent, Reply, Request, Send

pytestmark = pytest.mark.loopback

Behave = Callable[[BaseHTTPRequestHandler], None]


def whole(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "5")
    handler.end_headers()
    handler.wfile.write(b"hello")


def cut(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", "500")
    handler.end_headers()
    handler.wfile.write(b"hello")


def unmeasured(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b"hello")


def half_chunked(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"5\r\nhello\r\n")


def compressed(handler: BaseHTTPRequestHandler) -> None:
    content = gzip.compress(b"hello" * 10)
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def compressed_twice(handler: BaseHTTPRequestHandler) -> None:
    content = gzip.compress(gzip.compress(bytes(1 << 20)))
    handler.send_response(200)
    handler.send_header("Content-Encoding", "gzip, gzip")
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)


def dripping(head: bytes, drop: bytes) -> Behave:
    """Answer for ever, a little at a time."""

    def behave(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + head)
        with suppress(OSError):
            while True:
                handler.wfile.write(drop)
                time.sleep(0.005)

    return behave


def silent(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def redirecting(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(307)
    handler.send_header("Location", "/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


BEHAVIOURS: dict[str, Behave] = {
    "whole": whole,
    "cut": cut,
    "unmeasured": unmeasured,
    "half-chunked": half_chunked,
    "compressed": compressed,
    "compressed-twice": compressed_twice,
    "silent": silent,
    "dripping-head": dripping(b"X-Long: ", b"a"),
    "dripping-hints": dripping(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "dripping-body": dripping(b"Content-Length: 1000000\r\n\r\n", b"a"),
    "dripping-chunk": dripping(b"Transfer-Encoding: chunked\r\n\r\n1;", b"a"),
    "dripping-gzip": dripping(
        b"Content-Encoding: gzip\r\nContent-Length: 1000000\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\xff", b"a"
    ),
    "redirecting": redirecting,
}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.close_connection = True
        BEHAVIOURS[self.path.strip("/")](self)

    do_POST = do_GET  # noqa: N815 - the standard library's name

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


Ask = Callable[[str], Any]


@pytest.fixture(params=["sync", "asyncio", "trio"])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Make one exchange by each face."""

    def sync(url: str) -> Reply:
        with open_client(None) as client:
            return exchange(client, Send(Request("POST", url, Headers(), b"{}"), timeout=5))

    async def awaited(url: str) -> Reply:
        async with open_async_client(None) as client:
            return await aexchange(client, Send(Request("POST", url, Headers(), b"{}"), timeout=5))

    return _face(request.param, sync, awaited)


@pytest.fixture(params=["sync", "asyncio", "trio"])
def get(request: pytest.FixtureRequest) -> Ask:
    """Fetch a file by each face; gives its reply and its bytes."""

    def sync(url: str) -> tuple[Reply, bytes]:
        body = bytearray()
        with open_client(None) as client:
            return fetch(client, Fetch(url, body.extend, timeout=5)), bytes(body)

    async def awaited(url: str) -> tuple[Reply, bytes]:
        body = bytearray()
        async with open_async_client(None) as client:
            return await afetch(client, Fetch(url, body.extend, timeout=5)), bytes(body)

    return _face(request.param, sync, awaited)


@pytest.fixture(params=["sync", "asyncio", "trio"])
def face(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _face(kind: str, sync: Ask, awaited: Ask) -> Ask:
    import anyio

    return sync if kind == "sync" else lambda url: anyio.run(awaited, url, backend=kind)


def test_a_reply_is_read_whole(ask: Ask, origin: str) -> None:
    reply = ask(f"{origin}/whole")
    assert (reply.status, reply.body, reply.headers.get("content-length")) == (200, b"hello", "5")
    assert ask(f"{origin}/compressed").body == b"hello" * 10


def test_redirects_are_not_followed(ask: Ask, origin: str) -> None:
    assert ask(f"{origin}/redirecting").status == 307


@pytest.mark.parametrize("how", ["cut", "half-chunked"])
def test_a_cut_reply_keeps_what_came(ask: Ask, origin: str, how: str) -> None:
    with pytest.raises(BodyCut) as caught:
        ask(f"{origin}/{how}")
    assert (caught.value.reply.status, caught.value.reply.body) == (200, b"hello")


def test_silence_is_no_reply(ask: Ask, origin: str) -> None:
    with pytest.raises(NoReply):
        ask(f"{origin}/silent")


def test_nothing_is_sent_where_nobody_listens(ask: Ask) -> None:
    with pytest.raises(NotSent):
        ask("http://127.0.0.1:1/")


def test_a_reply_has_a_size_limit(origin: str) -> None:
    with open_client(None) as client, pytest.raises(BodyCut, match="too long") as caught:
        exchange(client, Send(Request("GET", f"{origin}/compressed")), limit=20)
    assert len(caught.value.reply.body) == 20


def test_a_reply_that_was_compressed_twice_is_not_read(ask: Ask, origin: str) -> None:
    """A few bytes of it would be gigabytes before one of them could be counted."""
    with pytest.raises(BodyCut, match="more than once") as caught:
        ask(f"{origin}/compressed-twice")
    assert caught.value.reply.status == 200


@pytest.mark.parametrize("what", ["head", "hints", "body", "chunk", "gzip"])
def test_a_reply_that_drips_for_ever_ends(
    origin: str, what: str, face: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_deadlines, "SILENCES", 0.05)

    def sync(url: str) -> Reply:
        with open_client(DirectTransport()) as client:
            return exchange(client, Send(Request("POST", url), timeout=5))

    async def awaited(url: str) -> Reply:
        async with open_async_client(AsyncDirectTransport()) as client:
            return await aexchange(client, Send(Request("POST", url), timeout=5))

    with pytest.raises(NoReply):
        _face(face, sync, awaited)(f"{origin}/dripping-{what}")


def test_a_file_comes_whole(get: Ask, origin: str) -> None:
    assert get(f"{origin}/whole")[1] == b"hello"
    assert get(f"{origin}/compressed")[1] == b"hello" * 10
    assert get(f"{origin}/redirecting")[0].headers.get("location") == "/elsewhere"


@pytest.mark.parametrize("how", ["cut", "half-chunked", "unmeasured", "compressed-twice"])
def test_a_file_that_may_not_be_whole_is_said_to_be_cut(get: Ask, origin: str, how: str) -> None:
    with pytest.raises(BodyCut):
        get(f"{origin}/{how}")


def test_names_that_lead_home_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for address in ("127.0.0.1", "10.1.2.3", "169.254.169.254", "fe80::1%eth0", "::ffff:192.168.0.1"):
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda *_, told=address, **__: [(2, 1, 6, "", (told, 443))]
        )
        with pytest.raises(NotSent, match="not a public address"):
            _resolve.refuse_private("https://media.example/cat.png")


@pytest.mark.parametrize("address", ["93.184.215.14", None])
def test_names_that_lead_out_or_nowhere_are_left_to_the_connection(
    monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    def resolve(*_: Any, **__: Any) -> list[Any]:
        if address is None:
            raise OSError("unknown")
        return [(2, 1, 6, "", (address, 443))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    _resolve.refuse_private("https://media.example/cat.png")


def test_every_door_to_httpx_is_this_one() -> None:
    assert set(_http.__all__) <= set(dir(_http))
