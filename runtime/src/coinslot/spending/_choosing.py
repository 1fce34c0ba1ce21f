"""Which attempts a reader wants to see."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import get_args

from coinslot.attempt import RELEASED, Delivery, Money
from coinslot.errors import ConfigurationError
from coinslot.spending._entries import Entry

OPEN = "open"
STATES: tuple[str, ...] = (OPEN, *get_args(Money), *get_args(Delivery))
"""What an attempt can be asked for by; `open`: its money is not certain."""
_AGO = re.compile(r"(\d{1,4})\s*([hdw])", re.ASCII)
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Selection:
    """Attempts that fit in every respect; an empty respect lets all through."""

    since: datetime | None = None
    routes: tuple[str, ...] = ()
    """Parts of the route's path."""
    origins: tuple[str, ...] = ()
    """Hosts, or origins whole."""
    backends: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    """Of `STATES`."""

    def of(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return those that fit."""
        return [entry for entry in entries if self._fits(entry)]

    def _fits(self, entry: Entry) -> bool:
        attempt = entry.attempt
        states: set[str] = {attempt.money, attempt.delivery}
        if attempt.money != "settled" and attempt.money not in RELEASED:
            states.add(OPEN)
        return (
            (self.since is None or entry.when >= self.since)
            and (not self.routes or any(part in entry.route for part in self.routes))
            and (not self.origins or bool({entry.host, attempt.call.origin} & set(map(_bare, self.origins))))
            and (not self.backends or attempt.backend in self.backends)
            and (not self.states or bool(states & set(self.states)))
        )


def moment(text: str, now: datetime, zone: tzinfo | None = None) -> datetime:
    """Read since when: `2026-11-21`, `2026-11-21 14:00`, `today`, `yesterday`, or `24h`, `7d`, `4w` ago.

    What names no zone is in the reader's (`zone`; None: this machine's). Raises ConfigurationError.
    """
    ago = _AGO.fullmatch(text.strip().lower())
    if ago is not None:
        return now - int(ago[1]) * _UNITS[ago[2]]
    try:
        today = now.astimezone(zone).date()
        days = {"today": today, "yesterday": today - timedelta(days=1)}
        named = days.get(text.strip().lower())
        read = datetime.fromisoformat(text.strip() if named is None else named.isoformat())
    except ValueError:
        raise ConfigurationError(
            "A time is written as in 2026-11-21, '2026-11-21 14:00', today, yesterday, 24h, 7d or 4w."
        ) from None
    if read.tzinfo is not None:
        return read
    return read.astimezone() if zone is None else read.replace(tzinfo=zone)


def _bare(origin: str) -> str:
    return origin.rstrip("/")
