from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from io import BytesIO

import pytest

from coinslot.console._preview import drawn, protocol_of
from tests.cassettes.seller import PIXEL
from tests.console.conftest import Terminal


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
        ({"TERM": "foot"}, "sixel"),
        ({"TERM": "mlterm"}, "sixel"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "220401"}, "sixel"),
        ({"TERM": "xterm-256color", "KONSOLE_VERSION": "210800"}, None),
        ({"TERM": "xterm", "TERM_PROGRAM": "mintty"}, "iterm2"),
        ({"TERM": "xterm-kitty", "ZELLIJ": "0"}, None),
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
    assert re.fullmatch(r"\x1b\]1337;File=inline=1;size=\d+;[^:]*:[A-Za-z0-9+/=]+\x07", written)


def decoded(drawn: str) -> tuple[int, int, dict[tuple[int, int], tuple[int, int, int]]]:
    """Read sixels as a terminal does: colours in percent, runs, `$` to the left edge, `-` six rows down."""
    head = re.fullmatch(r'\x1bP0;1;0q"1;1;(\d+);(\d+)(.*)\x1b\\', drawn)
    assert head is not None
    palette: dict[int, tuple[int, int, int]] = {}
    pixels: dict[tuple[int, int], tuple[int, int, int]] = {}
    column = top = colour = 0
    for sign in re.finditer(r"#(\d+)(?:;2;(\d+);(\d+);(\d+))?|(?:!(\d+))?([?-~])|([$-])", head[3]):
        number, red, green, blue, count, cell, step = sign.groups()
        if number is not None:
            colour = int(number)
            if red is not None:
                palette[colour] = (int(red), int(green), int(blue))
        elif step is not None:
            column, top = 0, top + 6 * (step == "-")
        else:
            run = range(column, column + int(count or 1))
            dark = [top + bit for bit in range(6) if (ord(cell) - 63) >> bit & 1]
            assert not any((x, y) in pixels for x in run for y in dark)
            pixels |= {(x, y): palette[colour] for x in run for y in dark}
            column = run.stop
    return int(head[1]), int(head[2]), pixels


def test_sixels_are_the_picture() -> None:
    image = pytest.importorskip("PIL.Image")
    picture = image.new("RGB", (11, 8), (255, 0, 0))
    picture.paste((0, 0, 255), (3, 2, 9, 8))
    made = BytesIO()
    picture.save(made, "PNG")
    written = drawn(made.getvalue(), "sixel")
    assert written is not None
    width, height, pixels = decoded(written)
    assert (width, height) == (11, 8)
    assert pixels == {
        (x, y): tuple(part * 100 // 255 for part in picture.getpixel((x, y)))
        for x in range(11)
        for y in range(8)
    }


@pytest.mark.loopback
@pytest.mark.parametrize(
    ("environ", "begun"),
    [
        ({"TERM": "xterm-kitty", "KITTY_WINDOW_ID": "1"}, "\x1b_Ga=T,f=100,r=12,q=2,m="),
        ({"TERM_PROGRAM": "iTerm.app"}, "\x1b]1337;File=inline=1;size="),
        ({"TERM": "foot"}, '\x1bP0;1;0q"1;1;'),
        ({"TERM": "dumb"}, None),
    ],
)
def test_a_terminal_is_sent_what_it_takes(
    terminal: Terminal, environ: dict[str, str], begun: str | None
) -> None:
    shown = terminal("nano-banana-pro", "generate", "A sunset", "-o", "sunset.png", **environ)
    *others, last = shown.splitlines()
    assert last == "sunset.png"
    pictures = [line for line in others if re.search(r"\x1b(_G|\]1337|P0)", line)]
    assert len(pictures) == (0 if begun is None else 1)
    assert all(begun in line for line in pictures if begun is not None)


def test_what_no_terminal_takes_is_not_shown() -> None:
    assert drawn(b"no picture", "kitty") is None
