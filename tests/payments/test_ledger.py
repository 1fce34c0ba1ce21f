"""The ledger by itself: moves, owners, files, many processes."""

from __future__ import annotations

import itertools
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from coinslot._cli import build
from coinslot.attempt import (
    DELIVERY_MOVES,
    MONEY_MOVES,
    CallIdentity,
    Conclusion,
    Delivery,
    Envelope,
    ForbiddenMove,
    StoredAnswer,
)
from coinslot.backend import Credential
from coinslot.cautions import CoinslotWarning
from coinslot.errors import (
    ConfigurationError,
    ConflictingCall,
    LedgerUnavailable,
    PaymentOutcomeUnknown,
    PaymentRefused,
)
from coinslot.ledger import Limits, Plan, SqliteLedger
from coinslot.ledger._place import Mount, parse_mount, parse_mountinfo, read_mounts, shared
from coinslot.ledger._rows import planned_row
from coinslot.ledger._schema import STEPS
from coinslot.offer import Offer, Terms
from coinslot.route import JobStyle
from coinslot.terms import Budget
from coinslot.transport import PaymentTransport
from tests.proof.mortal import in_a_process

CALL = CallIdentity("https://api.example.com", "POST", "/draw", "fingerprint-1")
OFFER = Offer("x402", 2, "exact", "test:1", "0xToken", 134_000, "0xPayee", 300, {"name": "Coin"}, {"a": 1})
TERMS = Terms("test:1", "0xToken", 134_000, "0xPayee", "0xPayer", 2_000)
ENVELOPE = Envelope("POST", "https://api.example.com/draw", (("A", "b"),), b"{}", ("PAY", "signed-1"))
CREDENTIAL = Credential({"signature": "signed-1"}, nonce="n-1", evidence={"nonce": "n-1"})

PATHS = {
    "planned": (),
    "signed": ("signed",),
    "refused": ("signed", "refused"),
    "unknown": ("signed", "unknown"),
    "settled": ("signed", "settled"),
    "void": ("signed", "unknown", "void"),
    "abandoned": ("abandoned",),
}


@pytest.fixture
def ledger(tmp_path: Path) -> SqliteLedger:
    return SqliteLedger(tmp_path / "home" / "ledger.sqlite3", now=lambda: 1_000.0)


def plan(number: int = 1, **changes: object) -> Plan:
    made = Plan(
        attempt_id=f"att_{number}",
        call=CALL,
        url="https://api.example.com/draw",
        backend="coin",
        offer=OFFER,
        terms=TERMS,
        symbol="COIN",
        price=Decimal("0.134"),
        max_fee=Decimal("0.001"),
        session="ses_1",
        limits=Limits(),
        now=1_000.0,
        payees=(),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def walk(ledger: SqliteLedger, owner: str, *moves: str) -> None:
    for move in moves:
        if move == "signed":
            ledger.sign("att_1", owner, CREDENTIAL, ENVELOPE, 1_000.0)
        elif move == "abandoned":
            ledger.abandon("att_1", owner)
        else:
            ledger.conclude("att_1", owner, Conclusion(move, "as the test says"))  # type: ignore[arg-type]


@pytest.mark.parametrize(("old", "new"), list(itertools.product(MONEY_MOVES, repeat=2)))
def test_only_named_moves_of_the_money_are_possible(ledger: SqliteLedger, old: str, new: str) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, *PATHS[old])
    if new == "planned":
        return
    if new in MONEY_MOVES[old]:
        walk(ledger, owner, new)
    elif old == new and new not in {"signed", "abandoned"}:
        walk(ledger, owner, new)  # saying the same again moves nothing
    else:
        with pytest.raises((ForbiddenMove, PaymentOutcomeUnknown)):
            walk(ledger, owner, new)
    attempt = ledger.attempt("att_1")
    assert attempt is not None
    assert attempt.money == (new if new in MONEY_MOVES[old] else old)


@pytest.mark.parametrize(("old", "new"), list(itertools.product(DELIVERY_MOVES, repeat=2)))
def test_only_named_moves_of_the_delivery_are_possible(ledger: SqliteLedger, old: str, new: str) -> None:
    paths = {
        "none": (),
        "accepted": ("accepted",),
        "finished": ("accepted", "finished"),
        "saved": ("accepted", "finished", "saved"),
        "failed": ("accepted", "failed"),
        "lost": ("lost",),
    }
    ledger.plan(plan(), ledger.enter())
    for step in paths[old]:
        ledger.deliver("att_1", step)  # type: ignore[arg-type]
    if new in DELIVERY_MOVES[old] or old == new:
        ledger.deliver("att_1", new)  # type: ignore[arg-type]
    else:
        with pytest.raises(ForbiddenMove):
            ledger.deliver("att_1", new)  # type: ignore[arg-type]


@pytest.mark.parametrize("money", PATHS)
def test_only_void_and_abandoned_release_a_reservation(ledger: SqliteLedger, money: str) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, *PATHS[money])

    attempt = ledger.attempt("att_1")
    assert attempt is not None
    assert attempt.reserved == (Decimal(0) if money in {"void", "abandoned"} else Decimal("0.135"))
    limited = plan(2, limits=Limits(day=Decimal("0.20")))
    if money in {"void", "abandoned"}:
        ledger.plan(limited, owner)
    else:
        with pytest.raises(PaymentRefused, match=r"\$0.135 of it"):
            ledger.plan(limited, owner)


def test_an_attempt_reads_back_as_it_was_written(ledger: SqliteLedger) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    read = SqliteLedger(ledger.path).attempt("att_1")

    assert read is not None
    assert (read.offer, read.terms, read.call) == (OFFER, TERMS, CALL)
    assert (read.nonce, read.evidence, read.signed_at) == ("n-1", {"nonce": "n-1"}, 1_000)


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
from test_ledger import plan, walk
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
    script = _CHILD.format(path=[str(Path(__file__).parent)])
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


def answered(path: Path) -> SqliteLedger:
    """Have an answer handed out by this process, which has left its owner and still waits for the job."""
    ledger = SqliteLedger(path)
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    answer = StoredAnswer(200, "application/json", b"{}")
    told = Conclusion("settled", "paid", delivery="accepted", job_id="job-1", answer=answer)
    ledger.conclude("att_1", owner, told)
    ledger.leave(owner)
    ledger.hand_out("att_1")
    return ledger


def killed_when_answered(path: Path) -> str:
    answered(path)
    os.kill(os.getpid(), signal.SIGKILL)
    return "still here"


@pytest.mark.skipif(os.name != "posix", reason="kills a process as POSIX does")
@pytest.mark.parametrize("recovered", [False, True], ids=["called-again", "recovered-before"])
def test_a_job_whose_process_was_killed_is_the_same_calls(
    ledger: SqliteLedger,
    recovered: bool,  # noqa: FBT001 - a column
) -> None:
    assert in_a_process(lambda: killed_when_answered(ledger.path)) == (-signal.SIGKILL, "")
    heir = ledger.enter()
    if recovered:
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
from test_ledger import answered
ledger = answered(Path(sys.argv[1]))
print("answered", flush=True)
sys.stdin.readline()
"""


def test_a_job_that_its_process_left_behind_is_not_the_same_calls(ledger: SqliteLedger) -> None:
    """Who orders a job and ends may order it again; `recover` gives back the first."""
    script = _LEAVING.format(path=[str(Path(__file__).parent), str(Path(__file__).parents[2])])
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
from test_ledger import answered
worker = multiprocessing.get_context("fork").Process(target=answered, args=[Path(sys.argv[1])])
worker.start()
worker.join()
sys.exit(worker.exitcode)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks here")
def test_a_worker_of_a_pool_that_comes_to_its_end_was_not_killed(ledger: SqliteLedger) -> None:
    script = _WORKING.format(path=[str(Path(__file__).parent), str(Path(__file__).parents[2])])
    subprocess.run([sys.executable, "-W", "ignore", "-c", script, str(ledger.path)], check=True)
    assert ledger.open(CALL, ["0xPayer"], ledger.enter()) is None


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_files_are_for_their_owner_alone(ledger: SqliteLedger) -> None:
    ledger.plan(plan(), ledger.enter())
    folder = ledger.path.parent

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir() if path.is_file()}
    assert set(modes.values()) == {0o600}
    assert "ledger.sqlite3-wal" in modes
    ledger.close()
    ledger.path.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        SqliteLedger(ledger.path).attempts()


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_no_ledger_opens_where_other_machines_write_too(tmp_path: Path, kind: str) -> None:
    mounts = [
        Mount(Path("/"), "ext4"),
        Mount(tmp_path / "share", kind),
        Mount(tmp_path / "share/own", "ext4"),
    ]
    for folder in (tmp_path / "share", tmp_path / "share" / "below" / "it"):
        ledger = SqliteLedger(folder / "ledger.sqlite3", mounts=lambda: mounts)
        with pytest.raises(LedgerUnavailable, match=rf"{kind}.*set COINSLOT_HOME"):
            ledger.attempts()
        assert not ledger.path.exists()

    SqliteLedger(tmp_path / "share" / "own" / "ledger.sqlite3", mounts=lambda: mounts).attempts()
    SqliteLedger(tmp_path / "ledger.sqlite3", mounts=list).attempts()


def test_the_mount_that_was_made_last_counts(tmp_path: Path) -> None:
    mounts = [Mount(tmp_path, "nfs"), Mount(tmp_path, "ext4"), Mount(Path("/"), "9p")]
    assert shared(tmp_path, lambda: mounts) is None
    assert shared(tmp_path, lambda: mounts[::-1]) == "nfs"
    assert shared(Path("/elsewhere"), lambda: mounts) is None  # a machine whose every file is from elsewhere


def test_mounts_are_read_from_what_systems_print() -> None:
    linux = [
        r"36 35 98:0 / /mnt/a\040b rw,noatime master:1 shared:2 - nfs4 server:/a rw",
        "22 1 0:3 / /proc rw - proc proc rw",
        "not a mount",
    ]
    macos = [
        "/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)",
        "//ada@host/share on /Volumes/my share (smbfs, nodev, nosuid, mounted by ada)",
    ]
    assert list(parse_mountinfo(linux)) == [Mount(Path("/mnt/a b"), "nfs4"), Mount(Path("/proc"), "proc")]
    assert list(parse_mount(macos)) == [
        Mount(Path("/"), "apfs"),
        Mount(Path("/Volumes/my share"), "smbfs"),
    ]
    if sys.platform == "linux":
        assert Path("/proc") in [mount.point for mount in read_mounts()]


def test_a_live_keys_ledger_in_a_folder_for_temporary_files_is_warned_of(tmp_path: Path) -> None:
    environ = {"COINSLOT_HOME": str(tmp_path), "COINSLOT_EVM_KEY": f"{7:064x}"}
    with pytest.warns(CoinslotWarning, match="temporary files.*Set COINSLOT_HOME"):
        assert PaymentTransport(pay_with=["base"], environ=environ).recover() == []
    # Of a test key, and of a ledger that was given, nothing is said: warnings are errors here.
    test = {**environ, "COINSLOT_EVM_KEY": f"test:{7:064x}"}
    assert PaymentTransport(pay_with=["base"], environ=test).recover() == []
    given = SqliteLedger(tmp_path / "ledger.sqlite3")
    assert PaymentTransport(pay_with=["base"], environ=environ, ledger=given).recover() == []


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
@pytest.mark.parametrize("given", [False, True], ids=["of-home", "given"])
def test_a_live_keys_ledger_is_not_kept_where_others_can_take_it_away(
    tmp_path: Path,
    given: bool,  # noqa: FBT001 - a column
) -> None:
    home = tmp_path / "home"
    home.mkdir()

    def told(key: str) -> str:
        environ = {"COINSLOT_HOME": str(home), "COINSLOT_EVM_KEY": key}
        ledger = SqliteLedger(home / "ledger.sqlite3") if given else None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", CoinslotWarning)
            assert PaymentTransport(pay_with=["base"], environ=environ, ledger=ledger).recover() == []
        return " ".join(text for one in caught if "chmod" in (text := str(one.message)))

    live, test = f"{7:064x}", f"test:{7:064x}"
    home.chmod(0o777)
    with pytest.raises(ConfigurationError, match=f"everybody.*chmod 700 {home}"):
        told(live)
    assert "everybody" in told(test)
    home.chmod(0o770)
    assert "its group" in told(live)
    assert told(test) == ""
    home.chmod(0o755)
    assert told(live) == ""
    tmp_path.chmod(0o777)
    assert f"everybody can write to {tmp_path}" in told(live)
    tmp_path.chmod(0o1777)  # what is whose there, nobody else takes away
    assert told(live) == ""


def test_an_older_ledger_is_brought_up_to_date_with_all_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite3"
    row = planned_row(plan(), "")
    del row["budget"], row["printed"]
    with sqlite3.connect(path) as db:
        db.executescript(STEPS[0])
        names, places = ", ".join(row), ", ".join("?" for _ in row)
        db.execute(f"INSERT INTO attempts ({names}) VALUES ({places})", tuple(row.values()))  # noqa: S608
        db.execute("PRAGMA user_version = 1")
    db.close()
    path.chmod(0o600)

    (kept,) = SqliteLedger(path).attempts()
    assert (kept.id, kept.terms, kept.money, kept.budget) == ("att_1", TERMS, "planned", None)


def test_planning_a_payment_costs_the_same_in_a_ledger_of_thousands(ledger: SqliteLedger) -> None:
    steps: list[int] = []

    def planned(number: int) -> int:
        with ledger.database.reading() as db:
            db.set_progress_handler(lambda: steps.append(1), 1)
        steps.clear()
        ledger.plan(plan(number, payees=None), ledger.enter())
        return len(steps)

    _bought_before(ledger, range(1, 30))
    among_few = planned(30)
    _bought_before(ledger, range(31, 2_000))
    assert planned(2_000) < 1.2 * among_few


def _bought_before(ledger: SqliteLedger, numbers: range) -> None:
    rows = [planned_row(plan(number), "") | {"money": "settled", "delivery": "saved"} for number in numbers]
    names, places = ", ".join(rows[0]), ", ".join("?" for _ in rows[0])
    with ledger.database.transaction() as db:
        insert = f"INSERT INTO attempts ({names}) VALUES ({places})"  # noqa: S608
        db.executemany(insert, [tuple(row.values()) for row in rows])


def test_a_named_budget_holds_for_all_calls_of_its_name_to_an_origin(ledger: SqliteLedger) -> None:
    sunsets = Budget("sunsets", Decimal("0.30"))
    for number in (1, 2):
        ledger.plan(plan(number, budget=sunsets, session=f"ses_{number}"), ledger.enter())

    elsewhere = replace(CALL, origin="https://api.example.org")
    ledger.plan(plan(3, budget=sunsets, call=elsewhere), ledger.enter())
    ledger.plan(plan(4, budget=replace(sunsets, name="cats")), ledger.enter())
    with pytest.raises(PaymentRefused, match=r"'sunsets' is \$0.30; \$0.27 of it"):
        ledger.plan(plan(5, budget=sunsets), ledger.enter())
    assert [attempt.budget for attempt in ledger.attempts()] == ["sunsets"] * 3 + ["cats"]


def test_a_named_budget_may_hold_for_an_hour_and_for_a_day(ledger: SqliteLedger) -> None:
    hourly = Budget("agent", None, hour=Decimal("0.15"), day=Decimal("0.30"))
    ledger.plan(plan(1, budget=hourly), ledger.enter())
    with pytest.raises(PaymentRefused, match=r"'agent' in one hour is \$0.15; \$0.13"):
        ledger.plan(plan(2, budget=hourly), ledger.enter())
    ledger.plan(plan(3, budget=hourly, now=1_000.0 + 3601), ledger.enter())
    with pytest.raises(PaymentRefused, match=r"'agent' in 24 hours is \$0.30; \$0.27"):
        ledger.plan(plan(4, budget=hourly, now=1_000.0 + 7300), ledger.enter())
    ledger.plan(plan(5, budget=hourly, now=1_000.0 + 24 * 3600 + 1), ledger.enter())


def test_a_newer_ledger_is_left_alone(ledger: SqliteLedger) -> None:
    ledger.attempts()
    with sqlite3.connect(ledger.path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(ConfigurationError, match="newer coinslot"):
        SqliteLedger(ledger.path).attempts()


def test_a_long_answer_is_kept_in_a_file_of_its_owners_until_it_is_handed_out(ledger: SqliteLedger) -> None:
    long = StoredAnswer(200, "video/mp4", b"\0\xff" * 200_000)
    for number, key in ((1, None), (2, "k")):
        owner = ledger.enter()
        ledger.plan(plan(number, call=replace(CALL, idempotency_key=key)), owner)
        ledger.sign(
            f"att_{number}",
            owner,
            replace(CREDENTIAL, nonce=f"n-{number}"),
            replace(ENVELOPE, credential_header=("PAY", f"signed-{number}")),
            1_000.0,
        )
        done = Conclusion("settled", "done", delivery="finished", answer=long)
        ledger.conclude(f"att_{number}", owner, done)
        ledger.leave(owner)
    kept = sorted((ledger.path.parent / "answers").iterdir())
    assert [path.name for path in kept] == ["att_1.answer", "att_2.answer"]
    if os.name == "posix":
        assert {stat.S_IMODE(path.stat().st_mode) for path in kept} == {0o600}
    claim = ledger.open(CALL, ["0xPayer"], ledger.enter())
    assert claim is not None
    assert claim.answer == long

    for number in (1, 2):
        ledger.hand_out(f"att_{number}")
    assert [path.name for path in kept if path.exists()] == [
        "att_2.answer"
    ]  # a key gives the same answer again
    assert ledger.purge() == 2
    assert not any(path.exists() for path in kept)


def test_what_is_true_of_the_money_is_written_where_a_long_answer_finds_no_room(ledger: SqliteLedger) -> None:
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    walk(ledger, owner, "signed")
    (ledger.path.parent / "answers").write_text("")
    answer = StoredAnswer(200, "video/mp4", b"x" * 400_000)
    told = ledger.conclude("att_1", owner, Conclusion("settled", "done", delivery="finished", answer=answer))
    assert (told.money, told.delivery) == ("settled", "finished")


def _no_folder(home: Path) -> None:
    home.write_text("")


def _owners_is_a_file(home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "owners").write_text("")


def _no_database(home: Path) -> None:
    home.mkdir(mode=0o700)
    (home / "ledger.sqlite3").write_bytes(b"not a database, certainly not one" * 100)
    (home / "ledger.sqlite3").chmod(0o600)


def _damaged_row(home: Path) -> None:
    ledger = SqliteLedger(home / "ledger.sqlite3")
    owner = ledger.enter()
    ledger.plan(plan(), owner)
    ledger.leave(owner)
    ledger.close()
    with sqlite3.connect(ledger.path) as db:
        db.execute("UPDATE attempts SET offer = '{'")
    db.close()


def _cut_short(home: Path) -> None:
    _damaged_row(home)
    path = home / "ledger.sqlite3"
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 4096)
    for beside in home.glob("ledger.sqlite3-*"):
        beside.unlink()


DAMAGES = [_no_folder, _owners_is_a_file, _no_database, _damaged_row, _cut_short]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_ledger_that_cannot_be_used_says_so_in_one_type(
    damage: Callable[[Path], None], tmp_path: Path
) -> None:
    damage(home := tmp_path / "home")
    ledger = SqliteLedger(home / "ledger.sqlite3")

    with pytest.raises(LedgerUnavailable):  # noqa: PT012 - some damage is only met when all is read
        owner = ledger.enter()
        ledger.open(CALL, ["0xPayer"], owner)
        ledger.attempts()


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize(
    "arguments",
    [
        ["ledger", "list"],
        ["ledger", "show", "att_1"],
        ["ledger", "resolve", "att_1", "void", "--note", "looked", "--yes"],
        ["ledger", "recover", "--pay-with", "base"],
        ["ledger", "purge", "--prompts"],
        ["trust", "https://api.example.com", "0x" + "1" * 40, "--yes"],
    ],
    ids=" ".join,
)
def test_commands_say_it_in_one_line(
    damage: Callable[[Path], None], arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(home := tmp_path / "home")
    monkeypatch.setenv("COINSLOT_HOME", str(home))
    monkeypatch.setenv("COINSLOT_EVM_KEY", f"test:{7:064x}")

    ran = CliRunner().invoke(build(), arguments)

    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    assert "Traceback" not in ran.output
    if ran.exit_code:
        assert len(ran.stderr.strip().splitlines()) == 1 or "Usage" in ran.stderr


def _bytes(ledger: SqliteLedger) -> bytes:
    return b"".join(path.read_bytes() for path in ledger.path.parent.glob("ledger*"))
