"""A part of the wire that sees what comes back for money, whatever a client makes of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx


def is_paid(request: httpx.Request) -> bool:
    """Return whether a request carries a payment."""
    credential = request.headers.get("payment-signature") or request.headers.get("authorization") or ""
    return bool(credential) and not credential.startswith("Bearer ")


class Witness(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Passes everything on, and keeps the content of each good answer to a payment that came whole."""

    def __init__(self, inner: Any, answers: list[dict[str, Any]]) -> None:
        self._inner = inner
        self._answers = answers

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._seen(request, self._inner.handle_request(request))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._seen(request, await self._inner.handle_async_request(request))

    def close(self) -> None:
        self._inner.close()

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _seen(self, request: httpx.Request, response: httpx.Response) -> httpx.Response:
        if is_paid(request) and response.is_success:
            response.stream = _Passing(response.stream, self._keep)
        return response

    def _keep(self, body: bytes) -> None:
        try:
            content = json.loads(body)
        except ValueError:
            return
        if isinstance(content, dict):
            self._answers.append(content)


class _Passing(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body on its way; `whole` gets it once its end was reached."""

    def __init__(self, stream: Any, whole: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._whole = whole

    def __iter__(self) -> Iterator[bytes]:
        came = bytearray()
        for piece in self._stream:
            came += piece
            yield piece
        self._whole(bytes(came))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        came = bytearray()
        async for piece in self._stream:
            came += piece
            yield piece
        self._whole(bytes(came))

    def close(self) -> None:
        self._stream.close()

    async def aclose(self) -> None:
        await self._stream.aclose()
