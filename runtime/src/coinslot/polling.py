"""Polling strategies: when to ask for a job next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from coinslot.hookspecs import hookimpl
from coinslot.route import Route


@runtime_checkable
class PollingStrategy(Protocol):
    """Says how long to wait before each question. Asks nothing and sleeps nowhere itself."""

    def delays(self, route: Route[Any, Any], waited: float) -> Iterator[float]:
        """Yield the seconds before each poll of a job that was accepted `waited` seconds ago.

        When it ends, its last delay is kept.
        """
        ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """Ask at one interval, from the start."""

    seconds: float

    def delays(self, route: Route[Any, Any], waited: float) -> Iterator[float]:
        """Yield the same delay for ever."""
        del route, waited
        while True:
            yield self.seconds


@dataclass(frozen=True, slots=True)
class RouteDerived:
    """Ask at the interval that the route names; first when the job can be done for the first time."""

    def delays(self, route: Route[Any, Any], waited: float) -> Iterator[float]:
        """Yield the route's interval, after a first delay that is no longer than it."""
        first = route.poll_seconds
        if route.typical_seconds is not None:
            first = min(first, max(route.typical_seconds[0], 1.0))
        yield max(first - waited, 0.0)
        while True:
            yield route.poll_seconds


@dataclass(frozen=True, slots=True)
class Backoff:
    """Ask soon, then ever more seldom, up to twice the route's interval."""

    first: float = 1.0
    factor: float = 1.5

    def delays(self, route: Route[Any, Any], waited: float) -> Iterator[float]:
        """Yield delays that grow; a job that was waited for already starts further up."""
        longest = max(2 * route.poll_seconds, self.first)
        delay = passed = self.first
        while passed < waited and delay < longest:
            delay = min(delay * self.factor, longest)
            passed += delay
        while True:
            yield delay
            delay = min(delay * self.factor, longest)


class OwnStrategies:
    """The strategies that come with the runtime, offered like everybody else's."""

    @hookimpl
    def coinslot_polling_strategies(self) -> Mapping[str, PollingStrategy]:
        """Offer `route`, `backoff` and `fixed` (every five seconds)."""
        return {"route": RouteDerived(), "backoff": Backoff(), "fixed": Fixed(5.0)}
