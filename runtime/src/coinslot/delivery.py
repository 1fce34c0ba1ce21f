"""Putting on record what became of a paid call's work."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from coinslot.attempt import DELIVERY_MOVES, Attempt, Delivery
from coinslot.effects import Flow, Record
from coinslot.errors import LedgerUnavailable
from coinslot.text import written

if TYPE_CHECKING:
    from coinslot.ledger import Ledger


def deliver(
    attempt_id: str, delivery: Delivery, *, job_id: str | None = None, saved_to: Path | None = None
) -> Flow[None]:
    """Move an attempt's delivery on, where that is news; note where its file lies now.

    Two handles may watch one job, and a file may be saved twice: what is on record stays. `job_id`: the job
    that this is said of. A job's token can name any attempt, and moves none that is not its own.
    """
    place = None if saved_to is None else written(saved_to.absolute())

    def move(ledger: Ledger) -> None:
        attempt = ledger.attempt(attempt_id)
        if attempt is None or (job_id is not None and not _is_its_own(attempt, job_id)):
            return
        news = delivery in DELIVERY_MOVES[attempt.delivery]
        if news or (place is not None and attempt.delivery == delivery):
            ledger.deliver(attempt_id, delivery, saved_to=place)

    yield Record(move, delivery)


def take_back(attempt_id: str, job_id: str) -> Flow[None]:
    """Let the same call get an attempt's job again, which its caller could not bring home.

    Where even that cannot be written, the job is on record all the same, and `recover` has it.
    """

    def back(ledger: Ledger) -> None:
        if _has(ledger, attempt_id, job_id):
            ledger.take_back(attempt_id)

    with suppress(LedgerUnavailable):
        yield Record(back, "take back")


def have_again(attempt_id: str, job_id: str) -> Flow[None]:
    """Undo `take_back`: its caller goes on with the job."""

    def have(ledger: Ledger) -> None:
        if _has(ledger, attempt_id, job_id):
            ledger.hand_out(attempt_id)

    with suppress(LedgerUnavailable):
        yield Record(have, "hand out")


def _has(ledger: Ledger, attempt_id: str, job_id: str) -> bool:
    attempt = ledger.attempt(attempt_id)
    return attempt is not None and _is_its_own(attempt, job_id)


def _is_its_own(attempt: Attempt, job_id: str) -> bool:
    # What was accepted with the id of another attempt's job has none on record.
    return attempt.job_id in {None, job_id} and attempt.delivery != "none"
