"""The one module that knows httpx: effects become its requests, its responses and errors ours.

Exchanges follow no redirects, read a reply under a size limit, and end in a `Reply`, or in
`NotSent`, `NoReply` or `BodyCut`.
"""

from __future__ import annotations

import http.cookiejar
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
from httpx import (
    AsyncBaseTransport,
    AsyncByteStream,
    AsyncClient,
    AsyncHTTPTransport,
    BaseTransport,
    Client,
    HTTPTransport,
    Response,
    SyncByteStream,
)
from httpx import Request as HttpxRequest

from coinslot.effects import BodyCut, Fetch, Headers, NoReply, NotSent, Reply, Request, Send
from coinslot.security import Credentials, is_named, showing

__all__ = [
    "LARGEST_REPLY",
    "AsyncBaseTransport",
    "AsyncClient",
    "AsyncHTTPTransport",
    "BaseTransport",
    "Client",
    "HTTPTransport",
    "HttpxRequest",
    "Response",
    "abegin",
    "aexchange",
    "afetch",
    "afinish",
    "begin",
    "exchange",
    "fetch",
    "finish",
    "from_httpx",
    "head_of",
    "open_async_client",
    "open_client",
    "to_httpx",
    "to_response",
]

LARGEST_REPLY = 16 * 1024 * 1024
"""Bytes of a decoded reply that are read at most; media is fetched otherwise."""

_CONNECT_SECONDS = 10.0
_USER_AGENT = "coinslot"
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_WITH_CONTENT = frozenset({200, 206})
_PIECE = 64 * 1024
# They describe the bytes on the wire, and a reply holds the decoded ones.
_FRAMING = ("content-encoding", "content-length", "transfer-encoding")


def open_client(transport: BaseTransport | None) -> Client:
    """Make a client that keeps no cookies and follows no redirects."""
    client = Client(transport=transport, follow_redirects=False, headers={"User-Agent": _USER_AGENT})
    client.cookies.jar.set_policy(_no_cookies())
    return client


def open_async_client(transport: AsyncBaseTransport | None) -> AsyncClient:
    """Make the async twin of `open_client`."""
    client = AsyncClient(transport=transport, follow_redirects=False, headers={"User-Agent": _USER_AGENT})
    client.cookies.jar.set_policy(_no_cookies())
    return client


def to_httpx(send: Send) -> httpx.Request:
    """Build the request of `send` as a transport takes it; its `terms` travel as an extension."""
    return httpx.Request(**_parts(send))


def from_httpx(request: httpx.Request, content: bytes) -> Request:
    """Return the request, whose body was read as `content`, without httpx."""
    fields = [(name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw]
    return Request(request.method, str(request.url), Headers(fields), content)


def head_of(response: Response) -> Reply:
    """Return a begun response without its body."""
    return _reply(response, b"")


def to_response(reply: Reply, extensions: Mapping[str, Any] | None = None) -> Response:
    """Return the reply as a response whose body was read and decoded."""
    kept = reply.headers.without(*_FRAMING)
    fields = [(name.encode(), value.encode("latin-1")) for name, value in kept.items()]
    return Response(reply.status, headers=fields, content=reply.body, extensions=dict(extensions or {}))


def exchange(via: Client | BaseTransport, send: Send, *, limit: int = LARGEST_REPLY) -> Reply:
    """Make one exchange through a client or straight through a transport."""
    return finish(begin(via, send), limit=limit)


def begin(via: Client | BaseTransport, send: Send, credentials: Credentials | None = None) -> Response:
    """Send a request and return its response, whose body is still to be read.

    A client hands the names of what is shown on to its transport, which puts `credentials` there.
    """
    with _failures(hide=is_named(send.request)):
        if isinstance(via, Client):
            request = _told_of(via.build_request(**_parts(send)), send)
            return via.send(request, stream=True, follow_redirects=False)
        return via.handle_request(to_httpx(showing(send, credentials)))


def finish(response: Response, *, limit: int = LARGEST_REPLY) -> Reply:
    """Read a begun response to its end."""
    body = bytearray()
    try:
        with _cuts(response, body):
            for chunk in response.iter_bytes():
                _take(chunk, body, limit)
    finally:
        response.close()
    return _reply(response, bytes(body))


async def aexchange(
    via: AsyncClient | AsyncBaseTransport, send: Send, *, limit: int = LARGEST_REPLY
) -> Reply:
    """Make the async twin of `exchange`."""
    return await afinish(await abegin(via, send), limit=limit)


async def abegin(
    via: AsyncClient | AsyncBaseTransport, send: Send, credentials: Credentials | None = None
) -> Response:
    """Make the async twin of `begin`."""
    with _failures(hide=is_named(send.request)):
        if isinstance(via, AsyncClient):
            request = _told_of(via.build_request(**_parts(send)), send)
            return await via.send(request, stream=True, follow_redirects=False)
        return await via.handle_async_request(to_httpx(showing(send, credentials)))


async def afinish(response: Response, *, limit: int = LARGEST_REPLY) -> Reply:
    """Make the async twin of `finish`."""
    body = bytearray()
    try:
        with _cuts(response, body):
            async for chunk in response.aiter_bytes():
                _take(chunk, body, limit)
    finally:
        await response.aclose()
    return _reply(response, bytes(body))


class _Counted(SyncByteStream, AsyncByteStream):
    """A body that tells how much of it has gone out."""

    def __init__(self, body: bytes, on_sent: Callable[[int], object]) -> None:
        self._body = body
        self._on_sent = on_sent

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._body), _PIECE):
            yield self._body[start : start + _PIECE]
            self._on_sent(min(start + _PIECE, len(self._body)))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def _told_of(request: HttpxRequest, send: Send) -> HttpxRequest:
    if send.on_sent is not None and send.request.body:
        request.stream = _Counted(send.request.body, send.on_sent)
    return request


def fetch(client: Client, effect: Fetch) -> Reply:
    """Get a file into the effect's sink."""
    with _failures():
        response = client.send(client.build_request(**_file(effect)), stream=True, follow_redirects=False)
    try:
        if response.status_code in _WITH_CONTENT and not effect.only_head:
            pour = _Pour(response, effect)
            if effect.on_head is not None:
                effect.on_head(head_of(response))
            with _cuts(response, bytearray()):
                for chunk in response.iter_bytes():
                    pour.take(chunk)
            pour.check()
    finally:
        response.close()
    return _reply(response, b"")


async def afetch(client: AsyncClient, effect: Fetch) -> Reply:
    """Make the async twin of `fetch`."""
    with _failures():
        request = client.build_request(**_file(effect))
        response = await client.send(request, stream=True, follow_redirects=False)
    try:
        if response.status_code in _WITH_CONTENT and not effect.only_head:
            pour = _Pour(response, effect)
            if effect.on_head is not None:
                effect.on_head(head_of(response))
            with _cuts(response, bytearray()):
                async for chunk in response.aiter_bytes():
                    pour.take(chunk)
            pour.check()
    finally:
        await response.aclose()
    return _reply(response, b"")


class _Pour:
    """Hands a body on as it comes, and says whether it came whole."""

    def __init__(self, response: Response, effect: Fetch) -> None:
        self._response = response
        self._sink = effect.sink
        self._handed_on = 0
        announced = response.headers.get("content-length")
        self._announced = int(announced) if announced and announced.isdigit() else None
        if self._announced is None and "chunked" not in response.headers.get("transfer-encoding", ""):
            raise BodyCut(_reply(response, b""), "the server does not say how long the file is")

    def take(self, chunk: bytes) -> None:
        self._sink(chunk)
        self._handed_on += len(chunk)

    def check(self) -> None:
        encoded = "content-encoding" in self._response.headers
        received = self._response.num_bytes_downloaded if encoded else self._handed_on
        if self._announced is not None and received != self._announced:
            reason = f"{received} of {self._announced} bytes arrived"
            raise BodyCut(_reply(self._response, b""), reason)


def _parts(send: Send) -> dict[str, Any]:
    extensions: dict[str, Any] = {"timeout": _timeout(send.timeout)}
    if send.terms is not None:
        extensions["coinslot"] = send.terms
    request = send.request
    return {
        "method": request.method,
        "url": request.url,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()],
        # An empty body is no body: a GET must not announce one.
        "content": request.body or None,
        "extensions": extensions,
    }


def _file(effect: Fetch) -> dict[str, Any]:
    # As stored: a length can only be checked against bytes that nobody recoded.
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if effect.start:
        headers |= {
            "Range": f"bytes={effect.start}-",
            **({"If-Range": effect.version} if effect.version else {}),
        }
    extensions = {"timeout": _timeout(effect.timeout)}
    return {
        "method": "HEAD" if effect.only_head else "GET",
        "url": effect.url,
        "headers": headers,
        "extensions": extensions,
    }


def _timeout(seconds: float) -> dict[str, float | None]:
    return httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)).as_dict()


def _take(chunk: bytes, body: bytearray, limit: int) -> None:
    body += chunk
    if len(body) > limit:
        del body[limit:]
        raise _TooLong


def _reply(response: Response, body: bytes) -> Reply:
    fields = [(name.decode("ascii"), value.decode("latin-1")) for name, value in response.headers.raw]
    return Reply(response.status_code, Headers(fields), body, response.extensions.get("coinslot"))


class _TooLong(Exception):
    pass


@contextmanager
def _failures(*, hide: bool = False) -> Iterator[None]:
    """Say of httpx's errors what they mean for what was sent.

    `hide`: the request shows credentials, which must not be seen among the variables of a traceback.
    """
    try:
        yield
    except _NOT_SENT as error:
        raise NotSent(_told(error)) from (None if hide else error)
    except httpx.RequestError as error:
        raise NoReply(_told(error)) from (None if hide else error)


@contextmanager
def _cuts(response: Response, body: bytearray) -> Iterator[None]:
    """Say of errors after the reply's beginning that its body is cut; `body` is what was read."""
    try:
        yield
    except (httpx.RequestError, httpx.StreamError) as error:
        raise BodyCut(_reply(response, bytes(body)), _told(error)) from error
    except _TooLong:
        raise BodyCut(_reply(response, bytes(body)), "the reply is too long to be read") from None


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _no_cookies() -> http.cookiejar.DefaultCookiePolicy:
    # The wallet says who we are; a cookie would be a second identity beside it.
    return http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
