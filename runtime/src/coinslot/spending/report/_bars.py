"""Two charts of bars: spending over time, upright, and by route, lying."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from coinslot.money import show, total
from coinslot.spending._sums import Sums
from coinslot.spending.report._periods import Period
from coinslot.spending.report._scale import LETTER, from_nothing

_AXIS_LEFT, _AXIS_BELOW, _ABOVE = 52.0, 44, 30
_UPRIGHT = 258
_ROW = 44


@dataclass(frozen=True, slots=True)
class Tick:
    """A figure at an axis, and where it stands."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of two parts: what is paid, and what is open."""

    x: float
    y: float
    width: float
    height: float
    open_x: float
    open_y: float
    open_width: float
    open_height: float
    label: str
    value: str
    told: str
    """For who points at it."""
    label_at: float = 0.0


@dataclass(frozen=True, slots=True)
class BarChart:
    """What the template draws."""

    width: float
    height: float
    left: float
    top: float
    right: float
    bottom: float
    ticks: Sequence[Tick]
    bars: Sequence[Bar]
    labels: Sequence[Tick] = field(default_factory=tuple)
    """Under the axis of an upright chart."""


def upright(periods: Sequence[Period], width: float) -> BarChart:
    """Lay out spending over time."""
    right, bottom = width - 8.0, _UPRIGHT - _AXIS_BELOW
    scale = from_nothing(max(_spent(period.sums) for period in periods), bottom - _ABOVE, room=44.0)
    left = max(_AXIS_LEFT, LETTER * max(len(show(tick)) for tick in scale.ticks) + 8)
    slot = (right - left) / len(periods)
    thick = min(slot * 0.7, 46)
    bars = []
    for number, period in enumerate(periods):
        paid = scale.at(total((period.sums.paid, period.sums.fees)))
        opened = scale.at(_spent(period.sums)) - paid
        x = left + slot * number + (slot - thick) / 2
        bars.append(
            Bar(
                x, bottom - paid, thick, paid, x, bottom - paid - opened, thick, opened,
                period.name, show(_spent(period.sums)), f"{period.name}: {told(period.sums)}", x + thick / 2,
            )
        )  # fmt: skip
    widest = max(len(period.short) for period in periods) * LETTER + 10
    every = max(1, -(-int(widest) // max(int(slot), 1)))
    # Counted from the newest, which is the one that people look for.
    named = [bar for number, bar in enumerate(bars) if (len(bars) - 1 - number) % every == 0]
    shorts = {bar.label: period.short for bar, period in zip(bars, periods, strict=True)}
    half = (widest - 10) / 2
    labels = [Tick(min(bar.label_at, width - half), shorts[bar.label]) for bar in named]
    ticks = [Tick(bottom - scale.at(tick), show(tick)) for tick in scale.ticks]
    return BarChart(width, _UPRIGHT, left, _ABOVE, right, bottom, ticks, bars, labels)


def lying(groups: Sequence[Sums], width: float) -> BarChart:
    """Lay out spending by route: its path and its sum above each bar."""
    left, right = 2.0, width - 14.0
    scale = from_nothing(max(_spent(group) for group in groups), right - left)
    bottom = _ROW * len(groups) + 6.0
    bars = []
    for number, group in enumerate(groups):
        y = _ROW * number + 22.0
        paid = scale.at(total((group.paid, group.fees)))
        opened = scale.at(_spent(group)) - paid
        value = show(_spent(group))
        room = int((right - left - len(value) * LETTER - 12) / LETTER)
        label = short(group.key, room)
        bars.append(
            Bar(
                left,
                y,
                paid,
                14,
                left + paid,
                y,
                opened,
                14,
                label,
                value,
                f"{group.key}: {told(group)}",
                y - 7,
            )
        )  # fmt: skip
    ticks = [Tick(left + scale.at(tick), show(tick)) for tick in scale.ticks]
    return BarChart(width, bottom + _AXIS_BELOW, left, 8, right, bottom, ticks, bars)


def told(group: Sums) -> str:
    """Say sums in words."""
    parts = [f"{show(group.paid)} paid in {group.calls} {'call' if group.calls == 1 else 'calls'}"]
    if group.fees:
        parts.append(f"{show(group.fees)} fees at most")
    if group.open:
        parts.append(f"{show(group.open)} open")
    return ", ".join(parts)


def short(text: str, room: int) -> str:
    """Cut a path in its beginning, since its end tells routes apart."""
    return text if len(text) <= room else f"…{text[-max(room - 1, 1) :]}"


def _spent(group: Sums) -> Decimal:
    return group.whole
