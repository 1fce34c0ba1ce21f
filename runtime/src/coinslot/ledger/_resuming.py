"""Which earlier attempt a call must resume, and taking it over."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from coinslot.attempt import CallIdentity
from coinslot.errors import ConflictingCall
from coinslot.ledger import rules
from coinslot.ledger._answers import kept_answer
from coinslot.ledger._interface import Claim
from coinslot.ledger._owner import RECOVERING, REMEMBERED, Owners
from coinslot.ledger._rows import attempt_of, envelope_of
from coinslot.ledger._writing import Pen

AT_WORK: Mapping[str, float] = {"accepted": REMEMBERED, "finished": 300}
"""Seconds for which an answer is taken to be worked on: its job is waited for, or its file comes."""

TAKEN_BACK = -1
"""In place of 1 for `handed_out`: whoever had the answer could not bring home what it names."""

Alive: TypeAlias = Callable[[str | None], bool]


def resumable(pen: Pen, call: CallIdentity, payers: Sequence[str], owners: Owners) -> sqlite3.Row | None:
    """Return the row that a call must resume; None for a new call. Raises ConflictingCall."""
    alive = owners.alive
    if call.idempotency_key is not None:
        return _of_its_key(pen, call, alive)
    for row in _candidates(pen, call):
        if row["payer"] not in payers:
            continue
        concluded = rules.concluded(attempt_of(row), handed_out=bool(row["handed_out"]))
        if concluded and not handed_in_vain(pen, row, owners):
            continue
        if alive(row["owner"]):
            if row["owner"].endswith(RECOVERING):
                message = "An earlier attempt of this very call is being recovered right now."
                raise ConflictingCall(message, attempt_id=row["id"])
            continue
        if not gave_up(pen, row):
            found: sqlite3.Row = row
            return found
    return None


def _candidates(pen: Pen, call: CallIdentity) -> list[sqlite3.Row]:
    """Return the rows of equal calls without a key that may have to be resumed, the oldest first."""
    found: list[sqlite3.Row] = pen.db.execute(
        "SELECT * FROM attempts WHERE fingerprint = ? AND idempotency_key IS NULL"
        " AND money NOT IN ('void', 'abandoned') AND (delivery = 'none' OR handed_out = 0"
        " OR (delivery = 'accepted' AND updated_at > ?) OR (delivery = 'finished' AND updated_at > ?))"
        " ORDER BY rowid",
        (call.fingerprint, *(pen.now - AT_WORK[delivery] for delivery in ("accepted", "finished"))),
    ).fetchall()
    return found


def buried(pen: Pen, alive: Alive) -> bool:
    """Abandon what dead owners planned and did not sign; return whether there was any."""
    planned = pen.db.execute("SELECT * FROM attempts WHERE money = 'planned'").fetchall()
    dead = [row for row in planned if not alive(row["owner"])]
    for row in dead:
        gave_up(pen, row)
    return bool(dead)


def gave_up(pen: Pen, row: sqlite3.Row) -> bool:
    """Whether the owner died before anything was signed; its budget is free again then."""
    if row["money"] != "planned":
        return False
    pen.change(row, money="abandoned", owner=None, note="its owner ended before signing")
    return True


def handed_in_vain(pen: Pen, row: sqlite3.Row, owners: Owners) -> bool:
    """Whether its answer is there, and who had it was killed and may have been at work, or had to give up."""
    age = pen.now - row["updated_at"]
    recent = age < AT_WORK.get(row["delivery"], 0)
    whole = row["answer_body"] is not None and not row["answer_partial"]
    return (
        recent
        and whole
        and (row["handed_out"] == TAKEN_BACK or owners.killed(row["handed_to"] or row["owner"]))
    )


def claimed(pen: Pen, row: sqlite3.Row, owner: str, owners: Owners) -> Claim:
    """Let an owner take an attempt over, with what a resend needs and what was answered."""
    if row["handed_out"] and handed_in_vain(pen, row, owners):
        pen.db.execute("UPDATE attempts SET handed_out = 0 WHERE id = ?", (row["id"],))
    pen.db.execute("UPDATE attempts SET owner = ? WHERE id = ?", (owner, row["id"]))
    envelope = pen.db.execute("SELECT * FROM envelopes WHERE attempt_id = ?", (row["id"],)).fetchone()
    kept = kept_answer(row, pen.answers)
    return Claim(attempt_of(row), envelope_of(envelope) if envelope else None, kept)


def _of_its_key(pen: Pen, call: CallIdentity, alive: Alive) -> sqlite3.Row | None:
    row: sqlite3.Row | None = pen.db.execute(
        "SELECT * FROM attempts WHERE origin = ? AND idempotency_key = ?"
        " AND money NOT IN ('void', 'abandoned')",
        (call.origin, call.idempotency_key),
    ).fetchone()
    if row is None:
        return None
    if row["fingerprint"] != call.fingerprint:
        message = "This idempotency key was used before, with another request."
        raise ConflictingCall(message, attempt_id=row["id"])
    if alive(row["owner"]):
        message = "Another call with the same idempotency key is being paid for right now."
        raise ConflictingCall(message, attempt_id=row["id"])
    return None if gave_up(pen, row) else row
