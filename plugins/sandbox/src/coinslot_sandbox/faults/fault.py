"""A fault as it is asked for: which kind, where, how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Self, cast

from coinslot_sandbox.exchange import Exchange, Leg
from coinslot_sandbox.faults.catalogue import CATALOGUE
from coinslot_sandbox.faults.kind import LEGS, Kind

_WRITTEN = re.compile(
    r"(?P<kind>[a-z0-9-]+)(?:@(?P<leg>[a-z]+))?(?:=(?P<value>.*?))?"
    r"(?::(?P<route>(?:[A-Z]+ )?/(?!/).*?))?(?::(?P<times>\d+|always))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Where:
    route: str | None = None
    """A path as the document writes it, a method before it or not; `*` stands for anything."""
    leg: Leg | None = None
    """Only exchanges of this leg, whatever the kind's own are."""
    text: str | None = None
    """Only requests whose body holds this."""

    def holds(self, kind: Kind, exchange: Exchange) -> bool:
        """Return whether an exchange is meant."""
        if exchange.leg != self.leg if self.leg is not None else exchange.leg not in kind.legs:
            return False
        if self.text is not None and self.text not in exchange.text:
            return False
        method, path = exchange.route.method, exchange.route.path
        wanted = self.route
        return wanted is None or any(
            fnmatchcase(name, wanted) for name in (path, f"{method} {path}", exchange.request.url.path)
        )


@dataclass(frozen=True, slots=True)
class Fault(_Where):
    """One fault: happens to the first `times` exchanges that fit, after `after` that it lets pass.

    Raises ValueError for a kind or leg that does not exist, and for a value that says nothing.
    """

    kind: str
    value: str | None = None
    """What the kind makes of it, such as seconds; None: the kind's own."""
    times: int | None = 1
    """None: always."""
    after: int = 0

    def __post_init__(self) -> None:
        if self.kind not in CATALOGUE:
            raise ValueError(f"no fault is called {self.kind!r}; there are {', '.join(CATALOGUE)}")
        if self.value is not None:
            CATALOGUE[self.kind].reads(self.value)
        if self.leg is not None and self.leg not in LEGS:
            raise ValueError(f"no leg is called {self.leg!r}; there are {', '.join(sorted(LEGS))}")

    @classmethod
    def read(cls, written: str) -> Self:
        """Read `KIND[@LEG][=VALUE][:ROUTE][:TIMES]`, as in `delay=2:/api/generate/*:3`; raises ValueError."""
        found = _WRITTEN.fullmatch(written.strip())
        if found is None:
            raise ValueError(f"{written!r} is not KIND[@LEG][=VALUE][:ROUTE][:TIMES]")
        times = found["times"]
        return cls(
            found["kind"],
            value=found["value"],
            times=None if times == "always" else int(times or 1),
            route=found["route"],
            leg=cast("Leg | None", found["leg"]),
        )
