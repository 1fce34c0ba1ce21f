"""The files of a ledger: of other versions, with long answers, damaged."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from coinslot._cli import build
from coinslot.attempt import Conclusion, StoredAnswer
from coinslot.errors import ConfigurationError, LedgerUnavailable
from coinslot.ledger import SqliteLedger
from coinslot.ledger._rows import planned_row
from coinslot.ledger._schema import STEPS
from tests.ledger.parts import CALL, CREDENTIAL, ENVELOPE, TERMS, plan, walk


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
