"""A program on a pseudo-terminal of a width of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

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


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""  # a terminal's way to say that its other end was closed
