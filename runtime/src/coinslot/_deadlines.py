"""An end to every exchange: a server that sends a byte now and then is never silent, and never done.

Each byte restarts the time that a silence may last, so the whole has a time as well. It is kept where the
bytes are read, beneath heads, chunks and compression, which can all drip without anything to show for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any, TypeVar

SILENCES = 10
"""A whole reply may take as long as so many of the silences that are borne while it is awaited."""

WayT = TypeVar("WayT")


class TooSlow(Exception):
    """The time of the whole reply is over."""


class Patience:
    """The time that one reply may take as a whole, from the first look for it: sending may take its own."""

    def __init__(self, silence: float) -> None:
        self._seconds = SILENCES * silence
        self._end: float | None = None

    def left(self) -> float:
        """Return the seconds that are left. Raises TooSlow where none are."""
        now = monotonic()
        self._end = now + self._seconds if self._end is None else self._end
        if now >= self._end:
            raise TooSlow("the whole reply took too long")
        return self._end - now


_PATIENCE: ContextVar[Patience | None] = ContextVar("coinslot_patience", default=None)


@contextmanager
def bearing(patience: Patience | None) -> Iterator[None]:
    """Read within with this patience; None: with no end to it."""
    token = _PATIENCE.set(patience)
    try:
        yield
    finally:
        _PATIENCE.reset(token)


def bounded(way: WayT) -> WayT:
    """Let what a transport of httpx reads from the wire keep to the time; returns the transport.

    One that has no connections of httpx's beneath it keeps its own time.
    """
    # httpx takes no network of ours; httpcore, beneath it, has one for each pool of connections.
    pool: Any = getattr(way, "_pool", None)
    network = getattr(pool, "_network_backend", None)
    if network is not None and not isinstance(network, _Network):
        pool._network_backend = _Network(network)  # noqa: SLF001
    return way


def _left(seconds: float | None) -> float | None:
    patience = _PATIENCE.get()
    if patience is None:
        return seconds
    left = patience.left()
    return left if seconds is None else min(seconds, left)


class _Network:
    """httpcore's network, sync or async, with streams of ours."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def connect_tcp(self, *args: Any, **named: Any) -> Any:
        return _wrapped(self._inner.connect_tcp(*args, **named))


class _Stream:
    """httpcore's stream, sync or async, whose reads keep to the time."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def read(self, max_bytes: int, timeout: float | None = None) -> Any:
        return self._inner.read(max_bytes, timeout=_left(timeout))

    def start_tls(self, *args: Any, **named: Any) -> Any:
        return _wrapped(self._inner.start_tls(*args, **named))


def _wrapped(made: Any) -> Any:
    return _awaited(made) if hasattr(made, "__await__") else _Stream(made)


async def _awaited(made: Any) -> Any:
    return _Stream(await made)
