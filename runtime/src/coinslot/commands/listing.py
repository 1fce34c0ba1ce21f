"""Attempts and sums as tables for a terminal."""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, cast

import click

from coinslot.attempt import Attempt
from coinslot.money import show, total
from coinslot.spending import Entry, Sums, entry_of, short_ids, sums

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

_WIDE, _NARROW = 120, 70
_FILLING = re.compile(r" +\n")
"""What fills a table's lines up, which nobody sees."""
_COLOURS = {"settled": "green", "unknown": "yellow", "refused": "yellow", "void": "dim", "abandoned": "dim"}


def console() -> Console:
    """Return the terminal; what is written to a file or a pipe is never broken into lines."""
    from rich.console import Console

    stream = cast("IO[str]", _Echo())
    made = Console(file=stream, highlight=False)
    if made.is_terminal or "COLUMNS" in os.environ:
        return made
    return Console(file=stream, highlight=False, width=400)


class _Echo(io.TextIOBase):
    """Standard output as other commands write there: UTF-8 where the locale says nothing of letters."""

    def write(self, text: str) -> int:
        click.echo(text if self.isatty() else _FILLING.sub("\n", text), nl=False)
        return len(text)

    def isatty(self) -> bool:
        return sys.stdout.isatty()


def table(attempts: Iterable[Attempt]) -> Table:
    """Return attempts as a table of 80 columns, two lines each."""
    attempts = list(attempts)
    return table_of([entry_of(attempt) for attempt in attempts], short_ids(attempts), room=_NARROW)


def table_of(entries: Sequence[Entry], ids: Mapping[str, str], *, room: int) -> Table:
    """Return entries as a table for so many columns: one to four lines each. `ids` are the short ones."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold", caption_justify="left", caption_style="")
    if room >= _WIDE:
        _one_line_each(made, entries, ids)
    elif room >= _NARROW:
        _two_lines_each(made, entries, ids)
    else:
        _four_lines_each(made, entries, ids)
    whole = sums(entries)
    parts = [f"{show(whole.paid)} paid"]
    if whole.open:
        parts.append(f"{show(whole.open)} open (may be paid already, or yet)")
    if whole.fees:
        parts.append(f"{show(whole.fees)} fees at most")
    made.caption = f"{' · '.join(parts)}\ntimes in {zones(entry.when for entry in entries)}"
    return made


def sums_table(groups: Sequence[Sums], by: str) -> Table:
    """Return sums as a table, with their total below."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold", show_footer=True, footer_style="bold")
    paid, opened, fees = (
        show(_total(groups, "paid")),
        show(_total(groups, "open")),
        show(_total(groups, "fees")),
    )
    made.add_column(by, "total", overflow="fold")
    made.add_column("calls", str(sum(group.calls for group in groups)), justify="right", no_wrap=True)
    made.add_column("paid", paid, justify="right", no_wrap=True)
    made.add_column("open", opened, justify="right", no_wrap=True)
    with_fees = any(group.fees for group in groups)
    if with_fees:
        made.add_column("fees at most", fees, justify="right", no_wrap=True)
    for group in groups:
        # A route's path begins a line of its own: it is what is looked for.
        key = group.key.replace("/", "\n/", 1) if by == "route" else group.key
        cells = [key, str(group.calls), show(group.paid), show(group.open)]
        made.add_row(*_plain(cells + ([show(group.fees)] if with_fees else [])))
    return made


def zones(times: Iterable[datetime]) -> str:
    """Name the zone of these times; two, where the clocks were changed between them."""
    return " and ".join(dict.fromkeys(_zone(when) for when in times))


def _zone(when: datetime) -> str:
    name, offset = when.tzname(), f"{when:%z}"
    return "UTC" if name == "UTC" else f"{name} (UTC{offset[:3]}:{offset[3:5]})"


def _one_line_each(made: Table, entries: Sequence[Entry], ids: Mapping[str, str]) -> None:
    for name in ("id", "when", "host", "route"):
        made.add_column(name, no_wrap=name != "route", overflow="fold")
    made.add_column("price", justify="right", no_wrap=True)
    for name in ("with", "money", "delivery"):
        made.add_column(name, no_wrap=True)
    for entry in entries:
        one = entry.attempt
        cells = (ids[one.id], f"{entry.when:%Y-%m-%d %H:%M}", entry.host, entry.route, show(one.price))
        made.add_row(*_plain([*cells, one.backend]), _money(one), one.delivery)


def _two_lines_each(made: Table, entries: Sequence[Entry], ids: Mapping[str, str]) -> None:
    made.add_column("id\n", no_wrap=True)
    made.add_column("when\n", no_wrap=True)
    made.add_column("host\nroute", overflow="fold")
    made.add_column("price\nwith", justify="right", no_wrap=True)
    made.add_column("money\ndelivery", no_wrap=True)
    for entry in entries:
        one = entry.attempt
        when, price = f"{entry.when:%Y-%m-%d}\n{entry.when:%H:%M}", f"{show(one.price)}\n{one.backend}"
        cells = _plain([ids[one.id], when, f"{entry.host}\n{entry.route}", price])
        made.add_row(*cells, f"{_money(one)}\n{one.delivery}")


def _four_lines_each(made: Table, entries: Sequence[Entry], ids: Mapping[str, str]) -> None:
    made.show_header = False
    made.add_column(overflow="fold")
    for entry in entries:
        one = entry.attempt
        begun, *places, paid = _plain(
            [
                f"{ids[one.id]}  {entry.when:%Y-%m-%d %H:%M}",
                entry.host,
                entry.route,
                f"{show(one.price)} with {one.backend}",
            ]
        )
        made.add_row("\n  ".join([begun, *places, f"{paid}, {_money(one)}, {one.delivery}"]))


def _money(attempt: Attempt) -> str:
    colour = _COLOURS.get(attempt.money)
    return f"[{colour}]{attempt.money}[/]" if colour else attempt.money


def _plain(cells: Iterable[str]) -> list[str]:
    from rich.markup import escape

    return [escape(cell) for cell in cells]


def _total(groups: Iterable[Sums], name: str) -> Decimal:
    return total(getattr(group, name) for group in groups)
