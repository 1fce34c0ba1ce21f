"""The ledger on this machine's disk: SQLite, one file, readable by its owner alone."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Literal

from coinslot.attempt import Attempt, CallIdentity, Conclusion, Delivery, Envelope, StoredAnswer
from coinslot.backend import Credential
from coinslot.errors import ConflictingCall, PaymentRefused
from coinslot.ledger._alone import holds_of
from coinslot.ledger._answers import AnswerFiles, kept_answer
from coinslot.ledger._database import Database
from coinslot.ledger._history import Move, moves
from coinslot.ledger._interface import Claim, Payee, Plan
from coinslot.ledger._owner import RECOVERING, Owners, owners_of
from coinslot.ledger._place import Mounts, read_mounts
from coinslot.ledger._resuming import TAKEN_BACK, buried, claimed, gave_up, resumable
from coinslot.ledger._rows import attempt_of
from coinslot.ledger._selecting import known_payees, payee_of, select_from
from coinslot.ledger._writing import Pen
from coinslot.ledger.rules import (
    at_its_end,
    check_given_up,
    check_moves,
    check_plan,
    check_void,
    unfinished,
)
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

    `mounts` reads what lies where on this machine. Raises LedgerUnavailable where the file cannot be used or
    lies on a file system that other machines share, ConfigurationError where others can read it.
    """

    def __init__(
        self,
        path: Path | str | None = None,
        *,
        now: Callable[[], float] = time.time,
        mounts: Mounts = read_mounts,
    ) -> None:
        self.path = Path(path) if path is not None else default_path()
        self._now = now
        self.database = Database(self.path, mounts)
        self._resolved: Path | None = None

    def enter(self, *, recovering: bool = False) -> str:
        """See `Ledger.enter`."""
        return self._owners.enter(recovering=recovering)

    def leave(self, owner: str) -> None:
        """See `Ledger.leave`."""
        self._owners.leave(owner)

    def open(self, call: CallIdentity, payers: Sequence[str], owner: str) -> Claim | None:
        """See `Ledger.open`."""
        with self._writing() as pen:
            row = resumable(pen, call, payers, self._owners)
            return None if row is None else claimed(pen, row, owner, self._owners)

    def claim(self, attempt_id: str, owner: str) -> Claim | None:
        """See `Ledger.claim`."""
        with self._writing() as pen:
            row = pen.row(attempt_id)
            if self._owners.alive(row["owner"]) or gave_up(pen, row):
                return None
            return claimed(pen, row, owner, self._owners)

    def release(self, attempt_id: str, owner: str) -> None:
        """See `Ledger.release`."""
        with self.database.transaction() as db:
            db.execute("UPDATE attempts SET owner = NULL WHERE id = ? AND owner = ?", (attempt_id, owner))

    def hand_out(self, attempt_id: str) -> None:
        """See `Ledger.hand_out`."""
        with self.database.transaction() as db:
            # Whoever recovers meanwhile works for the one who has it.
            db.execute(
                "UPDATE attempts SET handed_out = 1, handed_to = iif(owner IS NULL OR owner LIKE '%' || ?,"
                " handed_to, owner) WHERE id = ?",
                (RECOVERING, attempt_id),
            )
            filed = db.execute(
                "SELECT 1 FROM attempts WHERE id = ? AND idempotency_key IS NULL AND answer_body IS NULL",
                (attempt_id,),
            ).fetchone()
        if filed is not None:
            self._answers.erase(attempt_id)

    def take_back(self, attempt_id: str) -> None:
        """See `Ledger.take_back`. It is forgotten as soon as what a killed process had would be."""
        with self.database.transaction() as db:
            db.execute("UPDATE attempts SET handed_out = ? WHERE id = ?", (TAKEN_BACK, attempt_id))

    def plan(self, plan: Plan, owner: str) -> Attempt:
        """See `Ledger.plan`."""
        with self._writing() as pen:
            pinned = self._weighed(pen, plan)
            if pinned is not None:
                self._keep(pen.db, pinned, "first use", plan.now)
            try:
                return attempt_of(pen.insert(plan, owner))
            except sqlite3.IntegrityError:
                message = "Another call with the same idempotency key is being paid for right now."
                raise ConflictingCall(message) from None

    def sign(
        self, attempt_id: str, owner: str, credential: Credential, envelope: Envelope, now: float
    ) -> Attempt:
        """See `Ledger.sign`. The write is on the disk, not only in its cache, when this returns."""
        digest = hashlib.sha256(envelope.credential_header[1].encode()).hexdigest()
        with self._writing(synced=True) as pen:
            row = pen.owned(attempt_id, owner)
            check_moves(row["money"], row["delivery"], money="signed")
            if pen.db.execute(
                "SELECT 1 FROM attempts WHERE credential_hash = ?"
                " OR (network = ? AND payer = ? AND nonce = ?)",
                (digest, row["network"], row["payer"], credential.nonce),
            ).fetchone():
                raise PaymentRefused("The very same payment is on record already.", slug="equal-credential")
            signed = pen.change(
                row,
                money="signed",
                nonce=credential.nonce,
                evidence=json.dumps(dict(credential.evidence)),
                credential_hash=digest,
                signed_at=int(now),
            )
            pen.db.execute(
                "INSERT INTO envelopes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    attempt_id, envelope.method, envelope.url, json.dumps(envelope.headers), envelope.body,
                    *envelope.credential_header, json.dumps(envelope.left_out),
                ),
            )  # fmt: skip
            return attempt_of(signed)

    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        """See `Ledger.conclude`."""
        with self._writing() as pen:
            return pen.conclude(pen.owned(attempt_id, owner), conclusion)

    def abandon(self, attempt_id: str, owner: str) -> None:
        """See `Ledger.abandon`."""
        with self._writing() as pen:
            row = pen.owned(attempt_id, owner)
            pen.change(row, money="abandoned", owner=None, note="given up before signing")

    def deliver(
        self, attempt_id: str, delivery: Delivery, *, address: str | None = None, saved_to: str | None = None
    ) -> None:
        """See `Ledger.deliver`."""
        with self._writing() as pen:
            pen.db.execute(
                "UPDATE attempts SET address = coalesce(?, address), saved_to = coalesce(?, saved_to)"
                " WHERE id = ?",
                (address, saved_to, attempt_id),
            )
            row = pen.row(attempt_id)
            if row["delivery"] != delivery:
                pen.finished(pen.change(row, delivery=delivery))

    def attempt(self, attempt_id: str) -> Attempt | None:
        """See `Ledger.attempt`."""
        return self._one("SELECT * FROM attempts WHERE id = ?", attempt_id)

    def by_job(self, origin: str, job_id: str) -> Attempt | None:
        """See `Ledger.by_job`."""
        return self._one("SELECT * FROM attempts WHERE origin = ? AND job_id = ?", origin, job_id)

    def attempts(self) -> list[Attempt]:
        """See `Ledger.attempts`."""
        return self._many("SELECT * FROM attempts ORDER BY rowid")

    def history(self, attempt_id: str | None = None) -> list[Move]:
        """Return every move of an attempt, or of all attempts, the oldest first."""
        return list(moves(self.database, attempt_id))

    def answer(self, attempt_id: str) -> StoredAnswer | None:
        """Return the answer that is kept of an attempt, whole or as a part; None where none is."""
        with self.database.reading() as db:
            row = db.execute("SELECT * FROM attempts WHERE id = ?", (attempt_id,)).fetchone()
        return None if row is None else kept_answer(row, self._answers)

    def alike(self, call: CallIdentity) -> list[Attempt]:
        """See `Ledger.alike`."""
        return self._many(
            "SELECT * FROM attempts WHERE fingerprint = ? AND delivery = 'none'"
            " AND money NOT IN ('planned', 'void', 'abandoned') ORDER BY rowid",
            call.fingerprint,
        )

    def unfinished(self, payers: Sequence[str], origin: str | None = None) -> list[Attempt]:
        """See `Ledger.unfinished`."""
        candidates = self._many(
            "SELECT * FROM attempts WHERE (? IS NULL OR origin = ?) AND money NOT IN ('void', 'abandoned')"
            " AND (money <> 'settled' OR delivery NOT IN ('saved', 'failed')) ORDER BY rowid",
            *(origin, origin),
        )
        return [one for one in candidates if one.terms.payer in payers and unfinished(one)]

    def payees(self, origin: str) -> list[Payee]:
        """See `Ledger.payees`."""
        with self.database.reading() as db:
            rows = db.execute("SELECT * FROM payees WHERE origin = ? ORDER BY rowid", (origin,))
            return [payee_of(row) for row in rows]

    def trust(self, payee: Payee) -> None:
        """See `Ledger.trust`."""
        with self.database.transaction() as db:
            self._keep(db, payee, "trusted", self._now())

    def distrust(self, payee: Payee) -> None:
        """See `Ledger.distrust`."""
        gone = [
            one
            for one in self.payees(payee.origin)
            if one.network == payee.network
            and one.asset == comparable(payee.asset)
            and comparable(one.address) == comparable(payee.address)
        ]
        with self.database.transaction() as db:
            for one in gone:
                db.execute(
                    "DELETE FROM payees WHERE (origin, network, asset, payee) = (?, ?, ?, ?)",
                    (one.origin, one.network, one.asset, one.address),
                )

    def resolve(self, attempt_id: str, found: Literal["settled", "void", "lost"], note: str) -> Attempt:
        """See `Ledger.resolve`."""
        told = f"resolved by hand: {note}"
        with self._writing() as pen:
            row = pen.row(attempt_id)
            if self._owners.alive(row["owner"]):
                raise ConflictingCall("The attempt is being worked on right now.", attempt_id=attempt_id)
            if found == "lost":
                check_given_up(attempt_of(row))
                return pen.finished(pen.change(row, delivery="lost", handed_out=1, note=told))
            if found == "void":
                check_void(attempt_of(row), pen.now)
            if row["money"] == "signed":
                row = pen.change(row, money="unknown", note="its owner ended before an answer came")
            return pen.finished(pen.change(row, money=found, note=told))

    def purge(self) -> int:
        """See `Ledger.purge`."""
        with self._writing() as pen:
            holding = pen.db.execute("SELECT * FROM attempts WHERE answer_status IS NOT NULL").fetchall()
            ended = [attempt.id for attempt in map(attempt_of, holding) if at_its_end(attempt)]
            for attempt_id in ended:
                pen.db.execute(
                    "UPDATE attempts SET answer_status = NULL, answer_type = NULL, answer_body = NULL"
                    " WHERE id = ?",
                    (attempt_id,),
                )
        for attempt_id in ended:
            self._answers.erase(attempt_id)
        return len(ended)

    def alone(self, name: str) -> AbstractContextManager[bool]:
        """Say whether no other program on this machine holds this name; it is held until the end."""
        return holds_of(self.path.resolve().parent / "held.lock").alone(name)

    def close(self) -> None:
        """See `Ledger.close`."""
        self.database.close()

    @contextmanager
    def _writing(self, *, synced: bool = False) -> Iterator[Pen]:
        with self.database.transaction(synced=synced) as db:
            pen = Pen(db, self._now(), self._answers)
            pen.forget_expired()
            yield pen

    def _weighed(self, pen: Pen, plan: Plan) -> Payee | None:
        known, select, alive = known_payees(pen.db, plan), select_from(pen.db), self._owners.alive
        try:
            return check_plan(plan, known, select, alive)
        except PaymentRefused:
            # Only here, so that what is allowed costs nothing more.
            if not buried(pen, alive):
                raise
        return check_plan(plan, known, select, alive)

    def _one(self, query: str, *values: str) -> Attempt | None:
        return next(iter(self._many(query, *values)), None)

    def _many(self, query: str, *values: str | None) -> list[Attempt]:
        with self.database.reading() as db:
            return [attempt_of(row) for row in db.execute(query, values)]

    @staticmethod
    def _keep(db: sqlite3.Connection, payee: Payee, how: str, now: float) -> None:
        db.execute(
            "INSERT INTO payees VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (origin, network, asset, payee) DO UPDATE SET how = excluded.how",
            (payee.origin, payee.network, comparable(payee.asset), payee.address, how, now),
        )

    @property
    def _answers(self) -> AnswerFiles:
        return AnswerFiles(self._folder / "answers")

    @property
    def _owners(self) -> Owners:
        return owners_of(self._folder / "owners")

    @property
    def _folder(self) -> Path:
        # Not a `cached_property`: before Python 3.12 that has a lock of its own, which forks do not outlive.
        if self._resolved is None:
            self._resolved = self.path.resolve().parent
        return self._resolved
