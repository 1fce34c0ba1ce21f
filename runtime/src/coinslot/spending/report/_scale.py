"""Where a value lies on an axis, and which values are written beside it.

Positions are pixels, and so floats; every figure that is written is an exact decimal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from math import floor, log10

from coinslot.money import show

_FAR_APART = 20
"""Above this ratio of the largest to the smallest value, an axis is logarithmic."""
_ROOM = 62.0
"""Pixels from one written figure to the next, at least."""
LETTER = 7.2
"""Pixels of a letter, at most, in the size of labels."""

Write = Callable[[Decimal], str]
"""Writes a figure with its unit."""


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high`, drawn over `length` pixels."""

    low: Decimal
    high: Decimal
    length: float
    ticks: tuple[Decimal, ...]
    logarithmic: bool = False

    def at(self, value: Decimal) -> float:
        """Return how far along the axis a value lies, in pixels."""
        if not self.logarithmic:
            return float((value - self.low) / (self.high - self.low)) * self.length
        low, high = log10(self.low), log10(self.high)
        return (log10(max(value, self.low)) - low) / (high - low) * self.length


def figures(*mantissas: str) -> tuple[Decimal, ...]:
    """Return round figures: these, times every power of ten that a sum may have."""
    return tuple(Decimal(one).scaleb(power) for power in range(-9, 10) for one in mantissas)


DOLLARS = (figures("1", "2", "5"), figures("1", "3"), figures("1"))
"""Round sums, the densest row of them first."""
SECONDS = tuple(
    tuple(map(Decimal, row.split()))
    for row in (
        "0.1 0.2 0.5 1 2 5 10 20 30 60 120 300 600 1200 1800 3600 7200 18000 43200 86400 604800 31536000",
        "0.1 1 5 20 60 300 1200 3600 18000 86400 604800 31536000",
        "0.1 1 10 60 600 3600 43200 604800 31536000",
    )
)
"""Round times, likewise."""


def from_nothing(
    largest: Decimal,
    length: float,
    ladder: Sequence[Sequence[Decimal]] = DOLLARS,
    *,
    write: Write = show,
    room: float | None = None,
) -> Scale:
    """Return an axis that begins at nothing and ends at or above `largest`.

    `room` is that of a figure on an upright axis, in pixels.
    """
    largest = largest or Decimal(1)

    def fits(step: Decimal) -> bool:
        # The dearest label may be longer than the others.
        count = _steps(largest, step)
        needed = room or _room((step, step * max(count - 1, 1), step * count), write)
        return count <= max(int(length / needed), 1)

    step = next(filter(fits, ladder[0]), ladder[0][-1])
    count = _steps(largest, step)
    return Scale(Decimal(0), step * count, length, tuple(step * number for number in range(count + 1)))


def spread(
    values: Iterable[Decimal], length: float, ladder: Sequence[Sequence[Decimal]], write: Write
) -> Scale:
    """Return an axis for these values: logarithmic where they lie far apart."""
    positive = sorted(value for value in values if value > 0)
    if not positive or positive[-1] / positive[0] < _FAR_APART:
        return from_nothing(positive[-1] if positive else Decimal(1), length, ladder, write=write)
    low = max((one for one in ladder[0] if one <= positive[0]), default=_under(positive[0]))
    high = min((one for one in ladder[0] if one >= positive[-1]), default=positive[-1])
    scales = list(_scales(low, high, length, ladder))
    return next((scale for scale in scales if _apart(scale, write)), _thinned(scales[-1], write))


def _scales(
    low: Decimal, high: Decimal, length: float, ladder: Sequence[Sequence[Decimal]]
) -> Iterator[Scale]:
    for row in ladder:
        yield Scale(low, high, length, tuple(one for one in row if low <= one <= high), logarithmic=True)


def _apart(scale: Scale, write: Write) -> bool:
    return _thinned(scale, write).ticks == scale.ticks


def _thinned(scale: Scale, write: Write) -> Scale:
    """Leave out figures that do not stand apart from the next one that is written."""
    kept: list[Decimal] = []
    for tick in reversed(scale.ticks):
        if not kept or scale.at(kept[-1]) - scale.at(tick) >= _room((tick, kept[-1]), write):
            kept.append(tick)
    return replace(scale, ticks=tuple(reversed(kept)))


def _room(figures: Sequence[Decimal], write: Write) -> float:
    """Return how far apart written figures must be: at the ends of an axis a label lies beside its place."""
    return max(_ROOM, 1.5 * LETTER * max(len(write(figure)) for figure in figures) + 4)


def _steps(largest: Decimal, step: Decimal) -> int:
    return int((largest / step).to_integral_value(ROUND_CEILING))


def _under(value: Decimal) -> Decimal:
    return Decimal(1).scaleb(floor(log10(value)))
