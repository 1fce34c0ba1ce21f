"""One wait for a job: when to ask next, until when, and what to make of trouble on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from coinslot.effects import Flow, Sleep
from coinslot.errors import JobLost, JobTimeout
from coinslot.jobs._state import JobState
from coinslot.jobs._work import Busy, Work
from coinslot.polling import PollingStrategy
from coinslot.route import Route

_LONGEST_PAUSE = 300.0
_PATIENCE_WITH_404 = 3
"""A job may be unknown for a moment after it was accepted; so many times in a row, and it counts as lost."""


class Watch:
    """One wait for a job: when to ask next, until when, and what went wrong meanwhile."""

    def __init__(self, work: Work[Any], strategy: PollingStrategy, timeout: float | None) -> None:
        self._work = work
        self._delays = strategy.delays(work.route, work.waited)
        self._delay = work.route.poll_seconds
        self._timeout = default_timeout(work.route) if timeout is None else timeout
        self._started = work.surroundings.monotonic()
        self._asked = False
        self._answered = False
        self._unknown = 0

    def step(self, on_trouble: Callable[[JobState], object] | None = None) -> Flow[JobState]:
        """Sleep, ask, and go on through passing trouble, of which is told, until there is an answer.

        Raises JobTimeout at the deadline; the last question is asked at the deadline itself.
        """
        trouble: Busy | None = None
        troubles = 0
        while True:
            left = self._timeout - (self._work.surroundings.monotonic() - self._started)
            if left <= 0 and self._asked:
                waited = self._work.surroundings.monotonic() - self._started
                status = self._work.state.status if self._answered else None
                why = str(trouble) if trouble is not None else None
                raise JobTimeout(self._work.id, status, waited, why) from trouble
            pause = min(self._pause(trouble, troubles), max(left, 0.0))
            if pause > 0:
                yield Sleep(pause)
            self._asked = True
            try:
                state = yield from self._work.ask()
            except Busy as busy:
                trouble, troubles = busy, troubles + 1
                yield from self._count_unknown(busy)
                if on_trouble is not None:
                    on_trouble(replace(self._work.state, trouble=str(busy)))
            else:
                self._unknown = 0
                self._answered = True
                return state

    def to_the_end(self, on_progress: Callable[[JobState], object] | None) -> Flow[Any]:
        """Step until the job is over, then read its result."""
        while not self._work.state.over:
            state = yield from self.step(on_progress)
            if on_progress is not None:
                on_progress(state)
        return self._work.read_result()

    def _pause(self, trouble: Busy | None, troubles: int) -> float:
        self._delay = max(next(self._delays, self._delay), 0.0)
        if trouble is None:
            return self._delay
        backed_off = max(self._delay, 1.0) * 2.0 ** min(troubles - 1, 6)
        return min(max(backed_off, trouble.retry_after or 0.0), _LONGEST_PAUSE)

    def _count_unknown(self, busy: Busy) -> Flow[None]:
        self._unknown = self._unknown + 1 if busy.unknown else 0
        if self._unknown >= _PATIENCE_WITH_404:
            yield from self._work.record("lost")
            raise JobLost(self._work.id) from busy


def default_timeout(route: Route[Any, Any]) -> float:
    """Return how long a job may take before we stop waiting, in seconds: generous, it is paid for."""
    high = route.typical_seconds[1] if route.typical_seconds is not None else 0.0
    return max(600.0, 5 * high)
