"""Writing into the SQLite ledger: one attempt's row, its history, and what is erased with a move."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from coinslot.attempt import Attempt, Conclusion, StoredAnswer
from coinslot.errors import ConfigurationError, PaymentOutcomeUnknown
from coinslot.ledger._answers import LONG, AnswerFiles
from coinslot.ledger._interface import Plan
from coinslot.ledger._rows import attempt_of, planned_row
from coinslot.ledger.rules import check_moves, may_be_matched, needs_its_bytes, own_part


class Pen:
    """Writes within one transaction."""

    def __init__(self, db: sqlite3.Connection, now: float, answers: AnswerFiles) -> None:
        self.db = db
        self.answers = answers
        self.now = now

    def row(self, attempt_id: str) -> sqlite3.Row:
        """Return an attempt's row. Raises ConfigurationError where there is none."""
        row: sqlite3.Row | None = self.db.execute(
            "SELECT * FROM attempts WHERE id = ?", (attempt_id,)
        ).fetchone()
        if row is None:
            message = f"There is no attempt {attempt_id}."
            raise ConfigurationError(message)
        return row

    def owned(self, attempt_id: str, owner: str) -> sqlite3.Row:
        """Return an attempt's row. Raises PaymentOutcomeUnknown where it is another's."""
        row = self.row(attempt_id)
        if row["owner"] != owner:
            message = "Another process took this attempt over."
            raise PaymentOutcomeUnknown(message, attempt_id=attempt_id)
        return row

    def insert(self, plan: Plan, owner: str) -> sqlite3.Row:
        """Write a planned attempt; return its row. Raises sqlite3.IntegrityError where its key has one."""
        planned = planned_row(plan, owner)
        names, places = ", ".join(planned), ", ".join("?" for _ in planned)
        self.db.execute(
            f"INSERT INTO attempts ({names}) VALUES ({places})",  # noqa: S608 - our names
            tuple(planned.values()),
        )
        row = self.row(plan.attempt_id)
        self._note(row, "planned")
        return row

    def change(self, row: sqlite3.Row, **changes: Any) -> sqlite3.Row:
        """Change columns of an attempt, whose row as it stands is given; return the row as it stands then.

        A move must be one that the rules name, and goes into the history.
        """
        check_moves(
            row["money"], row["delivery"], money=changes.get("money"), delivery=changes.get("delivery")
        )
        changes["updated_at"] = self.now
        assignments = ", ".join(f"{name} = ?" for name in changes)
        self.db.execute(
            f"UPDATE attempts SET {assignments} WHERE id = ?",  # noqa: S608 - names are our own
            (*changes.values(), row["id"]),
        )
        changed = self.row(row["id"])
        if "money" in changes or "delivery" in changes:
            self._note(changed, changes.get("note"))
        return changed

    def _note(self, row: sqlite3.Row, note: str | None) -> None:
        """Put how an attempt stands now into its history."""
        self.db.execute(
            "INSERT INTO moves VALUES (?, ?, ?, ?, ?)",
            (row["id"], self.now, row["money"], row["delivery"], note),
        )

    def forget_expired(self) -> None:
        """Erase credentials that can be sent no more, with their requests where nothing can match those."""
        expired = self.db.execute(
            "SELECT * FROM attempts WHERE expires_at <= ?"
            " AND id IN (SELECT attempt_id FROM envelopes WHERE credential_value <> '')",
            # Whole seconds, as the column has. SQLite compares the two kinds of number by registers that
            # another library can leave unfit for it, and then takes a later moment for an equal one.
            (int(self.now),),
        ).fetchall()
        for row in expired:
            what = "UPDATE envelopes SET credential_value = ''"
            if not may_be_matched(attempt_of(row)):
                what = "DELETE FROM envelopes"
            self.db.execute(f"{what} WHERE attempt_id = ?", (row["id"],))

    def finished(self, row: sqlite3.Row) -> Attempt:
        """Erase signed bytes that nothing can need any more; return the attempt as it stands."""
        attempt = attempt_of(row)
        if not needs_its_bytes(attempt):
            self.db.execute("DELETE FROM envelopes WHERE attempt_id = ?", (attempt.id,))
        return attempt

    def conclude(self, row: sqlite3.Row, conclusion: Conclusion) -> Attempt:
        """Write what an answer made true. Raises ForbiddenMove."""
        attempt = attempt_of(row)
        job = attempt.call.origin, conclusion.job_id
        conclusion = own_part(
            attempt,
            conclusion,
            job_is_free=self._is_free(attempt, "origin = ? AND job_id = ?", *job),
            transaction_is_free=self._is_free(
                attempt,
                "network = ? AND transaction_id = ? AND money = 'settled'",
                *(attempt.terms.network, conclusion.transaction),
            )
            and self._is_free(attempt, "origin = ? AND job_id = ? AND transaction_id IS NULL", *job),
        )
        changes = _changes(attempt, conclusion)
        if conclusion.answer is not None:
            # Nobody had this one, whatever was handed out before it.
            changes.update(self._kept(row, conclusion.answer), handed_out=0)
        return self.finished(self.change(row, **changes))

    def _is_free(self, attempt: Attempt, mark: str, *values: str | None) -> bool:
        """Whether no other attempt has a mark. What is not told is free."""
        if None in values:
            return True
        query = f"SELECT 1 FROM attempts WHERE {mark} AND id <> ?"  # noqa: S608 - our own words
        return self.db.execute(query, (*values, attempt.id)).fetchone() is None

    def _kept(self, row: sqlite3.Row, answer: StoredAnswer) -> dict[str, Any]:
        short = len(answer.body) <= LONG
        if not short:
            try:
                self.answers.keep(row["id"], answer.body)
            except OSError:
                # A full disk must not keep what is true of the money from being written.
                return {}
        elif row["answer_partial"]:
            # What came of it before may have been long.
            self.answers.erase(row["id"])
        return {
            "answer_partial": int(answer.partial),
            "answer_status": answer.status,
            "answer_type": answer.content_type,
            "answer_body": answer.body if short else None,
        }


def _changes(attempt: Attempt, conclusion: Conclusion) -> dict[str, Any]:
    changes: dict[str, Any] = {"note": conclusion.note}
    if conclusion.money is not None and conclusion.money != attempt.money:
        changes["money"] = conclusion.money
    if conclusion.settled_by is not None:
        changes["settled_by"] = conclusion.settled_by
    if conclusion.receipt is not None:
        changes["receipt"] = json.dumps(conclusion.receipt)
    if conclusion.transaction is not None:
        changes["transaction_id"] = conclusion.transaction
    if conclusion.delivery is not None and conclusion.delivery != attempt.delivery:
        changes["delivery"] = conclusion.delivery
    if conclusion.job_id is not None:
        changes.update(job_id=conclusion.job_id, matched=int(conclusion.matched))
    return changes
