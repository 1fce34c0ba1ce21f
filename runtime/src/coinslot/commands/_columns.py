"""Aligned lines. A table of a terminal's width would break addresses, which people copy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_GAP = "  "


def columns(rows: Sequence[Sequence[str]], room: int | None, *, first: int) -> Iterator[str]:
    """Yield the rows as lines whose columns begin alike; the first row holds the headings.

    Where `room` (columns of a terminal; None: without end) is too small, a row goes on in a second line after
    its `first` cells.
    """
    lines = list(_aligned(rows))
    if room is None or max(map(len, lines)) <= room:
        yield from lines
        return
    # What goes on stands below the second cell.
    margin = " " * (max(len(row[0]) for row in rows) + len(_GAP))
    for above, below in zip(
        _aligned([row[:first] for row in rows]), _aligned([row[first:] for row in rows]), strict=True
    ):
        yield above
        yield margin + below


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        yield _GAP.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
