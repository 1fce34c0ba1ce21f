"""An attempt as spending sees it: when, at whom, for what, and what it cost so far."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from urllib.parse import urlsplit

from coinslot.attempt import RELEASED, Attempt
from coinslot.ledger import Move, SqliteLedger
from coinslot.text import clean

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Entry:
    """One attempt. All text is clean: servers and files had a hand in it."""

    attempt: Attempt
    when: datetime
    """When it was decided to pay, in the reader's zone."""
    seconds: float | None = None
    """From the job's acceptance to when a program saw it finished; None where either is not on record."""

    @property
    def host(self) -> str:
        """Host of the origin, with its port where it has one."""
        return clean(urlsplit(self.attempt.call.origin).netloc or self.attempt.call.origin, 200)

    @property
    def route(self) -> str:
        """Path of the route as the document writes it; that of the request where a plain client called."""
        path = self.attempt.route_path or self.attempt.call.path
        return clean(path.partition("?")[0], 200)

    @property
    def paid(self) -> Decimal:
        """Dollars that are certainly paid, without fees."""
        return self.attempt.price if self.attempt.money == "settled" else NOTHING

    @property
    def open(self) -> Decimal:
        """Dollars, with the highest fee, that may be paid already or may yet be."""
        certain = self.attempt.money == "settled" or self.attempt.money in RELEASED
        return NOTHING if certain else self.attempt.reserved

    @property
    def fee(self) -> Decimal:
        """Dollars of fees that a paid call cost at most."""
        return self.attempt.max_fee if self.attempt.money == "settled" else NOTHING


def read(ledger: SqliteLedger, zone: tzinfo | None = None) -> list[Entry]:
    """Return every attempt, the newest last. `zone`: the reader's; None: this machine's."""
    seconds = dict(_seconds(ledger.history()))
    entries = [entry_of(attempt, zone, seconds.get(attempt.id)) for attempt in ledger.attempts()]
    return sorted(entries, key=lambda entry: entry.attempt.created_at)


def entry_of(attempt: Attempt, zone: tzinfo | None = None, seconds: float | None = None) -> Entry:
    """Return an attempt as spending sees it."""
    # A job that was found by likeness was accepted before anybody here saw it.
    known = seconds if attempt.job_style is not None and not attempt.matched else None
    return Entry(attempt, datetime.fromtimestamp(attempt.created_at, UTC).astimezone(zone), known)


def entry_with(attempt: Attempt, history: Iterable[Move], zone: tzinfo | None = None) -> Entry:
    """Return an attempt as spending sees it, by its own history."""
    return entry_of(attempt, zone, dict(_seconds(history)).get(attempt.id))


def _seconds(history: Iterable[Move]) -> Iterator[tuple[str, float]]:
    accepted: dict[str, float] = {}
    finished: set[str] = set()
    for move in history:
        if move.delivery == "accepted":
            accepted.setdefault(move.attempt_id, move.at)
        elif move.delivery == "finished" and move.attempt_id in accepted and move.attempt_id not in finished:
            finished.add(move.attempt_id)
            yield move.attempt_id, max(move.at - accepted[move.attempt_id], 0.0)
