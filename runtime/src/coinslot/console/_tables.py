"""Tables that fit a terminal: what matters least is shortened or left out, and nothing is broken."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import click

from coinslot.terminal import columns_of

_GAP = 2
_LEAST = 24
"""Columns that a cell needs to say anything when it is cut."""


def print_table(
    headings: Sequence[str], rows: Sequence[Sequence[str]], *, lesser: Sequence[str], cut: str | None = None
) -> None:
    """Print rows below their headings.

    On a terminal that is too narrow, cells of the column `cut` are shortened, then columns are left out in
    the order of `lesser`. Elsewhere everything is there, a line for each row.
    """
    lines = iter(fitting(headings, rows, columns_of(sys.stdout), lesser=lesser, cut=cut))
    click.secho(next(lines), bold=True)
    for line in lines:
        click.echo(line)


def fitting(
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    room: int | None,
    *,
    lesser: Sequence[str],
    cut: str | None = None,
) -> Iterator[str]:
    """Yield the lines of a table for so many columns; None: without end."""
    columns = dict(zip(headings, zip(headings, *rows, strict=True), strict=True))
    for name in ("", *lesser):
        columns.pop(name, None)
        widths = {name: max(map(len, cells)) for name, cells in columns.items()}
        over = 0 if room is None else sum(widths.values()) + _GAP * (len(widths) - 1) - room
        if over > 0 and cut in widths and widths[cut] - over >= _LEAST:
            widths[cut] -= over
            columns[cut] = tuple(_cut(cell, widths[cut]) for cell in columns[cut])
            over = 0
        if over <= 0:
            break
    for cells in zip(*columns.values(), strict=True):
        padded = (cell.ljust(width) for cell, width in zip(cells, widths.values(), strict=True))
        yield (" " * _GAP).join(padded).rstrip()


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else f"{text[: room - 1].rstrip(' ,')}…"
