"""Showing a picture inside a terminal that can, by kitty's protocol, iTerm2's or sixels.

Which of them a terminal takes, its environment tells. There is no asking the terminal: its answer would be
read by whatever reads the keyboard next. Under tmux, screen and Zellij nothing is shown, since they do not
pass all of it on.
"""

from __future__ import annotations

import base64
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from coinslot.errors import CoinslotError
from coinslot.media import SNIFFED_BYTES, sniff

if TYPE_CHECKING:
    from PIL import Image

    from coinslot.results import Result

Protocol: TypeAlias = Literal["kitty", "iterm2", "sixel"]

ROWS = 12
"""Lines of the terminal that a picture takes."""
EDGE = 512
"""Pixels of a picture's longer edge, where Pillow can make it smaller."""
LARGEST = 4 * 1024 * 1024
"""Bytes of a picture that are sent to a terminal at most."""
SIXEL_EDGE = 320
"""Pixels of a longer edge for terminals that show each pixel as one."""
_CHUNK = 4096
_KONSOLE = 220400
"""The first version of Konsole with sixels."""


def preview(result: Result, saved: Path) -> None:
    """Show a saved result on standard error; for a film, its still. Shows nothing where that cannot be."""
    protocol = protocol_of(os.environ) if sys.stderr.isatty() else None
    if protocol is None:
        return
    picture = _picture(result, saved)
    written = None if picture is None else drawn(picture, protocol)
    if written:
        sys.stderr.write(written + "\n")
        sys.stderr.flush()


def protocol_of(environ: Mapping[str, str]) -> Protocol | None:
    """Return how this terminal takes pictures; None: not at all, as far as its environment tells."""
    term, program = environ.get("TERM", ""), environ.get("TERM_PROGRAM", "")
    if environ.get("TMUX") or environ.get("ZELLIJ") or term.startswith(("screen", "tmux")):
        return None
    if environ.get("KITTY_WINDOW_ID") or term in {"xterm-kitty", "xterm-ghostty"} or program == "ghostty":
        return "kitty"
    if program in {"iTerm.app", "WezTerm", "mintty"} or environ.get("LC_TERMINAL") == "iTerm2":
        return "iterm2"
    konsole = environ.get("KONSOLE_VERSION", "")
    if term.startswith(("foot", "mlterm")) or (konsole.isdecimal() and int(konsole) >= _KONSOLE):
        return "sixel"
    return None


def drawn(picture: bytes, protocol: Protocol) -> str | None:
    """Return what a terminal must be sent to show a picture; None where it cannot be."""
    if protocol == "sixel":
        return _sixels(picture)
    small = _smaller(picture) or picture
    if len(small) > LARGEST:
        return None
    if protocol == "iterm2":
        return (
            f"\x1b]1337;File=inline=1;size={len(small)};height={ROWS};preserveAspectRatio=1:{_text(small)}\a"
        )
    if sniff(small[:SNIFFED_BYTES]) != "image/png":
        return None
    return "".join(_kitty(_text(small)))


def _kitty(text: str) -> Iterator[str]:
    pieces = [text[start : start + _CHUNK] for start in range(0, len(text), _CHUNK)]
    for number, piece in enumerate(pieces):
        first = f"a=T,f=100,r={ROWS}," if number == 0 else ""
        more = int(number + 1 < len(pieces))
        yield f"\x1b_G{first}q=2,m={more};{piece}\x1b\\"


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _picture(result: Result, saved: Path) -> bytes | None:
    content = _image(saved)
    if content is not None:
        return content
    main = result.media_member(None)
    for name in type(result).model_fields:
        with suppress(ValueError, CoinslotError, OSError):
            if name != main and result.media_member(name):
                with tempfile.TemporaryDirectory() as folder:
                    return _image(result.save(Path(folder) / "still", member=name))
    return None


def _image(path: Path) -> bytes | None:
    with path.open("rb") as file:
        kind = sniff(file.read(SNIFFED_BYTES)) or ""
    return path.read_bytes() if kind.startswith("image/") else None


def _smaller(picture: bytes) -> bytes | None:
    """Return a picture as a small PNG; None without Pillow, or where Pillow cannot read it."""
    from io import BytesIO

    image = _thumbnail(picture, EDGE)
    if image is None:
        return None
    made = BytesIO()
    image.convert("RGBA").save(made, "PNG")
    return made.getvalue()


def _sixels(picture: bytes) -> str | None:
    """Return a picture as sixels; None without Pillow, or where Pillow cannot read it."""
    image = _thumbnail(picture, SIXEL_EDGE)
    if image is None:
        return None
    from coinslot.console._sixel import sixels

    return sixels(image)


def _thumbnail(picture: bytes, edge: int) -> Image.Image | None:
    try:
        from PIL import Image
    except ImportError:
        return None
    from io import BytesIO

    try:
        with Image.open(BytesIO(picture)) as image:
            image.thumbnail((edge, edge))
            return image.copy()
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
