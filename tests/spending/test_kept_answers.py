"""A paid answer that is kept in the ledger, as a part or because nobody could read it, becomes a file."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from coinslot.attempt import StoredAnswer
from tests.spending.conftest import Book, Run

PART = b"\x89PNG\r\n\x1a\nhalf of"
LONG = b"\x00\xff" * (512 * 1024)


@pytest.mark.parametrize("body", [PART, LONG], ids=["short", "long"])
@pytest.mark.parametrize("partial", [True, False])
def test_a_kept_answer_becomes_a_file_of_its_owners(
    book: Book, run: Run, tmp_path: Path, body: bytes, *, partial: bool
) -> None:
    paid = book.pay(money="unknown", answer=StoredAnswer(200, "image/png", body, partial))
    file = tmp_path / "answer.png"
    told = run("show", paid, "--save-answer", str(file))
    assert (told.exit_code, file.read_bytes()) == (0, body)
    assert f"{file}: {len(body)} bytes" in told.stderr
    assert ("broke off" in told.stderr) is partial
    if os.name == "posix":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_file_is_replaced(book: Book, run: Run, tmp_path: Path) -> None:
    paid = book.pay(money="unknown", answer=StoredAnswer(200, "image/png", PART, partial=True))
    (tmp_path / "there").write_bytes(b"mine")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for name in ("there", "link", "no/such/folder"):
        told = run("show", paid, "--save-answer", str(tmp_path / name))
        assert (told.exit_code, name in told.stderr) == (1, True)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "link", "there"]
    assert (tmp_path / "there").read_bytes() == b"mine"


def test_show_says_what_is_kept_and_how_it_is_had(book: Book, run: Run, tmp_path: Path) -> None:
    paid = book.pay(money="unknown", answer=StoredAnswer(200, "image/png", PART, partial=True))
    nothing = book.pay(money="unknown")
    shown = run("show", paid).output
    assert f"{len(PART)} bytes of its answer (image/png), which broke off" in shown
    assert f"'coinslot ledger show {paid} --save-answer FILE'" in shown
    assert "half of" not in shown
    assert json.loads(run("show", paid, "--json").output)["answer"] == {
        "bytes": len(PART), "type": "image/png", "partial": True,
    }  # fmt: skip
    assert json.loads(run("show", nothing, "--json").output)["answer"] is None
    assert "--save-answer" not in run("show", nothing).output
    told = run("show", nothing, "--save-answer", str(tmp_path / "answer"))
    assert (told.exit_code, "No answer" in told.stderr) == (1, True)
    assert not (tmp_path / "answer").exists()
