"""Jobs and what has become of them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from coinslot_codegen.document.model import RouteSpec
from coinslot_sandbox.clock import Clock
from coinslot_sandbox.names import Names

Phase: TypeAlias = Literal["waiting", "running", "done", "failed"]

Fate: TypeAlias = Literal["done", "fails", "endless"]

_DEFAULT_SECONDS = 10.0
_WAITING_PART = 0.2
"""The part of a job's time in which nothing happens yet."""


@dataclass(slots=True)
class Job:
    """One piece of paid work."""

    id: str
    route: RouteSpec
    input: Mapping[str, Any]
    owner: str | None
    """Address in lower case of who paid; None where nobody had to say who they are."""
    created: float
    seconds: float
    """How long it takes from being made to being finished."""
    fate: Fate
    """What it comes to in the end."""
    polls: int = 0
    """How often its state was asked for."""
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """A job at one moment."""

    phase: Phase
    progress: int
    """0 to 100."""
    updated: float


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast jobs go, and which of them fail."""

    time_scale: float = 1.0
    """1: as long as the guidance says; 0: finished at once."""
    polls: int | None = None
    """Finish at the n-th question instead of by time."""
    fail_marker: str | None = None
    """Fail when any text of the request holds this."""
    failing: Collection[str] = ()
    """Fail on these paths."""

    def fails(self, route: RouteSpec, given: Any) -> bool:
        """Return whether a request's job is to fail."""
        if route.path in self.failing:
            return True
        return self.fail_marker is not None and any(self.fail_marker in text for text in _texts(given))


class Jobs:
    """All jobs, the newest last."""

    def __init__(self, clock: Clock, names: Names, pace: Pace) -> None:
        self._clock = clock
        self._names = names
        self._pace = pace
        self._jobs: dict[str, Job] = {}

    def __iter__(self) -> Iterator[Job]:
        """Iterate over the jobs that were not deleted, the newest last."""
        return (job for job in self._jobs.values() if not job.deleted)

    def start(self, route: RouteSpec, given: Any, owner: str | None, *, numbered: bool = False) -> Job:
        """Make a job; `numbered`: its id is a number."""
        usual = (route.time.low + (route.time.high or route.time.low)) / 2 if route.time else _DEFAULT_SECONDS
        job = Job(
            id=self._names.number() if numbered else self._names.job(),
            route=route,
            input=given if isinstance(given, Mapping) else {},
            owner=owner,
            created=self._clock.now(),
            seconds=usual * self._pace.time_scale,
            fate="fails" if self._pace.fails(route, given) else "done",
        )
        self._jobs[job.id] = job
        return job

    def find(self, job_id: str) -> Job | None:
        """Return a job that exists and was not deleted."""
        job = self._jobs.get(job_id)
        return None if job is None or job.deleted else job

    def look(self, job: Job) -> State:
        """Return how far a job is; changes nothing."""
        end: Phase = "failed" if job.fate == "fails" else "done"
        now = self._clock.now()
        if self._pace.polls is not None:
            share = job.polls / max(self._pace.polls, 1)
            first_is_waiting = job.polls <= 1 < self._pace.polls
        else:
            share = (now - job.created) / job.seconds if job.seconds > 0 else 1.0
            first_is_waiting = share < _WAITING_PART
        if job.fate == "endless":
            share = min(share, 0.99)
        if share >= 1:
            finished = job.created + job.seconds if self._pace.polls is None else now
            return State(end, 100 if end == "done" else 0, finished)
        if first_is_waiting:
            return State("waiting", 0, job.created)
        return State("running", min(int(share * 100), 99), now)

    def poll(self, job: Job) -> State:
        """Return how far a job is, and count the question."""
        job.polls += 1
        return self.look(job)


def _texts(given: Any) -> Iterator[str]:
    if isinstance(given, str):
        yield given
    elif isinstance(given, Mapping):
        for value in given.values():
            yield from _texts(value)
    elif isinstance(given, list):
        for value in given:
            yield from _texts(value)
