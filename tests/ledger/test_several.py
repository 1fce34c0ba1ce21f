"""Several ledgers of one program at one file, beside other programs that come and go."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

from coinslot.ledger import SqliteLedger
from tests.ledger.parts import plan

_LOOKING = """
import sys
from pathlib import Path
from coinslot.ledger import SqliteLedger
ledger = SqliteLedger(Path(sys.argv[1]))
print(*(attempt.id for attempt in ledger.attempts()))
ledger.close()
"""


def looked(path: Path) -> list[str]:
    """Let another program look into the ledger, and close it."""
    command = [sys.executable, "-c", _LOOKING, str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def test_what_one_writes_stays_when_another_program_closes_the_file(tmp_path: Path) -> None:
    """SQLite takes the program that closes for the last one, if nobody's lock says otherwise."""
    path = tmp_path / "ledger.sqlite3"
    first, second = SqliteLedger(path), SqliteLedger(path)
    owner = first.enter()
    assert first.attempts() == second.attempts() == []
    assert looked(path) == []
    first.plan(plan(), owner)
    assert looked(path) == ["att_1"]
    assert [attempt.id for attempt in second.attempts()] == ["att_1"]


def test_who_begins_a_ledger_that_another_is_beginning_waits(tmp_path: Path) -> None:
    """SQLite itself does not, for the journal that is written ahead."""
    path = tmp_path / "ledger.sqlite3"
    path.touch(0o600)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as another:
        another.execute("BEGIN IMMEDIATE")
        done = threading.Timer(0.2, another.rollback)
        done.start()
        assert SqliteLedger(path).attempts() == []
        done.join()
