"""A wire that hears a stream of events out, however long that takes, and soon gives up a silence after it."""

from __future__ import annotations

from typing import Any

import httpx

_PATIENCE_SECONDS = 60
_SILENCE_SECONDS = 0.05


def listening(events: int) -> httpx.HTTPTransport:
    """Return a transport for an answer of so many events, after which nothing more comes."""
    transport = httpx.HTTPTransport()
    pool: Any = transport._pool
    pool._network_backend = _Network(pool._network_backend, events)
    return transport


class _Network:
    """httpcore's network."""

    def __init__(self, inner: Any, events: int) -> None:
        self._inner, self._events = inner, events

    def connect_tcp(self, *args: Any, **named: Any) -> Any:
        return _Stream(self._inner.connect_tcp(*args, **named), self._events)


class _Stream:
    """httpcore's stream, whose reads end with the events."""

    def __init__(self, inner: Any, events: int) -> None:
        self._inner, self._events, self._came = inner, events, b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # No head of an answer has two of these in a row.
        over = self._came.count(b"\n\n") >= self._events
        came: bytes = self._inner.read(max_bytes, _SILENCE_SECONDS if over else _PATIENCE_SECONDS)
        self._came += came
        return came
