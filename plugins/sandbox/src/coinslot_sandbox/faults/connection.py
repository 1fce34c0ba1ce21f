"""Connections that are lost or slow."""

from __future__ import annotations

import asyncio

from coinslot_sandbox.drop import CutShort, Dropped, hang_up
from coinslot_sandbox.events import EventStream, StoppedStream
from coinslot_sandbox.exchange import Exchange, Moment
from coinslot_sandbox.faults.kind import good, kind, settled


@kind(Moment.ARRIVED)
async def drop_request(exchange: Exchange, value: str) -> None:
    """The connection closes when the request is in; nothing is done with it."""
    del exchange, value
    raise Dropped


@kind(Moment.VERIFIED, "paying")
async def drop_before_settlement(exchange: Exchange, value: str) -> None:
    """The connection closes on a good credential; no money moves."""
    del exchange, value
    raise Dropped


@kind(Moment.VERIFIED, "paying", value="0", reads=float)
async def drop_during_settlement(exchange: Exchange, value: str) -> None:
    """The connection closes, and that many seconds later the money moves and the work is done."""
    exchange.dropped = True
    hang_up(exchange.request.scope)
    await asyncio.sleep(float(value))


@kind(Moment.ANSWERED, "paying", only=settled)
async def drop_after_settlement(exchange: Exchange, value: str) -> None:
    """The money moved and the work is done; the connection closes without an answer."""
    del exchange, value
    raise Dropped


@kind(Moment.SETTLED, "paying")
async def crash_after_settlement(exchange: Exchange, value: str) -> None:
    """The money moved; the connection closes and nothing is made for it."""
    del exchange, value
    raise Dropped


@kind(Moment.ANSWERED, only=good)
async def drop_answer(exchange: Exchange, value: str) -> None:
    """What was asked for is done; the connection closes without an answer."""
    del exchange, value
    raise Dropped


@kind(Moment.ANSWERED, reads=int, only=good)
async def truncated_body(exchange: Exchange, value: str) -> None:
    """The answer's body breaks off half-way, or after that many bytes."""
    if exchange.response is not None:
        whole = exchange.response
        exchange.response = CutShort(whole, int(value) if value else len(whole.body) // 2)


def _streaming(exchange: Exchange) -> bool:
    return isinstance(exchange.response, EventStream)


@kind(Moment.ANSWERED, value="1", reads=int, only=_streaming)
async def cut_stream(exchange: Exchange, value: str) -> None:
    """What was asked for is done; the connection closes after that many events of the answer."""
    if isinstance(exchange.response, EventStream):
        exchange.response = StoppedStream(exchange.response, int(value), silent=False)


@kind(Moment.ANSWERED, value="1", reads=int, only=_streaming)
async def silent_stream(exchange: Exchange, value: str) -> None:
    """What was asked for is done; after that many events of the answer nothing more comes."""
    if isinstance(exchange.response, EventStream):
        exchange.response = StoppedStream(exchange.response, int(value), silent=True)


@kind(Moment.ARRIVED, value="5", reads=float)
async def delay(exchange: Exchange, value: str) -> None:
    """The request is read, and that many seconds pass before anything is done with it."""
    del exchange
    await asyncio.sleep(float(value))


@kind(Moment.VERIFIED, "paying", value="5", reads=float)
async def delay_before_settlement(exchange: Exchange, value: str) -> None:
    """That many seconds pass between the check of a credential and its settlement."""
    del exchange
    await asyncio.sleep(float(value))


@kind(Moment.SETTLED, "paying", value="5", reads=float)
async def delay_after_settlement(exchange: Exchange, value: str) -> None:
    """The money moved; that many seconds pass before the work is done and answered."""
    del exchange
    await asyncio.sleep(float(value))
