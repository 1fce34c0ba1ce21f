"""A program on a pseudo-terminal of a width of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

# What a terminal says of itself, and what says how to write to one.
_TOLD = {
    "COLUMNS",
    "KITTY_WINDOW_ID",
    "LC_TERMINAL",
    "NO_COLOR",
    "TERM_PROGRAM",
    "TMUX",
    "ZELLIJ",
    "KONSOLE_VERSION",
}


_NOTHING: Mapping[str, str] = MappingProxyType({})


def on_a_terminal(
    *module: str, columns: int, folder: Path, environ: Mapping[str, str], typed: str = ""
) -> str:
    """Run a module with its arguments, and return all that it wrote to its terminal.

    `typed` waits there for it from the beginning, in lines.
    """
    termios = pytest.importorskip("termios", reason="this system has no pseudo-terminals")

    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (30, columns))
    inherited = {name: value for name, value in os.environ.items() if name not in _TOLD}
    with subprocess.Popen(
        [sys.executable, "-m", *module], stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder,
        env={**inherited, "TERM": "xterm-256color", **environ},
    ) as child:  # fmt: skip
        os.close(theirs)
        os.write(ours, typed.encode())
        shown = b"".join(iter(lambda: _read(ours), b""))
        child.wait()
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


class Terminal:
    """A program in a terminal of its own, to be typed into as it asks."""

    def __init__(
        self, *command: str, folder: Path | None = None, environ: Mapping[str, str] = _NOTHING
    ) -> None:
        self.ours, theirs = os.openpty()
        self.shown = ""
        self.process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, cwd=folder,
            env={**os.environ, **environ},
        )  # fmt: skip
        os.close(theirs)

    def until(self, text: str, times: int = 1) -> str:
        """Read on until this is shown so many times."""
        while self.shown.count(text) < times and (part := self._read()):
            self.shown += part
        assert self.shown.count(text) >= times, self.shown
        return self.shown

    def type(self, text: str) -> None:
        os.write(self.ours, f"{text}\n".encode())

    def end(self) -> str:
        while part := self._read():
            self.shown += part
        self.process.wait()
        os.close(self.ours)
        return self.shown

    def _read(self) -> str:
        try:
            return os.read(self.ours, 4096).decode(errors="replace")  # a part may end within a character
        except OSError:  # what Linux says where the other side is closed
            return ""


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # a terminal's way to say that its other end was closed
