"""Spending by day, week, month or year: whichever gives a chart that can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from coinslot.spending._entries import Entry
from coinslot.spending._sums import Sums, sums

Unit: TypeAlias = Literal["day", "week", "month", "year"]
_MOST = 31


@dataclass(frozen=True, slots=True)
class Period:
    """One bar: when it begins, how it is called, and what was spent in it."""

    first: date
    short: str
    """Under the axis."""
    name: str
    """In full."""
    sums: Sums


def periods(entries: Sequence[Entry]) -> tuple[Unit, list[Period]]:
    """Return all periods from the first entry to the last one, those without spending too."""
    days = [entry.when.date() for entry in entries]
    unit = _unit(min(days), max(days))
    groups: dict[date, list[Entry]] = {first: [] for first in _firsts(min(days), max(days), unit)}
    for entry in entries:
        groups[_first(entry.when.date(), unit)].append(entry)
    return unit, [_period(first, unit, members) for first, members in groups.items()]


def _unit(start: date, end: date) -> Unit:
    units: tuple[Unit, ...] = ("day", "week", "month")
    return next((unit for unit in units if sum(1 for _ in _firsts(start, end, unit)) <= _MOST), "year")


def _firsts(start: date, end: date, unit: Unit) -> Iterator[date]:
    current = _first(start, unit)
    while current <= end:
        yield current
        # Far enough to lie in the next period, and never in the one after it.
        current = _first(current + timedelta({"day": 1, "week": 7, "month": 31, "year": 366}[unit]), unit)


def _first(day: date, unit: Unit) -> date:
    match unit:
        case "day":
            return day
        case "week":
            return day - timedelta(day.weekday())
        case "month":
            return day.replace(day=1)
        case "year":
            return day.replace(month=1, day=1)


def _period(first: date, unit: Unit, members: list[Entry]) -> Period:
    short, name = {
        "day": (f"{first.day} {first:%b}", f"{first.day} {first:%B %Y}"),
        "week": (f"{first.day} {first:%b}", f"week of {first.day} {first:%B %Y}"),
        "month": (f"{first:%b %y}", f"{first:%B %Y}"),
        "year": (f"{first:%Y}", f"{first:%Y}"),
    }[unit]
    return Period(first, short, name, sums(members, name))
