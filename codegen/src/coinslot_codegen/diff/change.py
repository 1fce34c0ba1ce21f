"""One change, and what it does to code that was written for the older document.

- breaking: a call that was right may be refused, or code that reads an answer may not find what it reads
- money: what is paid, how, in what, or how long what was paid for can be had
- compatible: everything else; code that was right stays right
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

Impact: TypeAlias = Literal["breaking", "money", "compatible"]

IMPACTS: Final[tuple[Impact, ...]] = ("breaking", "money", "compatible")
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different."""

    impact: Impact
    kind: str
    """A word for tools that stays the same, as in `value-removed`."""
    message: str
    """For people, without the place that it is about."""
    old: Any = None
    new: Any = None
    """Both as JSON; None where there is nothing."""
    place: str = ""
    """What of the call, as in `image_size` or `answer.items[].status`; empty: all of it."""
    call: str | None = None
    """The call, as in `paint_pro.edit`; None: the whole API."""
    route: str | None = None
    """Its method and path."""

    def at(self, *outer: str) -> Change:
        """Return the change with its place inside of another one."""
        place = joined(*outer, self.place)
        return self if place == self.place else replace(self, place=place)

    def of(self, call: str, route: str) -> Change:
        """Return the change as one of a call."""
        return replace(self, call=call, route=route)


def joined(*parts: str) -> str:
    """Return a place from its parts, the outer ones first."""
    return ".".join(part for part in parts if part).replace(".[", "[").replace(".{", "{")


def verdict(changes: Iterable[Change]) -> Impact | None:
    """Return the gravest impact; None if nothing changed."""
    found = {change.impact for change in changes}
    return next((impact for impact in IMPACTS if impact in found), None)
