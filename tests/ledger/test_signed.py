"""What was signed: once, on the disk, and no longer than something can need it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from coinslot.attempt import Conclusion
from coinslot.backend import Credential
from coinslot.errors import PaymentRefused
from coinslot.ledger import SqliteLedger
from coinslot.route import JobStyle
from tests.ledger.parts import CALL, CREDENTIAL, ENVELOPE, plan, walk


def test_the_signed_bytes_are_erased_when_nothing_can_need_them(ledger: SqliteLedger) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    assert b"signed-1" in _bytes(ledger)
    ledger.conclude("att_1", owner, Conclusion("settled", "done", delivery="accepted", job_id="job-1"))

    with sqlite3.connect(ledger.path) as db:
        assert db.execute("SELECT count(*) FROM envelopes").fetchone() == (0,)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    assert b"signed-1" not in _bytes(ledger)


@pytest.mark.parametrize("money", ["unknown", "refused"])
def test_what_was_answered_keeps_neither_credential_nor_prompt(ledger: SqliteLedger, money: Any) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    ledger.conclude("att_1", owner, Conclusion(money, "no receipt", delivery="accepted", job_id="job-1"))
    assert held(ledger) == []


def test_a_credential_is_erased_when_it_expired_and_its_request_when_nothing_is_like_it(
    tmp_path: Path,
) -> None:
    now = [1_000.0]
    ledger = SqliteLedger(tmp_path / "ledger.sqlite3", now=lambda: now[0])
    listed = JobStyle(id="jobId", path="/jobs/{jobId}", list_path="/jobs")
    for number, style in ((1, listed), (2, None)):
        owner = ledger.enter()
        ledger.plan(plan(number, job_style=style), owner)
        header = ("PAY", f"signed-{number}")
        credential = Credential({}, nonce=f"n-{number}", evidence={"nonce": f"n-{number}"})
        signed = replace(ENVELOPE, credential_header=header)
        ledger.sign(f"att_{number}", owner, credential, signed, 1_000.0)
        ledger.conclude(f"att_{number}", owner, Conclusion("unknown", "no answer"))
        ledger.leave(owner)
    now[0] = 1_999.0
    ledger.leave(ledger.enter())
    assert [value for _, value, _ in held(ledger)] == ["signed-1", "signed-2"]

    now[0] = 2_000.0
    assert ledger.open(replace(CALL, fingerprint="another"), ["0xPayer"], ledger.enter()) is None

    assert held(ledger) == [("att_1", "", b"{}")]
    evidence = [attempt.evidence for attempt in ledger.attempts()]
    assert evidence == [{"nonce": "n-1"}, {"nonce": "n-2"}]


def held(ledger: SqliteLedger) -> list[tuple[str, str, bytes]]:
    with closing(sqlite3.connect(ledger.path)) as db:
        return db.execute("SELECT attempt_id, credential_value, body FROM envelopes ORDER BY 1").fetchall()


def test_a_credential_stands_in_the_ledger_once(ledger: SqliteLedger) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    ledger.plan(plan(2), owner)

    with pytest.raises(PaymentRefused, match="on record already"):
        ledger.sign("att_2", owner, CREDENTIAL, ENVELOPE, 1_000.0)
    other_bytes = replace(ENVELOPE, credential_header=("PAY", "signed-2"))
    with pytest.raises(PaymentRefused, match="on record already"):
        ledger.sign("att_2", owner, CREDENTIAL, other_bytes, 1_000.0)


def test_a_signature_is_on_the_disk_and_not_in_a_cache_when_it_is_on_record(
    ledger: SqliteLedger, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []

    class Watched(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql == "COMMIT":
                synced.append(super().execute("PRAGMA synchronous").fetchone()[0])
            return super().execute(sql, *values)

    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, factory=Watched))
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    synced.clear()
    walk(ledger, owner, "signed")
    # 2 is FULL: SQLite waits until the disk has it. A cache of the system's loses it with the power.
    assert synced == [2]


def _bytes(ledger: SqliteLedger) -> bytes:
    return b"".join(path.read_bytes() for path in ledger.path.parent.glob("ledger*"))
