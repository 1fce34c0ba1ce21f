"""What the server says of a job, read without knowing the server."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from coinslot.effects import Reply
from coinslot.route import JobStyle, job_id_of, member_of
from coinslot.text import clean

Stage: TypeAlias = Literal["running", "finished", "failed"]

_FINISHED = frozenset({"complete", "completed", "done", "finished", "succeeded", "success"})
_FAILED = frozenset({"canceled", "cancelled", "error", "errored", "expired", "failed", "rejected"})
_RUNNING = frozenset(
    {
        "accepted",
        "active",
        "created",
        "in-progress",
        "in-queue",
        "loading",
        "pending",
        "processing",
        "queued",
        "running",
        "scheduled",
        "started",
        "starting",
        "submitted",
        "waiting",
        "working",
    }
)
_LOGGER = logging.getLogger("coinslot.jobs")


@dataclass(frozen=True, slots=True)
class JobState:
    """A job as the server last described it."""

    job_id: str
    stage: Stage
    """What the status means to us; one that we do not know counts as running."""
    status: str | None
    """The server's own word."""
    progress: float | None
    """As the server counts, mostly from 0 to 100."""
    error: str | None = None
    """The server's reason for a failure, fit to be shown."""
    waited: float = 0.0
    """Seconds since the job was accepted here."""
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The whole answer."""
    body: bytes = field(default=b"", repr=False)
    """The whole answer, as received."""
    trouble: str | None = None
    """Why the last question had no usable answer: then all else is what was heard before."""

    @property
    def over(self) -> bool:
        """Whether the job has come to its end, good or bad."""
        return self.stage != "running"


def read_id(style: JobStyle, reply: Reply) -> str | None:
    """Return the job's id out of an accepted answer, or None if it holds none."""
    content = _mapping(reply)
    return None if content is None else job_id_of(member_of(content, style.id))


def ids_told(style: JobStyle, content: Mapping[str, Any]) -> set[str]:
    """Return what an answer about a job may call that job by."""
    names = {"id", style.id, style.id.rpartition(".")[2]}
    return {told for name in names if (told := job_id_of(member_of(content, name))) is not None}


def read_state(style: JobStyle, job_id: str, reply: Reply, waited: float) -> JobState | None:
    """Read an answer about a job; None if it is not one."""
    content = _mapping(reply)
    if content is None:
        return None
    status = member_of(content, style.status)
    return JobState(
        job_id=job_id,
        stage=stage_of(status),
        status=clean(status, 60) if isinstance(status, str) else None,
        progress=_number(member_of(content, style.progress)) if style.progress else None,
        error=_reason(member_of(content, style.error)) if style.error else None,
        waited=waited,
        raw=content,
        body=reply.body,
    )


def stage_of(status: object) -> Stage:
    """Say what a status means. Only words that mean an end are taken for one."""
    word = status.strip().lower().replace("_", "-").replace(" ", "-") if isinstance(status, str) else ""
    if word in _FINISHED:
        return "finished"
    return "failed" if word in _FAILED else "running"


def warn_of_unknown(state: JobState, warned: set[str]) -> None:
    """Log a running job's status that is in no vocabulary, once for each word."""
    word = (state.status or "").lower().replace("_", "-").replace(" ", "-")
    if state.stage == "running" and word not in _RUNNING | warned:
        warned.add(word)
        # Not a warning of `warnings`: turned into an error, it would abandon paid work.
        _LOGGER.warning("Job %s has the unknown status %r; it counts as running.", state.job_id, state.status)


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _reason(error: Any) -> str | None:
    if isinstance(error, Mapping):
        error = next((error[name] for name in ("message", "detail", "code") if error.get(name)), None)
    return clean(error) if isinstance(error, str) and error else None


def _mapping(reply: Reply) -> Mapping[str, Any] | None:
    try:
        content = reply.json()
    except ValueError:
        return None
    return content if isinstance(content, dict) else None
