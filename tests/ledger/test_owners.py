"""Whether an owner lives is the same for everyone who asks at the same time."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import pytest

from coinslot.ledger import SqliteLedger, _owner
from coinslot.ledger._owner import owners_of
from tests.ledger.parts import CALL, plan, walk
from tests.proof.mortal import in_a_process

_ASKING = """
import fcntl, sys
from coinslot.ledger import SqliteLedger

lock = fcntl.lockf

def stopping(file, *how):
    lock(file, *how)
    if str(file.name).endswith(".lock"):
        print("asking", flush=True)
        sys.stdin.readline()

fcntl.lockf = stopping
ledger = SqliteLedger(sys.argv[1])
claim = ledger.claim("att_1", ledger.enter())
print("dead" if claim is not None else "alive", flush=True)
"""


def killed_at_work_in_both(one: Path, two: Path) -> str:
    for path in (one, two):
        ledger = SqliteLedger(path)
        owner = ledger.enter()
        ledger.plan(plan(), owner)
        walk(ledger, owner, "signed")
    os.kill(os.getpid(), signal.SIGKILL)
    return "still here"


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
def test_two_ledgers_in_one_folder_ask_after_one_owner_at_once(tmp_path: Path) -> None:
    one, two = tmp_path / "home" / "one.sqlite3", tmp_path / "home" / "two.sqlite3"
    in_a_process(lambda: killed_at_work_in_both(one, two))
    with subprocess.Popen(
        [sys.executable, "-c", _ASKING, str(one)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "asking"
        # An owner that is taken for alive here would make another call of this one, and pay for it.
        ledger = SqliteLedger(two)
        assert ledger.open(CALL, ["0xPayer"], ledger.enter()) is not None
        told, _ = child.communicate("\n")
    assert told.strip() == "dead"


class Abandoned:
    """Holds itself, as what an error is told with may do, and is an owner until it is collected."""

    def __init__(self, ledger: SqliteLedger) -> None:
        self.itself, self.ledger, self.owner = self, ledger, ledger.enter()

    def __del__(self) -> None:
        self.ledger.leave(self.owner)


@pytest.mark.skipif(os.name != "posix", reason="forks a process as POSIX does")
@pytest.mark.parametrize(("at", "folder"), [("secrets.token_hex", "."), ("atexit.register", "another")])
def test_garbage_may_be_collected_while_somebody_enters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str, folder: str
) -> None:
    """A stream that nobody closed lets its attempt go then, in whichever thread that happens to be."""
    module, _, name = at.partition(".")
    step = getattr(import_module(module), name)

    def collecting(*arguments: Any) -> Any:
        gc.collect()
        return step(*arguments)

    def entered() -> str:
        signal.alarm(30)
        ledger, other = SqliteLedger(tmp_path / "ledger.sqlite3"), tmp_path / folder / "ledger.sqlite3"
        owner = Abandoned(ledger).owner
        monkeypatch.setattr(at, collecting)
        SqliteLedger(other).enter()
        return str(ledger._owners.alive(owner))

    assert in_a_process(entered) == (0, "False")


_ENDING = """
import sys
from coinslot.ledger import SqliteLedger
print(SqliteLedger(sys.argv[1]).enter(), flush=True)
sys.stdin.readline()
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
@pytest.mark.parametrize(("end", "killed"), [("by itself", False), ("killed", True)])
def test_a_process_that_ends_while_somebody_asks_after_it_was_not_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, *, killed: bool
) -> None:
    """What a killed one had would be the same call's for a day, and that of one that ended is not."""
    path, is_locked = tmp_path / "home" / "ledger.sqlite3", _owner._is_locked
    with subprocess.Popen(
        [sys.executable, "-c", _ENDING, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        owner = child.stdout.readline().strip()

        def asked(stream: IO[bytes]) -> bool:
            if end == "killed":
                child.kill()
            child.communicate("\n")
            return is_locked(stream)

        owners = owners_of(path.parent / "owners")
        assert owners.alive(owner)
        monkeypatch.setattr(_owner, "_is_locked", asked)
        assert not owners.alive(owner)
    assert owners.killed(owner) is killed
