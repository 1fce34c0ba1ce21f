"""The ledger on this machine's disk: SQLite, one file, readable by its owner alone."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

from coinslot.attempt import (
    DELIVERY_MOVES,
    MONEY_MOVES,
    Attempt,
    CallIdentity,
    Conclusion,
    Delivery,
    Envelope,
    ForbiddenMove,
    StoredAnswer,
)
from coinslot.backend import Credential
from coinslot.errors import (
    ConfigurationError,
    ConflictingCall,
    PaymentOutcomeUnknown,
    PaymentRefused,
)
from coinslot.ledger._budgets import check_budgets
from coinslot.ledger._challenges import check_challenge
from coinslot.ledger._database import Database
from coinslot.ledger._interface import Claim, Payee, Plan
from coinslot.ledger._owner import RECOVERING, Owners, owners_of
from coinslot.ledger._payees import check_origin, check_payee
from coinslot.ledger._rows import attempt_of, envelope_of, offer_json
from coinslot.offer import comparable


def default_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where the ledger lies: in `COINSLOT_HOME`, else in the user's data folder."""
    home = environ.get("COINSLOT_HOME")
    if home:
        return Path(home) / "ledger.sqlite3"
    import platformdirs

    return Path(platformdirs.user_data_dir("coinslot", appauthor=False)) / "ledger.sqlite3"


class SqliteLedger:
    """All attempts in one SQLite file; safe for threads and for many processes.

    Raises ConfigurationError where the file cannot be used or others can read it.
    """

    def __init__(self, path: Path | str | None = None, *, now: Callable[[], float] = time.time) -> None:
        self.path = Path(path) if path is not None else default_path()
        self._now = now
        self.database = Database(self.path)

    def open(self, call: CallIdentity, payers: Sequence[str], owner: str) -> Claim | None:
        """See `Ledger.open`."""
        with self.database.transaction() as db:
            row = self._resumable(db, call, payers)
            return None if row is None else _claim(db, row, owner)

    def unfinished(self, payers: Sequence[str], origin: str | None = None) -> list[Attempt]:
        """See `Ledger.unfinished`."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT * FROM attempts WHERE (? IS NULL OR origin = ?)"
                " AND money NOT IN ('void', 'abandoned')"
                " AND (money <> 'settled' OR delivery IN ('none', 'accepted', 'finished')) ORDER BY rowid",
                (origin, origin),
            ).fetchall()
            return [attempt_of(row) for row in rows if row["payer"] in payers]

    def claim(self, attempt_id: str, owner: str) -> Claim | None:
        """See `Ledger.claim`."""
        with self.database.transaction() as db:
            row = self._row(db, attempt_id)
            if self._owners.alive(row["owner"]) or self._abandoned(db, row):
                return None
            return _claim(db, row, owner)

    def release(self, attempt_id: str, owner: str) -> None:
        """See `Ledger.release`."""
        with self.database.transaction() as db:
            db.execute("UPDATE attempts SET owner = NULL WHERE id = ? AND owner = ?", (attempt_id, owner))

    def hand_out(self, attempt_id: str) -> None:
        """See `Ledger.hand_out`."""
        with self.database.transaction() as db:
            db.execute("UPDATE attempts SET handed_out = 1 WHERE id = ?", (attempt_id,))

    def plan(self, plan: Plan, owner: str) -> Attempt:
        """See `Ledger.plan`."""
        with self.database.transaction() as db:
            check_budgets(db, plan)
            check_payee(db, plan)
            check_origin(db, plan)
            check_challenge(db, plan, self._owners.alive)
            try:
                _insert(db, plan, owner)
            except sqlite3.IntegrityError:
                message = "Another call with the same idempotency key is being paid for right now."
                raise ConflictingCall(message) from None
            return self._moved(db, plan.attempt_id, "planned")

    def sign(
        self, attempt_id: str, owner: str, credential: Credential, envelope: Envelope, now: float
    ) -> Attempt:
        """See `Ledger.sign`. The write is on the disk, not only in its cache, when this returns."""
        digest = hashlib.sha256(envelope.credential_header[1].encode()).hexdigest()
        with self.database.transaction(synced=True) as db:
            self._owned(db, attempt_id, owner)
            row = self._row(db, attempt_id)
            _check_move(MONEY_MOVES, row["money"], "signed")
            if db.execute(
                "SELECT 1 FROM attempts WHERE credential_hash = ?"
                " OR (network = ? AND payer = ? AND nonce = ?)",
                (digest, row["network"], row["payer"], credential.nonce),
            ).fetchone():
                raise PaymentRefused("The very same payment is on record already.", slug="equal-credential")
            db.execute(
                "UPDATE attempts SET money = 'signed', nonce = ?, evidence = ?, credential_hash = ?,"
                " signed_at = ? WHERE id = ?",
                (credential.nonce, json.dumps(dict(credential.evidence)), digest, int(now), attempt_id),
            )
            db.execute(
                "INSERT INTO envelopes VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    attempt_id, envelope.method, envelope.url, json.dumps(envelope.headers), envelope.body,
                    *envelope.credential_header,
                ),
            )  # fmt: skip
            return self._moved(db, attempt_id, "signed")

    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        """See `Ledger.conclude`."""
        with self.database.transaction() as db:
            self._owned(db, attempt_id, owner)
            return self._conclude(db, attempt_id, conclusion)

    def abandon(self, attempt_id: str, owner: str) -> None:
        """See `Ledger.abandon`."""
        with self.database.transaction() as db:
            self._owned(db, attempt_id, owner)
            self._set(db, attempt_id, money="abandoned", owner=None, note="given up before signing")

    def deliver(self, attempt_id: str, delivery: Delivery, *, job_id: str | None = None) -> None:
        """See `Ledger.deliver`. Saying the same twice changes nothing."""
        with self.database.transaction() as db:
            row = self._row(db, attempt_id)
            if row["delivery"] == delivery:
                return
            changes: dict[str, Any] = {"delivery": delivery}
            if job_id is not None:
                changes["job_id"] = job_id
            self._set(db, attempt_id, **changes)

    def attempt(self, attempt_id: str) -> Attempt | None:
        """See `Ledger.attempt`."""
        return self._one("SELECT * FROM attempts WHERE id = ?", attempt_id)

    def alike(self, call: CallIdentity) -> list[Attempt]:
        """See `Ledger.alike`."""
        with self.database.reading() as db:
            rows = db.execute(
                "SELECT * FROM attempts WHERE fingerprint = ? AND delivery = 'none'"
                " AND money NOT IN ('planned', 'void', 'abandoned') ORDER BY rowid",
                (call.fingerprint,),
            )
            return [attempt_of(row) for row in rows]

    def by_job(self, origin: str, job_id: str) -> Attempt | None:
        """See `Ledger.by_job`."""
        return self._one("SELECT * FROM attempts WHERE origin = ? AND job_id = ?", origin, job_id)

    def attempts(self) -> list[Attempt]:
        """See `Ledger.attempts`."""
        with self.database.reading() as db:
            rows = db.execute("SELECT * FROM attempts ORDER BY rowid").fetchall()
        return [attempt_of(row) for row in rows]

    def payees(self, origin: str) -> list[Payee]:
        """See `Ledger.payees`."""
        with self.database.reading() as db:
            rows = db.execute("SELECT * FROM payees WHERE origin = ? ORDER BY first_seen, payee", (origin,))
            return [Payee(row["origin"], row["network"], row["asset"], row["payee"]) for row in rows]

    def trust(self, payee: Payee) -> None:
        """See `Ledger.trust`."""
        scope = (payee.origin, payee.network, comparable(payee.asset), payee.address)
        with self.database.transaction() as db:
            db.execute(
                "INSERT INTO payees VALUES (?, ?, ?, ?, 'trusted', ?)"
                " ON CONFLICT (origin, network, asset, payee) DO UPDATE SET how = 'trusted'",
                (*scope, self._now()),
            )

    def resolve(self, attempt_id: str, money: Literal["settled", "void"], note: str) -> Attempt:
        """See `Ledger.resolve`."""
        with self.database.transaction() as db:
            row = self._row(db, attempt_id)
            if self._owners.alive(row["owner"]):
                raise ConflictingCall("The attempt is being worked on right now.", attempt_id=attempt_id)
            if row["money"] == "signed":
                self._set(db, attempt_id, money="unknown", note="its owner ended before an answer came")
            self._set(db, attempt_id, money=money, note=f"resolved by hand: {note}")
            return self._moved(db, attempt_id, note)

    def purge(self) -> int:
        """See `Ledger.purge`."""
        with self.database.transaction() as db:
            ended = [
                row["id"]
                for row in db.execute(
                    "SELECT id FROM attempts WHERE (money IN ('void', 'abandoned')"
                    " OR delivery IN ('finished', 'saved', 'failed'))"
                    " AND (answer_body IS NOT NULL OR id IN (SELECT attempt_id FROM envelopes))"
                )
            ]
            for attempt_id in ended:
                db.execute("DELETE FROM envelopes WHERE attempt_id = ?", (attempt_id,))
                db.execute(
                    "UPDATE attempts SET answer_status = NULL, answer_type = NULL, answer_body = NULL"
                    " WHERE id = ?",
                    (attempt_id,),
                )
            return len(ended)

    def enter(self, *, recovering: bool = False) -> str:
        """See `Ledger.enter`."""
        return self._owners.enter(recovering=recovering)

    def leave(self, owner: str) -> None:
        """End an owner; what it still holds may be taken over."""
        self._owners.leave(owner)

    def close(self) -> None:
        """See `Ledger.close`."""
        self.database.close()

    def _resumable(
        self, db: sqlite3.Connection, call: CallIdentity, payers: Sequence[str]
    ) -> sqlite3.Row | None:
        alive = self._owners.alive
        if call.idempotency_key is not None:
            row: sqlite3.Row | None = db.execute(
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
            return None if self._abandoned(db, row) else row
        for row in db.execute(
            "SELECT * FROM attempts WHERE fingerprint = ? AND idempotency_key IS NULL"
            " AND (delivery = 'none' OR handed_out = 0) AND money NOT IN ('void', 'abandoned')"
            " ORDER BY rowid",
            (call.fingerprint,),
        ).fetchall():
            if row["payer"] not in payers:
                continue
            if alive(row["owner"]):
                if row["owner"].endswith(RECOVERING):
                    message = "An earlier attempt of this very call is being recovered right now."
                    raise ConflictingCall(message, attempt_id=row["id"])
                continue
            if self._abandoned(db, row):
                continue
            return cast("sqlite3.Row", row)
        return None

    def _abandoned(self, db: sqlite3.Connection, row: sqlite3.Row) -> bool:
        # Its owner died before anything was signed: nothing to resume, and its budget is free again.
        if row["money"] != "planned":
            return False
        self._set(db, row["id"], money="abandoned", owner=None, note="its owner ended before signing")
        return True

    def _conclude(self, db: sqlite3.Connection, attempt_id: str, conclusion: Conclusion) -> Attempt:
        row = self._row(db, attempt_id)
        changes: dict[str, Any] = {"note": conclusion.note}
        if conclusion.money is not None and conclusion.money != row["money"]:
            changes["money"] = conclusion.money
        if conclusion.settled_by is not None:
            changes["settled_by"] = conclusion.settled_by
        if conclusion.receipt is not None:
            changes["receipt"] = json.dumps(conclusion.receipt)
        if conclusion.transaction is not None:
            changes["transaction_id"] = conclusion.transaction
        if conclusion.delivery is not None and conclusion.delivery != row["delivery"]:
            changes["delivery"] = conclusion.delivery
        if conclusion.job_id is not None:
            changes.update(job_id=conclusion.job_id, matched=int(conclusion.matched))
        if conclusion.answer is not None:
            changes.update(
                answer_status=conclusion.answer.status,
                answer_type=conclusion.answer.content_type,
                answer_body=conclusion.answer.body,
            )
        try:
            self._set(db, attempt_id, **changes)
        except sqlite3.IntegrityError:
            # The job belongs to another attempt already: what is true of the money is kept all the same.
            for name in ("job_id", "matched"):
                changes.pop(name, None)
            changes["note"] = f"{conclusion.note}; its job belongs to another attempt"
            self._set(db, attempt_id, **changes)
        return self._moved(db, attempt_id, conclusion.note)

    def _set(self, db: sqlite3.Connection, attempt_id: str, **changes: Any) -> None:
        row = self._row(db, attempt_id)
        if "money" in changes:
            _check_move(MONEY_MOVES, row["money"], changes["money"])
        if "delivery" in changes:
            _check_move(DELIVERY_MOVES, row["delivery"], changes["delivery"])
        changes["updated_at"] = self._now()
        assignments = ", ".join(f"{name} = ?" for name in changes)
        db.execute(
            f"UPDATE attempts SET {assignments} WHERE id = ?",  # noqa: S608 - names are our own
            (*changes.values(), attempt_id),
        )
        if "money" in changes or "delivery" in changes:
            self._log(db, attempt_id, changes.get("note"))

    def _moved(self, db: sqlite3.Connection, attempt_id: str, note: str) -> Attempt:
        row = self._row(db, attempt_id)
        if row["money"] in {"planned", "signed"}:
            self._log(db, attempt_id, note)
        # Nothing can need the signed bytes once the money is certain and the answer has arrived.
        if row["money"] == "void" or (row["money"] == "settled" and row["delivery"] != "none"):
            db.execute("DELETE FROM envelopes WHERE attempt_id = ?", (attempt_id,))
        return attempt_of(row)

    def _log(self, db: sqlite3.Connection, attempt_id: str, note: str | None) -> None:
        row = self._row(db, attempt_id)
        db.execute(
            "INSERT INTO moves VALUES (?, ?, ?, ?, ?)",
            (attempt_id, self._now(), row["money"], row["delivery"], note),
        )

    def _owned(self, db: sqlite3.Connection, attempt_id: str, owner: str) -> None:
        if self._row(db, attempt_id)["owner"] != owner:
            message = "Another process took this attempt over."
            raise PaymentOutcomeUnknown(message, attempt_id=attempt_id)

    def _row(self, db: sqlite3.Connection, attempt_id: str) -> sqlite3.Row:
        row: sqlite3.Row | None = db.execute("SELECT * FROM attempts WHERE id = ?", (attempt_id,)).fetchone()
        if row is None:
            message = f"There is no attempt {attempt_id}."
            raise ConfigurationError(message)
        return row

    def _one(self, query: str, *values: str) -> Attempt | None:
        with self.database.reading() as db:
            row = db.execute(query, values).fetchone()
        return attempt_of(row) if row is not None else None

    @cached_property
    def _owners(self) -> Owners:
        return owners_of(self.path.resolve().parent / "owners")


def _claim(db: sqlite3.Connection, row: sqlite3.Row, owner: str) -> Claim:
    db.execute("UPDATE attempts SET owner = ? WHERE id = ?", (owner, row["id"]))
    envelope = db.execute("SELECT * FROM envelopes WHERE attempt_id = ?", (row["id"],)).fetchone()
    answer = None
    if row["answer_status"] is not None:
        answer = StoredAnswer(row["answer_status"], row["answer_type"], row["answer_body"])
    return Claim(attempt_of(row), envelope_of(envelope) if envelope else None, answer)


def _insert(db: sqlite3.Connection, plan: Plan, owner: str) -> None:
    row = {
        "id": plan.attempt_id,
        "origin": plan.call.origin,
        "method": plan.call.method,
        "path": plan.call.path,
        "route_path": plan.route_path,
        "job_style": json.dumps(asdict(plan.job_style)) if plan.job_style is not None else None,
        "url": plan.url,
        "fingerprint": plan.call.fingerprint,
        "idempotency_key": plan.call.idempotency_key,
        "session": plan.session,
        "owner": owner,
        "backend": plan.backend,
        "payer": plan.terms.payer,
        "network": plan.terms.network,
        "asset": plan.terms.asset,
        "symbol": plan.symbol,
        "amount": str(plan.terms.amount),
        "payee": plan.terms.payee,
        "expires_at": plan.terms.expires_at,
        "offer": offer_json(plan.offer),
        "price": str(plan.price),
        "max_fee": str(plan.max_fee),
        "money": "planned",
        "delivery": "none",
        "created_at": plan.now,
        "updated_at": plan.now,
    }
    names, places = ", ".join(row), ", ".join("?" for _ in row)
    db.execute(f"INSERT INTO attempts ({names}) VALUES ({places})", tuple(row.values()))  # noqa: S608 - our names


def _check_move(moves: Mapping[str, frozenset[str]], old: str, new: str) -> None:
    if new not in moves[old]:
        message = f"an attempt cannot go from {old} to {new}"
        raise ForbiddenMove(message)
