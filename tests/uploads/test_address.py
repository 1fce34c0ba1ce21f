"""An upload's address has its own place on record: it is no job, and it goes into no report."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from coinslot.ledger import SqliteLedger
from coinslot.ledger._schema import STEPS
from coinslot.spending import entry_of, plain
from tests.runtime.studio import PNG, Files
from tests.uploads.editing import BLOB, Host, Studio


def test_an_address_is_no_job(options: dict[str, Any], ledger: SqliteLedger, cat: Path) -> None:
    with Studio(**options) as studio:
        Files(studio)(cat)
    (attempt,) = ledger.attempts()
    assert (attempt.address, attempt.job_id, attempt.delivery) == (f"{BLOB}1", None, "saved")
    # Whoever has the address can read the file.
    assert BLOB not in json.dumps(plain(entry_of(attempt)))


def test_one_address_may_be_of_several_uploads(options: dict[str, Any], host: Host, cat: Path) -> None:
    with Studio(**options) as studio:
        host.tokens = 0
        Files(studio)(cat, idempotency_key="one")
        host.tokens = 0
        Files(studio)(cat, idempotency_key="two")
    assert [one.address for one in options["ledger"].attempts()] == [f"{BLOB}1"] * 2


def test_what_an_older_version_uploaded_is_known(
    options: dict[str, Any], host: Host, ledger: SqliteLedger, cat: Path
) -> None:
    with Studio(**options) as studio:
        Files(studio)(cat)
    ledger.close()
    old = ledger.path.with_name("old.sqlite3")
    step = next(number for number, step in enumerate(STEPS) if "ADD COLUMN address" in step)
    with closing(sqlite3.connect(old, isolation_level=None)) as db:
        db.executescript(";".join(STEPS[:step]))
        columns = ", ".join(row[1] for row in db.execute("PRAGMA table_info(attempts)"))
        told = columns.replace("job_id", "address")
        db.execute("ATTACH ? AS newer", (str(ledger.path),))
        db.execute(f"INSERT INTO attempts ({columns}) SELECT {told} FROM newer.attempts")  # noqa: S608
        db.execute(f"PRAGMA user_version = {step}")
    old.chmod(0o600)
    with closing(SqliteLedger(old, now=lambda: 1_800_000_000.0)) as newer:
        (attempt,) = newer.attempts()
        assert (attempt.address, attempt.job_id) == (f"{BLOB}1", None)
        with Studio(**{**options, "ledger": newer}) as studio:
            assert Files(studio)(PNG) == f"{BLOB}1"
    assert host.tokens == 1
