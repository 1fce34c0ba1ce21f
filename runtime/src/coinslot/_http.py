"""The one module that knows httpx: effects become its requests, its responses and errors ours.

Exchanges follow no redirects, read a reply under a size limit, and end in a `Reply`, or in
`NotSent`, `NoReply` or `BodyCut`.
"""

from __future__ import annotations

import http.cookiejar
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
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

from coinslot._deadlines import Patience, TooSlow, bearing
from coinslot.effects import BodyCut, Headers, NoReply, NotSent, Reply, Request, Send
from coinslot.route import EVENT_STREAM
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
    "Unread",
    "abegin",
    "aexchange",
    "afinish",
    "begin",
    "complete",
    "cuts",
    "decoded_once",
    "exchange",
    "failures",
    "finish",
    "from_httpx",
    "head_of",
    "is_event_stream",
    "open_async_client",
    "open_client",
    "timeouts",
    "to_httpx",
    "to_response",
    "unread",
    "when_closed",
]

LARGEST_REPLY = 16 * 1024 * 1024
"""Bytes of a decoded reply that are read at most; media is fetched otherwise."""

_CONNECT_SECONDS = 10.0
_USER_AGENT = "coinslot"
_FIELDS = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": _USER_AGENT}
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_PIECE = 64 * 1024
_PATIENCE = "coinslot_patience"
"""Where a begun response keeps the patience with which it is read."""
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
    """Build the request of `send` as a transport takes it."""
    return _going(httpx.Request(**_parts(send)), send)


def from_httpx(request: httpx.Request, content: bytes) -> Request:
    """Return the request, whose body was read as `content`, without httpx."""
    fields = [(name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers.raw]
    return Request(request.method, str(request.url), Headers(fields), content)


def complete(request: Request) -> Request:
    """Return a request as a client of httpx's would send it: its address normal, no usual field missing."""
    given = {name.lower() for name, _ in request.headers.items()}
    missing = [(name, value) for name, value in _FIELDS.items() if name.lower() not in given]
    return replace(request, url=str(_url(request.url)), headers=Headers([*missing, *request.headers.items()]))


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
    patience = Patience(send.timeout)
    with failures(hide=is_named(send.request)), bearing(patience):
        if isinstance(via, Client):
            request = _going(via.build_request(**_parts(send)), send)
            response = via.send(request, stream=True, follow_redirects=False)
        else:
            response = via.handle_request(to_httpx(showing(send, credentials)))
    return _noted(response, patience, send)


def finish(response: Response, *, limit: int = LARGEST_REPLY) -> Reply:
    """Read a begun response to its end."""
    body = bytearray()
    try:
        with cuts(response, body), bearing(response.extensions.get(_PATIENCE)):
            for chunk in decoded_once(response).iter_bytes():
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
    patience = Patience(send.timeout)
    with failures(hide=is_named(send.request)), bearing(patience):
        if isinstance(via, AsyncClient):
            request = _going(via.build_request(**_parts(send)), send)
            response = await via.send(request, stream=True, follow_redirects=False)
        else:
            response = await via.handle_async_request(to_httpx(showing(send, credentials)))
    return _noted(response, patience, send)


async def afinish(response: Response, *, limit: int = LARGEST_REPLY) -> Reply:
    """Make the async twin of `finish`."""
    body = bytearray()
    try:
        with cuts(response, body), bearing(response.extensions.get(_PATIENCE)):
            async for chunk in decoded_once(response).aiter_bytes():
                _take(chunk, body, limit)
    finally:
        await response.aclose()
    return _reply(response, bytes(body))


def is_event_stream(response: Response) -> bool:
    """Whether a begun response is an event stream, and a success."""
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    return response.is_success and kind == EVENT_STREAM


def unread(response: Response) -> Reply:
    """Return a begun response's head, with its body to be read."""
    return replace(head_of(response), unread=Unread(response))


def decoded_once(response: Response) -> Response:
    """Return the response, whose body is still to be read; refuse one that was compressed more than once.

    Each time makes a thousand bytes of one, all at once, before anything of it can be counted.
    """
    told = response.headers.get("content-encoding", "").split(",")
    if sum(coding.strip().lower() != "identity" for coding in told) > 1:
        raise httpx.DecodingError("it was compressed more than once")
    return response


def when_closed(response: Response, then: Callable[[], object], note: Any) -> Response:
    """Return a begun response with a note, and do something once it is closed."""
    response.extensions = {**response.extensions, "coinslot": note}
    response.stream = _Followed(response.stream, then)
    return response


class Unread:
    """A body as it comes. Reading it throws `BodyCut` where it breaks off or falls silent."""

    def __init__(self, response: Response) -> None:
        self._response = response
        framed = "content-length" in response.headers or "transfer-encoding" in response.headers
        self.ends_well = framed or not response.http_version.startswith("HTTP/1")
        """Whether its end can be told from its breaking off."""

    def pieces(self) -> Iterator[bytes]:
        """Give the decoded bytes as they come."""
        with cuts(self._response, bytearray()):
            yield from decoded_once(self._response).iter_bytes()

    async def apieces(self) -> AsyncIterator[bytes]:
        """Make the async twin of `pieces`."""
        with cuts(self._response, bytearray()):
            async for piece in decoded_once(self._response).aiter_bytes():
                yield piece

    def close(self) -> None:
        """Let go of the connection."""
        self._response.close()

    async def aclose(self) -> None:
        """Make the async twin of `close`."""
        await self._response.aclose()


class _Followed(SyncByteStream, AsyncByteStream):
    """A body, and what is done once it is closed."""

    def __init__(self, body: SyncByteStream | AsyncByteStream, then: Callable[[], object]) -> None:
        self._body: Any = body
        self._then = then

    def __iter__(self) -> Iterator[bytes]:
        yield from self._body

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for piece in self._body:
            yield piece

    def close(self) -> None:
        try:
            self._body.close()
        finally:
            self._then()

    async def aclose(self) -> None:
        try:
            await self._body.aclose()
        finally:
            self._then()


class _Going(SyncByteStream, AsyncByteStream):
    """A body as it is sent, which tells how much of it has gone out."""

    def __init__(self, body: bytes, on_sent: Callable[[int], object] | None) -> None:
        self._body = body
        self._on_sent = on_sent

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._body), _PIECE):
            yield self._body[start : start + _PIECE]
            if self._on_sent is not None:
                self._on_sent(min(start + _PIECE, len(self._body)))

    def __aiter__(self) -> AsyncIterator[bytes]:
        return _Awaited(iter(self))


class _Awaited(AsyncIterator[bytes]):
    """Pieces to be awaited. An asynchronous generator that a cancelled call leaves behind is warned of."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces

    async def __anext__(self) -> bytes:
        for piece in self._pieces:
            return piece
        raise StopAsyncIteration


def _going(request: HttpxRequest, send: Send) -> HttpxRequest:
    if send.request.body:
        request.stream = _Going(send.request.body, send.on_sent)
    return request


def _parts(send: Send) -> dict[str, Any]:
    request = send.request
    return {
        "method": request.method,
        "url": _url(request.url),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers.items()],
        # An empty body is no body: a GET must not announce one.
        "content": request.body or None,
        "extensions": {"timeout": timeouts(send.timeout)},
    }


@lru_cache(maxsize=64)
def _url(address: str) -> httpx.URL:
    return httpx.URL(address)


def timeouts(seconds: float) -> dict[str, float | None]:
    return httpx.Timeout(seconds, connect=min(seconds, _CONNECT_SECONDS)).as_dict()


def _noted(response: Response, patience: Patience, send: Send) -> Response:
    if not send.may_stream:
        response.extensions = {**response.extensions, _PATIENCE: patience}
    return response


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
def failures(*, hide: bool = False) -> Iterator[None]:
    """Say of httpx's errors what they mean for what was sent.

    `hide`: the request shows credentials, which must not be seen among the variables of a traceback.
    """
    try:
        yield
    except _NOT_SENT as error:
        raise NotSent(_told(error)) from (None if hide else error)
    except (httpx.RequestError, TooSlow) as error:
        raise NoReply(_told(error)) from (None if hide else error)


@contextmanager
def cuts(response: Response, body: bytearray) -> Iterator[None]:
    """Say of errors after the reply's beginning that its body is cut; `body` is what was read."""
    try:
        yield
    except (httpx.RequestError, httpx.StreamError, TooSlow) as error:
        raise BodyCut(_reply(response, bytes(body)), _told(error)) from error
    except _TooLong:
        raise BodyCut(_reply(response, bytes(body)), "the reply is too long to be read") from None


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _no_cookies() -> http.cookiejar.DefaultCookiePolicy:
    # The wallet says who we are; a cookie would be a second identity beside it.
    return http.cookiejar.DefaultCookiePolicy(allowed_domains=[])
