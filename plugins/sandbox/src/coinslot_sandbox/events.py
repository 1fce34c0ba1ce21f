"""Event streams: answers that go out one event after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from coinslot_sandbox.drop import Dropped, gone

MEDIA_TYPE = "text/event-stream"
SWITCH = "stream"
"""Name of the member by which a request asks for events, or for none."""
HOW_MANY = 3


def is_events(media_type: str | None) -> bool:
    """Return whether answers of this media type are event streams."""
    return (media_type or "").partition(";")[0].strip().lower() == MEDIA_TYPE


def asks_for_events(accept: str, members: Mapping[str, Any]) -> bool:
    """Return whether a request that may have its answer either way wants it as events."""
    switch = members.get(SWITCH)
    if isinstance(switch, bool):
        return switch
    return MEDIA_TYPE in accept.lower()


def events_of(instance: Any) -> list[bytes]:
    """Return the events of an answer, as they go on the wire: each tells the same, in its own order."""
    text = instance if isinstance(instance, str) else json.dumps(instance, ensure_ascii=False)
    lines = "".join(f"data: {line}\n" for line in text.splitlines() or [""])
    return [f"id: {number}\n{lines}\n".encode() for number in range(1, HOW_MANY + 1)]


class EventStream(Response):
    """An answer of several events, each sent by itself."""

    def __init__(self, events: Sequence[bytes], status: int, media_type: str = MEDIA_TYPE) -> None:
        super().__init__(b"", status, media_type=media_type, headers={"Cache-Control": "no-store"})
        # How long it will be is known when it is over.
        del self.headers["content-length"]
        self.events = list(events)
        self.body = b"".join(self.events)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the head, and one event after the other."""
        del scope
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        for event in self.events:
            await asyncio.sleep(0)
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await self._end(receive, send)

    async def _end(self, receive: Receive, send: Send) -> None:
        del receive
        await send({"type": "http.response.body", "body": b""})


class StoppedStream(EventStream):
    """A stream of which only some events are sent; then its connection closes, or nothing more comes."""

    def __init__(self, whole: EventStream, kept: int, *, silent: bool) -> None:
        super().__init__(whole.events[:kept], whole.status_code)
        self.raw_headers = list(whole.raw_headers)
        self._silent = silent

    async def _end(self, receive: Receive, send: Send) -> None:
        del send
        if self._silent:
            await gone(receive)
            return
        raise Dropped("in the middle of the stream")
