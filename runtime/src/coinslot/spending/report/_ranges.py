"""A chart of what was found against what was printed: prices, and times to completion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from coinslot.spending._entries import Entry
from coinslot.spending.report._bars import Tick, short
from coinslot.spending.report._scale import LETTER, Scale, spread

Range: TypeAlias = tuple[Decimal, Decimal]
_NARROW = 500
_AXIS_BELOW = 44
MOST_ROWS = 14


@dataclass(frozen=True, slots=True)
class Against:
    """What calls of one route with one printed range came to."""

    name: str
    printed: Range
    found: Sequence[Decimal]
    """Sorted."""
    above: int
    """So many lie above what was printed."""


@dataclass(frozen=True, slots=True)
class Dot:
    """Calls that lie at one place."""

    x: float
    size: float
    above: bool
    told: str


@dataclass(frozen=True, slots=True)
class Row:
    """One range, and the dots around it."""

    y: float
    label: str
    notes: Sequence[str]
    """One under the other."""
    band_x: float
    band_y: float
    band_width: float
    dots: Sequence[Dot]
    told: str


@dataclass(frozen=True, slots=True)
class RangeChart:
    """What the template draws."""

    width: float
    height: float
    left: float
    right: float
    bottom: float
    ticks: Sequence[Tick]
    rows: Sequence[Row]
    logarithmic: bool


def compared(
    entries: Iterable[Entry],
    found: Callable[[Entry], Decimal | None],
    printed: Callable[[Entry], Range | None],
    most: Callable[[Range], Decimal],
) -> list[Against]:
    """Put together what has both a figure and a printed range; the most calls first.

    `most` returns what still counts as within a range.
    """
    groups: dict[tuple[str, Range], list[Decimal]] = {}
    for entry in entries:
        figure, range_ = found(entry), printed(entry)
        if figure is not None and range_ is not None:
            groups.setdefault((entry.route, range_), []).append(figure)
    made = [
        Against(name, range_, sorted(figures), sum(figure > most(range_) for figure in figures))
        for (name, range_), figures in groups.items()
    ]
    return sorted(made, key=lambda one: (-len(one.found), one.name, one.printed))


def chart(
    rows: Sequence[Against],
    width: float,
    *,
    write: Callable[[Decimal], str],
    most: Callable[[Range], Decimal],
    ladder: Sequence[Sequence[Decimal]],
    said: str,
) -> RangeChart:
    """Lay the rows out on one axis.

    `write` writes a figure with its unit, `ladder` has round ones, `said` names the document's range.
    """
    left, right = 8.0, width - 24.0
    figures = [figure for row in rows for figure in (*row.found, *row.printed)]
    scale = spread(figures, right - left, ladder, write)
    # On a narrow chart, what was found and what is printed do not fit beside each other.
    height = 76.0 if width < _NARROW else 60.0
    axis = _Axis(scale, left, write, most, width, said)
    drawn = [_row(row, height * number, axis) for number, row in enumerate(rows)]
    bottom = height * len(rows) + 4.0
    ticks = [Tick(left + scale.at(tick), write(tick)) for tick in scale.ticks]
    return RangeChart(width, bottom + _AXIS_BELOW, left, right, bottom, ticks, drawn, scale.logarithmic)


def between(low: Decimal, high: Decimal, write: Callable[[Decimal], str]) -> str:
    """Write a range."""
    return write(low) if low == high else f"{write(low)} to {write(high)}"


@dataclass(frozen=True, slots=True)
class _Axis:
    """What all rows share."""

    scale: Scale
    left: float
    write: Callable[[Decimal], str]
    most: Callable[[Range], Decimal]
    width: float
    said: str

    def at(self, value: Decimal) -> float:
        return self.left + self.scale.at(value)


def _row(row: Against, y: float, axis: _Axis) -> Row:
    count = f"{len(row.found)} {'call' if len(row.found) == 1 else 'calls'}"
    notes = [
        f"{between(row.found[0], row.found[-1], axis.write)} in {count}",
        f"{axis.said} {between(*row.printed, axis.write)}",
    ]
    told = "; ".join(notes)
    if axis.width >= _NARROW:
        notes = [told]
    start, end = map(axis.at, row.printed)
    # A fixed figure is a range without width, and must be seen all the same.
    band_x, band_width = (start, end - start) if end - start > 12 else ((start + end) / 2 - 6, 12.0)
    band_y = y + 22.0 + 16 * len(notes)
    label = short(row.name, int((axis.width - 10) / LETTER))
    return Row(y, label, notes, band_x, band_y, band_width, _dots(row, axis), f"{row.name}: {told}")


def _dots(row: Against, axis: _Axis) -> list[Dot]:
    # What would be drawn on the same pixel is one dot, the larger the more it stands for.
    places: dict[int, Counter[Decimal]] = {}
    for figure in row.found:
        places.setdefault(round(axis.at(figure)), Counter())[figure] += 1
    made = []
    for figures in places.values():
        first, last, count = min(figures), max(figures), figures.total()
        size = min(3.5 + count**0.5 / 2, 7.0)
        told = between(first, last, axis.write) + (f", {count} calls" if count > 1 else "")
        made.append(Dot(axis.at(first), size, last > axis.most(row.printed), told))
    return made
