"""Adding up, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, TypeAlias, get_args

from coinslot.money import EXACT, total
from coinslot.spending._entries import Entry

Grouping: TypeAlias = Literal["day", "month", "route", "origin", "backend"]
GROUPINGS: tuple[Grouping, ...] = get_args(Grouping)


@dataclass(frozen=True, slots=True)
class Sums:
    """What some attempts come to. All sums are dollars."""

    key: str
    """What they have in common."""
    calls: int
    """Attempts, those that came to nothing too."""
    paid: Decimal
    """Certainly paid, without fees."""
    open: Decimal
    """May be paid already, or may yet be; with the highest fees."""
    fees: Decimal
    """Fees of what is paid, at most."""

    @property
    def whole(self) -> Decimal:
        """All that is spent or reserved."""
        return total((self.paid, self.open, self.fees))


def sums(entries: Iterable[Entry], key: str = "all") -> Sums:
    """Add entries up."""
    every = list(entries)
    return Sums(
        key,
        len(every),
        total(entry.paid for entry in every),
        total(entry.open for entry in every),
        total(entry.fee for entry in every),
    )


def grouped(entries: Iterable[Entry], by: Grouping) -> list[Sums]:
    """Add up what belongs together: times in their order, the rest by what was spent, the most first."""
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(key_of(entry, by), []).append(entry)
    made = [sums(members, key) for key, members in groups.items()]
    if by in {"day", "month"}:
        return sorted(made, key=lambda group: group.key)
    return sorted(made, key=lambda group: (EXACT.minus(group.whole), group.key))


def key_of(entry: Entry, by: Grouping) -> str:
    """Return what an entry is added up under."""
    match by:
        case "day":
            return entry.when.date().isoformat()
        case "month":
            return entry.when.strftime("%Y-%m")
        case "route":
            return f"{entry.host}{entry.route}"
        case "origin":
            return entry.attempt.call.origin
        case "backend":
            return entry.attempt.backend
