"""Lines for people: within a terminal's width, broken between words; whole anywhere else."""

from __future__ import annotations

import unicodedata
from textwrap import wrap
from typing import Final

from rich.console import Console
from rich.text import Text

_LEAST: Final = 20
"""Columns; on anything narrower lines are left to the terminal."""


def console() -> Console:
    """Return the one for standard output; text is shown as it is."""
    return Console(highlight=False, markup=False, emoji=False)


def printable(text: str) -> str:
    """One line without control characters: text of a document must not steer a terminal."""
    return " ".join(
        "".join(" " if unicodedata.category(one).startswith("C") else one for one in text).split()
    )


def put(text: str, out: Console, *, indent: int = 0, style: str = "") -> None:
    """Print one text; its lines begin `indent` columns further in."""
    told, margin = printable(text), " " * indent
    lines = [margin + told]
    if out.is_terminal and out.width - indent >= _LEAST:
        lines = wrap(
            told,
            out.width,
            initial_indent=margin,
            subsequent_indent=margin,
            break_long_words=False,
            break_on_hyphens=False,
        )
    for line in lines:
        # Without this, rich fills lines with blanks, and breaks them where nobody looks.
        out.print(Text(line, style=style), soft_wrap=True)
