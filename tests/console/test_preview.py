from __future__ import annotations

import base64
import re
from collections.abc import Mapping

import pytest

from coinslot.console._preview import drawn, protocol_of
from tests.cassettes.seller import PIXEL


@pytest.mark.parametrize(
    ("environ", "protocol"),
    [
        ({}, None),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, None),
        ({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "xterm-ghostty"}, "kitty"),
        ({"TERM_PROGRAM": "iTerm.app"}, "iterm2"),
        ({"TERM_PROGRAM": "WezTerm"}, "iterm2"),
        ({"LC_TERMINAL": "iTerm2"}, "iterm2"),
        ({"TERM": "xterm-kitty", "TMUX": "default,1,0"}, None),
        ({"TERM": "screen-256color", "LC_TERMINAL": "iTerm2"}, None),
    ],
)
def test_the_environment_tells_what_a_terminal_shows(
    environ: Mapping[str, str], protocol: str | None
) -> None:
    assert protocol_of(environ) == protocol


def test_kitty_gets_a_png_in_pieces() -> None:
    written = drawn(PIXEL, "kitty")
    assert written is not None
    pieces = re.findall(r"\x1b_G([^;]*);([^\x1b]*)\x1b\\", written)
    assert "f=100" in pieces[0][0]
    assert [controls[-3:] for controls, _ in pieces] == [*["m=1"] * (len(pieces) - 1), "m=0"]
    assert all(len(piece) <= 4096 for _, piece in pieces)
    assert base64.b64decode("".join(piece for _, piece in pieces)).startswith(b"\x89PNG")


def test_iterm_gets_the_file() -> None:
    written = drawn(PIXEL, "iterm2")
    assert written is not None
    assert re.fullmatch(r"\x1b\]1337;File=inline=1;[^:]*:[A-Za-z0-9+/=]+\x07", written)


def test_what_no_terminal_takes_is_not_shown() -> None:
    assert drawn(b"no picture", "kitty") is None
