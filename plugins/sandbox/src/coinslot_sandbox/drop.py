"""Closing a connection without an answer, or in the middle of one.

ASGI has no word for that. Under `running` and the command, the server lends its connection by the scope's
extension `coinslot.hang_up`; called without a socket, the application raises `Dropped` instead.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

EXTENSION = "coinslot.hang_up"


class Dropped(ConnectionError):
    """The connection ends here, on purpose."""


class LendingProtocol(H11Protocol):
    """uvicorn's HTTP, with each application call told how to close its connection."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        application = self.app

        async def lent(scope: Scope, receive: Receive, send: Send) -> None:
            scope["extensions"] = {**scope.get("extensions", {}), EXTENSION: self._hang_up}
            await application(scope, receive, send)

        self.app = lent

    def _hang_up(self) -> None:
        self.transport.close()


def hang_up(scope: Scope) -> bool:
    """Close the connection that a request came by; False where nobody lent it."""
    lent = scope.get("extensions", {}).get(EXTENSION)
    if lent is None:
        return False
    lent()
    return True


async def gone(receive: Receive) -> None:
    """Wait until the server knows that the connection is closed; else it would try to answer."""
    message: Message = {"type": "http.request"}
    while message["type"] != "http.disconnect":
        message = await receive()
        await asyncio.sleep(0)


class CutShort(Response):
    """An answer whose body breaks off after `kept` bytes, though its head promises all of them."""

    def __init__(self, whole: Response, kept: int) -> None:
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = list(whole.raw_headers)
        self._kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send what is kept and drop the connection."""
        del scope, receive
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body[: self._kept], "more_body": True})
        raise Dropped("in the middle of the body")
