"""The polling strategy `patient`: few questions, for those who are in no hurry."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from coinslot.route import Route


@dataclass(frozen=True, slots=True)
class Patient:
    """Asks when the job should be done, then ever more seldom."""

    factor: float = 1.5
    most: float = 4.0
    """The longest delay, in intervals of the route."""

    def delays(self, route: Route[Any, Any], waited: float) -> Iterator[float]:
        """Yield the rest of the usual time, then delays that grow from the route's own interval."""
        usual = route.typical_seconds[1] if route.typical_seconds is not None else route.poll_seconds
        yield max(usual - waited, 0.0)
        delay = route.poll_seconds
        while True:
            yield delay
            delay = min(delay * self.factor, self.most * route.poll_seconds)
