"""What time it is, for everything that the sandbox decides by time."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time in seconds since the epoch."""

    def now(self) -> float:
        """Return the present time in seconds since the epoch."""


class SystemClock:
    """The machine's own time."""

    def now(self) -> float:
        """Return the present time in seconds since the epoch."""
        return time.time()


class ManualClock:
    """A clock that stands still until it is moved, so that tests never wait."""

    def __init__(self, start: float) -> None:
        self._now = start

    def now(self) -> float:
        """Return the time that the clock was last moved to."""
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock forward."""
        self._now += seconds


def timestamp(seconds: float) -> str:
    """Return a time as `2026-01-31T12:00:00.000Z`, the form that JavaScript servers write."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
