"""What a person sees at a terminal: lines that fit, and what is told to whom."""

from __future__ import annotations

import json
import re
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from coinslot import _cli
from coinslot.cautions import CoinslotWarning
from coinslot.console import _priced
from coinslot.console._tables import fitting
from coinslot.terminal import fitted
from coinslot_sandbox.server import Server
from tests.console.conftest import Run
from tests.console.conftest import Terminal as Shown
from tests.terminals import Terminal


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("as it is", None, ["as it is"]),
        ("as it is", 10, ["as it is"]),
        ("words that go on and on and on", 20, ["words that go on and", "on and on"]),
        ("a: " + "x" * 30, 20, ["a: " + "x" * 30]),
        ("say 'jobs resume' of it, then go", 24, ["say 'jobs resume' of it,", "then go"]),
        ("say it again, 'jobs resume', so", 24, ["say it again,", "'jobs resume', so"]),
        ("first\n  second that is too long", 20, ["first", "  second that is too", "  long"]),
        ("too narrow for anything", 10, ["too narrow for anything"]),
    ],
)
def test_lines_are_broken_between_words(text: str, columns: int | None, lines: list[str]) -> None:
    assert fitted(text, columns).split("\n") == lines


def test_what_goes_on_may_hang() -> None:
    assert fitted("  ok  " + "words " * 6, 24, hang=4).split("\n")[1] == "      words words words"


@pytest.mark.loopback
class TestSomebody:
    def test_no_word_is_broken(self, terminal: Shown, api: Server) -> None:
        shown = terminal("jobs", "resume", "nothing", columns=50)
        words = shown.split()
        assert all(len(line) <= 50 for line in shown.splitlines())
        assert "ledger" in words
        assert "machine:" in words

    def test_mistakes_are_told_within_the_lines(self, terminal: Shown) -> None:
        shown = terminal("wan-2.6", "i2v", "waves", "--image", "a-file-that-is-nowhere.png", columns=50)
        assert all(len(line) <= 50 for line in shown.splitlines())
        assert "Error: Invalid value for '--image':" in shown


@pytest.mark.loopback
class TestScripts:
    def test_a_mistake_is_an_object_too(self, run: Run) -> None:
        done = run("nano-banana-pro", "generate", "A sunset", "--image-size", "3K", "--json")
        told = json.loads(done.stdout)["error"]
        assert (told["type"], told["exit_code"], done.exit_code) == ("UsageError", 2, 2)
        assert "'--image-size'" in told["message"]


def test_a_warning_is_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def warn(*_: object) -> list[object]:
        warnings.simplefilter("always")
        warnings.warn("Mind the gap.", CoinslotWarning, stacklevel=1)
        return []

    monkeypatch.setattr(_priced, "_lines", warn)
    assert run("models").stderr == "stablestudio: Mind the gap.\n"


class TestTables:
    ROWS = (("one two", "$1.00", "what it does, at some length"), ("three", "$20.00", "no more than this"))

    def lines(self, room: int | None) -> list[str]:
        return list(
            fitting(("call", "price", "about"), self.ROWS, room, lesser=("about", "price"), cut="about")
        )

    def test_elsewhere_than_on_a_terminal_all_of_it_is_there(self) -> None:
        assert self.lines(None)[1] == "one two  $1.00   what it does, at some length"

    def test_what_matters_least_is_cut_and_then_left_out(self) -> None:
        assert self.lines(42)[1] == "one two  $1.00   what it does, at some le…"
        assert self.lines(40) == ["call     price", "one two  $1.00", "three    $20.00"]
        assert self.lines(12) == ["call", "one two", "three"]


@pytest.mark.loopback
@pytest.mark.parametrize("columns", [50, 80, 120])
def test_the_calls_fit(terminal: Shown, columns: int) -> None:
    lines = terminal("models", columns=columns).splitlines()
    assert all(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) <= columns for line in lines)
    assert len(lines) == 27
    assert any("nano-banana-pro generate" in line for line in lines)


@pytest.mark.loopback
class TestNarrow:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"polls": 1}

    def test_the_time_that_passed_and_the_jobs_are_whole(self, terminal: Shown, api: Server) -> None:
        shown = terminal("nano-banana-pro", "generate", "A sunset", columns=44)
        frames = re.split(r"\r|\x1b\[[0-9;?]*[A-Za-ln-z]", re.sub(r"\x1b\[[0-9;]*m", "", shown))
        drawn = [frame for frame in frames if "nano-banana-pro: " in frame]
        assert drawn
        assert all(re.search(r" \d:\d\d:\d\d$", frame.rstrip()) for frame in drawn)
        listed = terminal("jobs", columns=44).splitlines()
        assert all(len(line) <= 44 for line in listed)
        assert any(api.jobs[0].id in line and "saved" in line for line in listed)


@pytest.mark.loopback
@pytest.mark.parametrize("columns", [60, 80])
def test_a_map_shows_how_many_are_through_and_cleans_up(
    terminal: Shown, tmp_path: Path, columns: int
) -> None:
    (tmp_path / "rows.csv").write_text("prompt\none\ntwo\nthree\n")
    map_ = ("map", "nano-banana-pro", "generate", "rows.csv", "-o", "out", "--max-total", "1")
    shown = terminal(*map_, columns=columns)
    frames = re.split(r"\r|\x1b\[2K|\x1b\[1A|\n", re.sub(r"\x1b\[[0-9;?]*m", "", shown))
    assert any("3/3" in frame and "$0.39" in frame for frame in frames)
    assert all(len(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", frame)) <= columns for frame in frames)
    assert shown.index("\x1b[?25l") < shown.rindex("\x1b[?25h")
    assert "3 of 3 finished" in shown


@pytest.mark.loopback
def test_a_bar_stands_aside_for_a_question(api: Server, tmp_path: Path) -> None:
    pytest.importorskip("termios", reason="this system has no pseudo-terminals")
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse")
    passphrase.chmod(0o600)
    made = CliRunner().invoke(
        _cli.build(), ["wallet", "new", "evm", "--test", "--passphrase-file", str(passphrase)]
    )
    assert made.exit_code == 0
    (tmp_path / "rows.csv").write_text("prompt\none\n")
    map_ = ("map", "nano-banana-pro", "generate", "rows.csv", "-o", "out", "--max-total", "1")
    own = {"STABLESTUDIO_BASE_URL": api.url, "TERM": "xterm-256color", "COINSLOT_EVM_KEY": ""}
    terminal = Terminal(sys.executable, "-m", "stablestudio.cli", *map_, folder=tmp_path, environ=own)
    asked = terminal.until("Passphrase").partition("Passphrase")[0]
    # What draws hides the cursor, and gives it back when it stops.
    assert asked.rfind("\x1b[?25h") > asked.rfind("\x1b[?25l") >= 0
    terminal.type("correct horse")
    answered = terminal.end().partition("Passphrase")[2]
    assert answered.index("\n") < answered.index("\x1b[?25l")
