"""One request of a map, from the ledger's word about it to its file: one flow for both faces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coinslot.attempt import RELEASED, Attempt
from coinslot.effects import Flow, Record, Sleep
from coinslot.errors import LedgerUnavailable
from coinslot.jobs import Watch
from coinslot.jobs._work import Busy, Work
from coinslot.many._outcome import Outcome
from coinslot.many._saving import Saving
from coinslot.many._trouble import WAITS, pause
from coinslot.many._within import within
from coinslot.money import Dollars
from coinslot.recovered import job_of
from coinslot.terms import Budget

if TYPE_CHECKING:
    from coinslot.client import BaseClient


@dataclass(frozen=True, slots=True)
class Item:
    """One request, and what is known of it before anything is asked."""

    index: int
    request: Mapping[str, Any]
    call: Mapping[str, Any]
    """The same, with its files as they were when it was named."""
    key: str
    """The idempotency key of its call."""
    attempt_id: str | None = None
    """The attempt of an earlier run."""


@dataclass(slots=True)
class _Course:
    """How far one item came."""

    job: Any = None
    result: Any = None
    saved: tuple[Path, ...] = ()
    attempt_id: str | None = None
    error: Exception | None = None

    def paid(self, attempt_id: str) -> None:
        """Take the attempt of the call's answer; those of its uploads come before it."""
        self.attempt_id = attempt_id


@dataclass(frozen=True, slots=True)
class Maker:
    """Brings requests to their outcomes."""

    client: BaseClient[Any, Any]
    call: Callable[..., Flow[Any]]
    """The route's call, as one that gives its flow."""
    budget: Budget
    max_price: Dollars | None
    timeout: float | None
    """Seconds to wait for each job at most."""
    saving: Saving | None
    again: tuple[float, ...] = field(default=WAITS)

    def outcome(self, item: Item) -> Flow[Outcome[Any]]:
        """Bring one request as far as it goes. Raises nothing but a cancellation."""
        course = _Course(attempt_id=item.attempt_id)
        try:
            yield from self._make(item, course)
        except Exception as error:  # noqa: BLE001 - one request's failure is not the others'
            course.error = error
            course.attempt_id = getattr(error, "attempt_id", None) or course.attempt_id
        return Outcome(
            index=item.index,
            request=item.request,
            job=course.job,
            result=course.result,
            saved=course.saved,
            price=(yield from _price(course.attempt_id)),
            paid_before=item.attempt_id is not None,
            error=course.error,
        )

    def _make(self, item: Item, course: _Course) -> Flow[None]:
        attempt = yield from _on_record(item.attempt_id)
        course.job = None if attempt is None else job_of(self.client, attempt)
        if attempt is None or course.job is None:
            # An attempt that has no job yet is resumed by the same call, and signed for no second time.
            yield from self._buy(item, course)
            return
        if self.saving is not None and attempt.delivery == "saved":
            course.saved = self.saving.found(course.job.id)
            if course.saved:
                return
        yield Record(lambda ledger: ledger.hand_out(attempt.id), "hand out")
        work: Work[Any] = course.job._work  # noqa: SLF001 - a handle's own job
        with suppress(Busy):
            # It may have been finished for long: ask before waiting.
            yield from work.ask()
        yield from self._collect(item, work, course)

    def _buy(self, item: Item, course: _Course) -> Flow[None]:
        request = {"max_price": self.max_price, **item.call, "idempotency_key": item.key}
        for wait in (*self.again, None):
            try:
                made = yield from within(self.call(**request), self.budget, course.paid)
                break
            except Exception as error:
                seconds = None if wait is None else pause(error, wait)
                if seconds is None:
                    raise
            yield Sleep(seconds)
        work: Work[Any] | None = getattr(made, "_work", None)
        if work is None:
            course.result = made
            return
        course.job = made
        yield from self._collect(item, work, course)

    def _collect(self, item: Item, work: Work[Any], course: _Course) -> Flow[None]:
        watch = Watch(work, work.face.polling(None), self.timeout)
        course.result = yield from watch.to_the_end(None)
        if self.saving is not None:
            course.saved = yield from self.saving.saved(item, work, course.result)


def _on_record(attempt_id: str | None) -> Flow[Attempt | None]:
    if attempt_id is None:
        return None
    attempt: Attempt | None = yield Record(lambda ledger: ledger.attempt(attempt_id), "attempt")
    return attempt


def _price(attempt_id: str | None) -> Flow[Decimal | None]:
    try:
        attempt = yield from _on_record(attempt_id)
    except LedgerUnavailable:
        return None
    return None if attempt is None or attempt.money in RELEASED else attempt.price
