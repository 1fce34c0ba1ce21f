"""Showing a picture inside a terminal that can: kitty's protocol and iTerm2's, told by the environment.

There is no asking the terminal: its answer would be read by whatever reads the keyboard next. Under tmux
and screen nothing is shown, since they pass neither protocol on.
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
    from coinslot.results import Result

Protocol: TypeAlias = Literal["kitty", "iterm2"]

ROWS = 12
"""Lines of the terminal that a picture takes."""
EDGE = 512
"""Pixels of a picture's longer edge, where Pillow can make it smaller."""
LARGEST = 4 * 1024 * 1024
"""Bytes of a picture that are sent to a terminal at most."""
_CHUNK = 4096


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
    if environ.get("TMUX") or environ.get("TERM", "").startswith(("screen", "tmux")):
        return None
    program = environ.get("TERM_PROGRAM", "")
    if environ.get("KITTY_WINDOW_ID") or environ.get("TERM") in {"xterm-kitty", "xterm-ghostty"}:
        return "kitty"
    if program == "ghostty":
        return "kitty"
    if program in {"iTerm.app", "WezTerm"} or environ.get("LC_TERMINAL") == "iTerm2":
        return "iterm2"
    return None


def drawn(picture: bytes, protocol: Protocol) -> str | None:
    """Return what a terminal must be sent to show a picture; None where it cannot be."""
    small = _smaller(picture) or picture
    if len(small) > LARGEST:
        return None
    if protocol == "iterm2":
        return f"\x1b]1337;File=inline=1;height={ROWS};preserveAspectRatio=1:{_text(small)}\a"
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
    try:
        from PIL import Image
    except ImportError:
        return None
    from io import BytesIO

    made = BytesIO()
    try:
        with Image.open(BytesIO(picture)) as image:
            image.thumbnail((EDGE, EDGE))
            image.convert("RGBA").save(made, "PNG")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return made.getvalue()
