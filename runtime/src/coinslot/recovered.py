"""What `client.recover()` gives: attempts that were not at their end, and handles of their jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from coinslot.route import Route

if TYPE_CHECKING:
    from coinslot.attempt import Attempt
    from coinslot.client import BaseClient

JobT = TypeVar("JobT")


@dataclass(frozen=True, slots=True)
class Recovered(Generic[JobT]):
    """An attempt that was not at its end, as it stands now."""

    attempt: Attempt
    job: JobT | None
    """To be waited for; None where its job is not known, or it had none."""

    def __repr__(self) -> str:
        return f"<Recovered {self}>"

    def __str__(self) -> str:
        job = f"job {self.attempt.job_id}" if self.attempt.job_id else "no job known"
        why = self.attempt.note or "nothing more is known"
        return f"{self.attempt.id}: {self.attempt.money}, {job}; {why}"


def recovered(client: BaseClient[Any, Any], attempts: Sequence[Attempt]) -> list[Recovered[Any]]:
    """Pair attempts with handles of their jobs. The same call gets a job too, until its end was seen."""
    return [Recovered(attempt, job_of(client, attempt)) for attempt in attempts]


def job_of(client: BaseClient[Any, Any], attempt: Attempt) -> Any:
    """Return a handle of the job that an attempt came to; None where none is known."""
    if attempt.job_id is None or attempt.job_style is None:
        return None
    from coinslot.jobs import known

    face = client._face  # noqa: SLF001 - the two halves of one client
    # Of an older or another client: its result is read as it is.
    route = route_of(client, f"{attempt.call.method} {attempt.route_path}") or Route(
        attempt.call.method, attempt.route_path, access="paid", job=attempt.job_style
    )
    return face.job(known(face, route, attempt))


def route_of(client: BaseClient[Any, Any], name: str) -> Route[Any, Any] | None:
    """Return the client's route that starts jobs and is called so, as in `POST /api/draw`."""
    module = client.JOB_ROUTES.get(name)
    if module is None:
        return None
    # The generated class, also where a user's own class derives from it.
    generated = next(kind for kind in type(client).__mro__ if "JOB_ROUTES" in vars(kind))
    package = generated.__module__.rpartition(".")[0]
    return cast("Route[Any, Any]", import_module(module, package).ROUTE)
