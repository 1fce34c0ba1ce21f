"""Calls that are answered by event streams, and servers that cut them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

import anyio
import httpx

from coinslot import (
    AnswerT,
    Call,
    Dollars,
    EventsT,
    PaidCall,
    PaidStreamingCall,
    PriceRange,
    QuoteT,
    RequestModel,
    Route,
)
from tests.payments.conftest import encode, receipt
from tests.runtime.studio import Server

TALK: Route[Any, Any] = Route(
    "POST", "/api/talk", access="paid", gives="text/event-stream", price=PriceRange("0.13", "0.24")
)


BOTH: Route[Any, Any] = Route("POST", "/api/talk", access="paid", price=PriceRange("0.13", "0.24"))
NEWS: Route[Any, Any] = Route("GET", "/api/news", gives="text/event-stream")
WHOLE = (b"data: one\n\n", b"event: more\nid: 7\ndata: two\n\n", b"data: [DONE]\n\n")


class TalkRequest(RequestModel):
    prompt: str


class Talk(PaidCall[AnswerT, QuoteT]):
    def __call__(self, *, prompt: str, idempotency_key: str | None = None) -> AnswerT:
        return self._pay(TALK, body=TalkRequest(prompt=prompt), idempotency_key=idempotency_key)

    def quote(self, *, prompt: str) -> QuoteT:
        return self._quote(TALK, body=TalkRequest(prompt=prompt))


class TalkEitherWay(PaidStreamingCall[AnswerT, QuoteT, EventsT]):
    def __call__(self, *, prompt: str, max_price: Dollars | None = None) -> AnswerT:
        return self._pay(BOTH, body=TalkRequest(prompt=prompt), max_price=max_price)

    def stream(self, *, prompt: str, max_price: Dollars | None = None) -> EventsT:
        return self._stream(BOTH, body=TalkRequest(prompt=prompt), max_price=max_price)


class News(Call[AnswerT]):
    def __call__(self) -> AnswerT:
        return self._send(NEWS)


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces; an exception among them breaks it off."""

    def __init__(self, pieces: Iterable[bytes | BaseException]) -> None:
        self._pieces = list(pieces)
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, BaseException):
                raise piece
            yield piece

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, BaseException):
                raise piece
            await anyio.lowlevel.checkpoint()
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


CUT = httpx.ReadError("connection reset")
SILENT = httpx.ReadTimeout("nothing came for 60 s")


Answer = Callable[[httpx.Request], httpx.Response]


def streams(*pieces: bytes | BaseException, paid: bool = True, framed: bool = True) -> Answer:
    def answer(_: httpx.Request) -> httpx.Response:
        headers = {"Content-Type": "text/event-stream; charset=utf-8"}
        headers |= {"PAYMENT-RESPONSE": encode(receipt())} if paid else {}
        headers |= {"Transfer-Encoding": "chunked"} if framed else {}
        return httpx.Response(200, headers=headers, stream=Pieces(pieces))

    return answer


def credentials(server: Server) -> set[str]:
    return {one.headers["PAYMENT-SIGNATURE"] for one in server.requests if "PAYMENT-SIGNATURE" in one.headers}
