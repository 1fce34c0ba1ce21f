"""What leaves the ledger for other programs: exact, harmless, and without anything that opens a door."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from tests.spending.conftest import Book, Run


def test_csv_and_json_hold_the_same(book: Book, run: Run) -> None:
    book.pay("0.1234567890123456789")
    book.pay(money="refused")
    rows = list(csv.DictReader(io.StringIO(run("export").output)))
    objects = json.loads(run("export", "--json").output)
    assert [row["id"] for row in rows] == [one["id"] for one in objects] == book.ids
    assert rows[0]["price_usd"] == objects[0]["price_usd"] == "0.1234567890123456789"
    assert rows[0]["created_at"] == "2027-01-15T12:00:00+01:00"
    grouped = list(csv.DictReader(io.StringIO(run("export", "--by", "day").output)))
    assert [(row["key"], row["calls"], row["open_usd"]) for row in grouped] == [("2027-01-15", "2", "0.134")]


@pytest.mark.parametrize("beginning", [*"=+-@|\uff1d\uff0b", "\t=", "\r=", " =", '"=', "'="])
def test_a_spreadsheet_computes_nothing(book: Book, run: Run, beginning: str) -> None:
    book.pay(note=f"{beginning}HYPERLINK(1)", job_id=f"{beginning}1+1")
    (row,) = csv.DictReader(io.StringIO(run("export").output))
    for name in ("note", "job_id"):
        assert row[name].startswith("'"), row[name]


@pytest.mark.parametrize("beginning", ["=", " =", '"=', "-", ";@"])
def test_a_spreadsheet_that_ends_cells_at_semicolons_computes_nothing_either(
    book: Book, run: Run, beginning: str
) -> None:
    book.pay(note=f'was; told;{beginning}HYPERLINK(1)";{beginning}1+1')
    for cell in run("export").output.split(";"):
        assert cell.strip('" ')[:1] not in set("=+-@"), cell


def test_no_control_character_leaves(book: Book, run: Run) -> None:
    book.pay(note="a\x1b]8;;http://evil\x07b\x00\u202e\nnext", job_id="job\u200b\x9b31m")
    for command in (["export"], ["export", "--json"], ["list"], ["list", "--json"], ["show", "0000"]):
        output = run(*command).output
        assert not {"\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u200b"} & set(output)
        assert "\\u001b" not in output


def test_no_credential_leaves(book: Book, run: Run, tmp_path: Path) -> None:
    book.pay()
    book.pay(money="unknown")
    page = tmp_path / "report.html"
    assert run("report", "-o", str(page)).exit_code == 0
    texts = [page.read_text("utf-8")]
    commands = (["list"], ["list", "--json"], ["show", "0001"], ["show", "0000", "--json"], ["summary"])
    texts += [run(*command).output for command in commands]
    texts += [run("export").output, run("export", "--json").output]
    assert not [text for text in texts if "SECRET" in text]


def test_a_file_is_its_owners_alone_and_not_replaced(book: Book, run: Run, tmp_path: Path) -> None:
    book.pay()
    path = tmp_path / "out.csv"
    assert run("export", "-o", str(path)).exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text("mine")
    refused = run("export", "-o", str(path))
    assert (refused.exit_code, "--force" in refused.output, path.read_text()) == (1, True, "mine")
    assert run("export", "-o", str(path), "--force").exit_code == 0
    assert path.read_text() != "mine"
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "out.csv"]


def test_a_report_replaces_a_report_and_nothing_else(book: Book, run: Run, tmp_path: Path) -> None:
    book.pay()
    path = tmp_path / "report.html"
    assert run("report", "-o", str(path)).exit_code == 0
    assert run("report", "-o", str(path)).exit_code == 0
    path.write_text("mine")
    assert run("report", "-o", str(path)).exit_code == 1
    assert path.read_text() == "mine"
    missing = run("report", "-o", str(tmp_path / "none" / "report.html"))
    assert (missing.exit_code, "cannot be written" in missing.output) == (1, True)
