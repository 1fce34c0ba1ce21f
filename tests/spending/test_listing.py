"""`coinslot ledger list`, `show` and `summary`, as a person types them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from coinslot.ledger import SqliteLedger
from coinslot.spending import moment
from tests.spending.conftest import FILM, HOST, NOON, Book, Run


def test_an_empty_ledger_says_so(book: Book, run: Run) -> None:
    assert "Nothing was paid" in run("list").output
    assert "Nothing was paid" in run("summary").output
    assert run("list", "--json").output == ""
    assert len(run("export").output.splitlines()) == 1


def test_eighty_columns_hold_id_host_and_route(book: Book, run: Run) -> None:
    book.pay()
    book.pay("12.5", backend="solana", money="unknown", route="/api/generate/nano-banana-pro/generate")
    shown = run("list").output
    assert max(map(len, shown.splitlines())) <= 80
    for text in ("0000c0f", "0001c0f", HOST, "/api/paint-pro/generate", "$0.134", "$12.50", "unknown"):
        assert text in shown
    assert "/api/generate/nano-banana-pro/generate" in shown
    assert "2027-01-15" in shown
    assert "12:00" in shown
    assert "times in CET (UTC+01:00)" in shown
    assert "$0.134 paid · $12.50 open" in " ".join(shown.split())


def test_a_wide_terminal_has_a_line_for_each(book: Book, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    book.pay()
    (line,) = (line for line in run("list").output.splitlines() if "0000c0f" in line)
    for text in ("2027-01-15 12:00", HOST, "/api/paint-pro/generate", "base", "settled", "finished"):
        assert text in line


def test_short_ids_are_enough_wherever_one_is_named(book: Book, run: Run) -> None:
    book.pay(money="unknown", attempt_id="att_abc1000000000000")
    book.pay(money="unknown", attempt_id="att_abc2000000000000")
    assert json.loads(run("show", "abc1", "--json").output)["id"] == "att_abc1000000000000"
    assert "att_abc2000000000000" in run("show", "att_abc2").output
    several = run("show", "abc")
    assert (several.exit_code, "att_abc1000000000000, att_abc2" in several.output) == (1, True)
    assert run("show", "att_").exit_code == 1
    assert run("show", "").exit_code == 1
    assert run("resolve", "abc2", "settled", "--note", "I looked", "--yes").exit_code == 0
    assert [one.money for one in SqliteLedger(book.ledger.path).attempts()] == ["unknown", "settled"]


def test_a_jobs_id_that_begins_the_id_of_another_attempt_names_neither(book: Book, run: Run) -> None:
    """Servers count their jobs: what is given up by job 12 must not be the attempt whose id begins so."""
    book.pay(attempt_id="att_abc0000000000000", job_id="12")
    book.pay(attempt_id="att_12c0000000000000", job_id="13")
    several = run("show", "12")
    assert (several.exit_code, "att_12c0" in several.output, "att_abc0" in several.output) == (1, True, True)
    assert json.loads(run("show", "13", "--json").output)["id"] == "att_12c0000000000000"
    assert json.loads(run("show", "12c", "--json").output)["id"] == "att_12c0000000000000"


def test_one_attempt_is_shown_with_its_history(book: Book, run: Run) -> None:
    book.pay(note="odd \x1b[2J\u202etext")
    shown = run("show", "0000").output
    assert "2027-01-15T12:00:12+01:00  settled, finished" in shown
    assert "odd [2J" in shown
    assert not {"\x1b", "\u202e"} & set(shown)
    told = json.loads(run("show", "0000", "--json").output)
    assert [move["money"] for move in told["history"]] == ["planned", "signed", "settled", "settled"]
    assert (told["seconds"], told["printed_low_usd"]) == (12.0, "0.13")


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--route", "film"], [1]),
        (["--origin", "other.example"], [2]),
        (["--origin", "https://other.example/"], [2]),
        (["--backend", "solana", "--backend", "tempo"], [1, 2]),
        (["--state", "open"], [2]),
        (["--state", "settled", "--route", "paint"], [0, 3]),
        (["--state", "finished"], [0, 1, 3]),
        (["--since", "2027-01-16"], [3]),
        (["--since", "2027-01-15 12:01"], [3]),
        (["--last", "2"], [2, 3]),
        (["--state", "void"], []),
    ],
)
def test_attempts_are_chosen(book: Book, run: Run, options: list[str], found: list[int]) -> None:
    book.pay()
    book.pay(route=FILM, backend="solana")
    book.pay(money="refused", origin="https://other.example", backend="tempo")
    book.time = NOON + 24 * 3600
    book.pay()
    lines = run("list", *options, "--json").output.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [book.ids[number] for number in found]
    if not found:
        assert "No attempt fits." in run("list", *options).output


def test_a_table_of_many_has_the_newest_and_says_how_more_are_seen(book: Book, run: Run) -> None:
    for _ in range(103):
        book.pay("1")
    shown = run("list")
    assert [one in shown.stdout for one in ("0002c0f", "0003c0f", "0066c0f")] == [False, True, True]
    assert "$100.00 paid" in shown.stdout
    assert shown.stderr == (
        "The newest 100 of 103, and their sums. --all lists every one, --last so many; "
        "'coinslot ledger summary' adds all of them up.\n"
    )
    for option in (["--all"], ["--last", "103"]):
        shown = run("list", *option)
        assert ("0000c0f" in shown.stdout, "$103.00 paid" in shown.stdout, shown.stderr) == (True, True, "")
    assert run("list", "--all", "--last", "2").exit_code == 2


def test_programs_are_given_all(book: Book, run: Run) -> None:
    for _ in range(101):
        book.pay()
    for arguments in (["list", "--json"], ["list", "--json", "--all"], ["export"]):
        told = run(*arguments)
        assert (len(told.stdout.splitlines()) - (arguments == ["export"]), told.stderr) == (101, "")


def test_a_time_that_is_none_is_refused(book: Book, run: Run) -> None:
    for text in ("yesterday", "2027-13-01", "9999w"):
        assert run("list", "--since", text).exit_code in {0, 2}
    assert "A time is written as in" in run("list", "--since", "soon").output


def test_sums_are_exact_in_every_grouping(book: Book, run: Run) -> None:
    for _ in range(10):
        book.pay("0.1000000000000000001")
    book.pay("0.30", money="unknown", backend="solana")
    book.pay("5", money="planned")
    for by in ("day", "month", "route", "origin", "backend"):
        groups = [json.loads(line) for line in run("summary", "--by", by, "--json").output.splitlines()]
        assert sum(group["calls"] for group in groups) == 12
        assert groups[0]["paid_usd"] == "1.0000000000000000010"
    shown = run("summary", "--by", "backend").output
    assert "$1.000000000000000001" in shown
    assert "$5.30" in shown


def test_the_days_are_those_of_the_reader(book: Book, run: Run) -> None:
    book.time = NOON + 12 * 3600 - 60
    book.pay()
    book.pay(seconds=None)
    book.time += 120
    book.pay()
    groups = [json.loads(line) for line in run("summary", "--by", "day", "--json").output.splitlines()]
    assert [(group["key"], group["calls"]) for group in groups] == [("2027-01-15", 2), ("2027-01-16", 1)]


def test_a_narrow_terminal_breaks_no_route(book: Book, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    book.pay()
    shown = run("list").output.splitlines()
    assert max(map(len, shown)) <= 40
    assert "  /api/paint-pro/generate" in (line.rstrip() for line in shown)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        ("2027-01-15 11:00+00:00", "2027-01-14 23:00+00:00"),
        ("2027-03-28 11:00+00:00", "2027-03-27 23:00+00:00"),
        ("2027-03-28 00:30+00:00", "2027-03-27 23:00+00:00"),
        ("2027-10-31 11:00+00:00", "2027-10-30 22:00+00:00"),
    ],
)
def test_today_begins_at_midnight_also_when_the_clocks_are_changed_after_it(now: str, midnight: str) -> None:
    assert moment("today", datetime.fromisoformat(now)) == datetime.fromisoformat(midnight)


def test_yesterday_is_the_day_before_also_where_a_month_begins() -> None:
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert moment(" Yesterday ", now, UTC) == datetime(2026, 2, 28, tzinfo=UTC)
