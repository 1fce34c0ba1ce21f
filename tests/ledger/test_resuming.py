"""Who may take an attempt over, alive or killed, and which call is the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from coinslot.attempt import Conclusion, Delivery
from coinslot.errors import ConflictingCall, PaymentOutcomeUnknown, PaymentRefused
from coinslot.ledger import Limits, SqliteLedger
from tests.ledger.parts import CALL, ENVELOPE, answered, plan, walk
from tests.proof.mortal import in_a_process


def test_a_late_writer_is_told_that_the_attempt_is_not_its_own(ledger: SqliteLedger) -> None:
    first, second = ledger.enter(), ledger.enter()
    ledger.plan(plan(), first)
    walk(ledger, first, "signed")
    ledger.leave(first)
    claim = ledger.open(CALL, ["0xPayer"], second)

    assert claim is not None
    assert claim.envelope == ENVELOPE
    with pytest.raises(PaymentOutcomeUnknown, match="took this attempt over"):
        ledger.conclude("att_1", first, Conclusion("settled", "too late"))


def test_equal_calls_that_are_alive_are_distinct(ledger: SqliteLedger) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")

    assert ledger.open(CALL, ["0xPayer"], ledger.enter()) is None


def test_another_payer_resumes_nothing(ledger: SqliteLedger) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    ledger.leave(owner)

    assert ledger.open(CALL, ["0xSomeoneElse"], ledger.enter()) is None


def test_a_planned_attempt_of_a_dead_owner_is_abandoned(ledger: SqliteLedger) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    ledger.leave(owner)

    assert ledger.open(CALL, ["0xPayer"], ledger.enter()) is None
    attempt = ledger.attempt("att_1")
    assert attempt is not None
    assert attempt.money == "abandoned"


def test_a_key_in_use_is_not_used_twice(ledger: SqliteLedger) -> None:
    keyed = replace(CALL, idempotency_key="k")
    owner = ledger.enter()
    ledger.plan(plan(call=keyed), owner)

    with pytest.raises(ConflictingCall, match="right now"):
        ledger.open(keyed, ["0xPayer"], ledger.enter())
    with pytest.raises(ConflictingCall, match="right now"):
        ledger.plan(plan(2, call=keyed), ledger.enter())


_CHILD = """
import os, signal, sys
from pathlib import Path
sys.path[:0] = {path!r}
from tests.ledger.parts import plan, walk
from coinslot.ledger import SqliteLedger
ledger = SqliteLedger(Path(sys.argv[1]))
owner = ledger.enter()
ledger.plan(plan(), owner)
walk(ledger, owner, "signed")
print("signed", flush=True)
signal.pause()
"""


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
def test_a_killed_process_owns_nothing_any_more(ledger: SqliteLedger) -> None:
    script = _CHILD.format(path=[str(Path(__file__).parents[2])])
    with subprocess.Popen(
        [sys.executable, "-c", script, str(ledger.path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "signed"
        owner = ledger.enter()
        assert ledger.open(CALL, ["0xPayer"], owner) is None
        child.send_signal(signal.SIGKILL)
        child.wait()
        claim = ledger.open(CALL, ["0xPayer"], owner)

    assert claim is not None
    assert (claim.attempt.money, claim.envelope) == ("signed", ENVELOPE)


def killed_when_planned(path: Path) -> str:
    ledger = SqliteLedger(path)
    ledger.plan(plan(payees=None), ledger.enter())
    os.kill(os.getpid(), signal.SIGKILL)
    return "still here"


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
def test_what_a_killed_process_planned_holds_neither_budget_nor_payee(ledger: SqliteLedger) -> None:
    assert in_a_process(lambda: killed_when_planned(ledger.path)) == (-signal.SIGKILL, "")
    other = replace(CALL, fingerprint="fingerprint-2")
    limits = Limits(day=Decimal("0.135"))

    ledger.plan(plan(2, call=other, payees=None, limits=limits), ledger.enter())

    assert [attempt.money for attempt in ledger.attempts()] == ["abandoned", "planned"]
    with pytest.raises(PaymentRefused):
        ledger.plan(plan(3, call=other, limits=limits), ledger.enter())


def killed_when_answered(path: Path, *, recovered: bool = False) -> str:
    ledger = answered(path)
    if recovered:
        heir = ledger.enter(recovering=True)
        assert ledger.claim("att_1", heir) is not None
        ledger.release("att_1", heir)
        ledger.leave(heir)
    os.kill(os.getpid(), signal.SIGKILL)
    return "still here"


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
@pytest.mark.parametrize("recovered", ["never", "before", "after"])
def test_a_job_whose_process_was_killed_is_the_same_calls(ledger: SqliteLedger, recovered: str) -> None:
    """Also where somebody recovers: while the program waits for its job, or when it is dead."""
    before = recovered == "before"
    ended = in_a_process(lambda: killed_when_answered(ledger.path, recovered=before))
    assert ended == (-signal.SIGKILL, "")
    heir = ledger.enter()
    if recovered == "after":
        assert ledger.claim("att_1", heir) is not None
        ledger.release("att_1", heir)

    claim = ledger.open(CALL, ["0xPayer"], heir)

    assert claim is not None
    assert claim.answer is not None
    assert (claim.attempt.money, claim.attempt.job_id) == ("settled", "job-1")
    ledger.hand_out("att_1")
    ledger.leave(heir)
    assert ledger.open(CALL, ["0xPayer"], ledger.enter()) is None


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
@pytest.mark.parametrize(
    ("delivery", "later", "same"),
    [
        ("accepted", 80_000, True),
        ("accepted", 90_000, False),
        ("finished", 0, True),
        ("finished", 400, False),
        ("saved", 0, False),
        ("failed", 0, False),
        ("lost", 0, False),
    ],
)
def test_what_a_killed_process_had_is_the_same_calls_as_long_as_it_may_have_been_at_work(
    ledger: SqliteLedger, delivery: Delivery, later: float, *, same: bool
) -> None:
    in_a_process(lambda: killed_when_answered(ledger.path))
    now = time.time()
    steps: dict[str, list[Delivery]] = {"accepted": [], "saved": ["finished", "saved"]}
    with closing(SqliteLedger(ledger.path, now=lambda: now)) as restarted:
        for step in steps.get(delivery, [delivery]):
            restarted.deliver("att_1", step)
        now += later
        claim = restarted.open(CALL, ["0xPayer"], restarted.enter())

    assert (claim is not None) is same


_LEAVING = """
import sys
from pathlib import Path
sys.path[:0] = {path!r}
from tests.ledger.parts import answered
ledger = answered(Path(sys.argv[1]))
print("answered", flush=True)
sys.stdin.readline()
"""


def test_a_job_that_its_process_left_behind_is_not_the_same_calls(ledger: SqliteLedger) -> None:
    """Who orders a job and ends may order it again; `recover` gives back the first."""
    script = _LEAVING.format(path=[str(Path(__file__).parents[2])])
    with subprocess.Popen(
        [sys.executable, "-c", script, str(ledger.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "answered"
        assert ledger.open(CALL, ["0xPayer"], ledger.enter()) is None
        child.communicate("\n")

    assert child.returncode == 0
    assert ledger.open(CALL, ["0xPayer"], ledger.enter()) is None


_WORKING = """
import multiprocessing, sys
from pathlib import Path
sys.path[:0] = {path!r}
from tests.ledger.parts import answered
worker = multiprocessing.get_context("fork").Process(target=answered, args=[Path(sys.argv[1])])
worker.start()
worker.join()
sys.exit(worker.exitcode)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_worker_of_a_pool_that_comes_to_its_end_was_not_killed(ledger: SqliteLedger) -> None:
    script = _WORKING.format(path=[str(Path(__file__).parents[2])])
    subprocess.run([sys.executable, "-W", "ignore", "-c", script, str(ledger.path)], check=True)
    assert ledger.open(CALL, ["0xPayer"], ledger.enter()) is None
