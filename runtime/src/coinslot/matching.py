"""Finding the job of a lost answer: in the payer's own list of jobs, by likeness.

A job found so is adopted as `matched`; it never says anything about the money. A job that is not in the
list proves nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from coinslot.attempt import Attempt
from coinslot.backend import Backend, Surroundings
from coinslot.effects import Flow, Headers, NoReply, NotSent, Record, Reply, Request
from coinslot.errors import SignInRefused
from coinslot.origin import base_of
from coinslot.route import JobStyle, job_id_of, member_of
from coinslot.security import Credentials
from coinslot.signed import Habits, ask_signed

BACK_SECONDS = 300
"""The list is read back to so long before the signing: clocks differ."""
MAX_PAGES = 50
TIMEOUT = 30.0
_GENERAL = frozenset({"image", "video", "audio", "media", "generate", "generation", "edit", "create"})
"""Words that a server may add to a model's name to say what kind of work it is."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A job as the list shows it."""

    id: str
    kind: str
    input: Mapping[str, Any]
    created_at: float
    """Unix seconds."""
    raw: Mapping[str, Any]
    failed: bool = False
    """Whether the list says why it came to nothing."""


@dataclass(frozen=True, slots=True)
class Seeker:
    """Who asks, and in whose time."""

    backend: Backend
    habits: Habits
    surroundings: Surroundings
    credentials: Credentials | None = None


def candidates(attempt: Attempt, style: JobStyle, body: bytes, seeker: Seeker) -> Flow[list[Listed]]:
    """Return the jobs that may be this attempt's, the oldest first, and belong to no attempt yet.

    Empty where the list cannot be read: that, too, proves nothing.
    """
    sent = _object(body)
    if style.list_path is None or sent is None:
        return []
    listed = yield from _list(attempt, style, seeker)
    alike = [job for job in listed if _alike(job, attempt.call.path, sent)]
    owners = []
    for job in alike:
        owners.append((yield from _owner(attempt.call.origin, job)))  # noqa: PERF401 - a comprehension cannot yield
    free = [job for job, owner in zip(alike, owners, strict=True) if owner is None]
    return sorted(free, key=lambda job: (job.created_at, job.id))


def _owner(origin: str, job: Listed) -> Flow[Attempt | None]:
    owner: Attempt | None = yield Record(lambda ledger: ledger.by_job(origin, job.id), "by job")
    return owner


def assign(own: Attempt, open_attempts: Sequence[Attempt], jobs: Sequence[Listed]) -> Listed | None:
    """Return the job that is this attempt's; None where that cannot be told.

    `open_attempts` are all attempts of equal calls that still lack their job, this one included. One of
    each is a match; several are, in order, where just as many payments settled as there are jobs. Where all
    have settled and there are more jobs, a request came to the server twice: any of them is what was asked.
    """
    if len(open_attempts) == len(jobs) == 1:
        return jobs[0]
    settled = sorted(
        (attempt for attempt in open_attempts if attempt.money == "settled"),
        key=lambda attempt: (attempt.signed_at, attempt.created_at, attempt.id),
    )
    spare = len(jobs) - len(settled)
    if spare < 0 or (spare > 0 and len(settled) < len(open_attempts)):
        return None
    if spare:
        # Which of them the payment is for, the list does not say; one that has failed is the last choice.
        jobs = sorted(jobs, key=lambda job: job.failed)
    places = {attempt.id: job for attempt, job in zip(settled, jobs, strict=False)}
    return places.get(own.id)


def _list(attempt: Attempt, style: JobStyle, seeker: Seeker) -> Flow[list[Listed]]:
    earliest = attempt.signed_at - BACK_SECONDS
    found: dict[str, Listed] = {}
    cursor: str | None = None
    for _ in range(MAX_PAGES):
        page = yield from _page(attempt, style, cursor, seeker)
        items = member_of(page, style.items)
        listed = [_listed(item, style) for item in items] if isinstance(items, list) else []
        jobs = [job for job in listed if job is not None]
        fresh = [job for job in jobs if job.id not in found]
        found.update((job.id, job) for job in fresh)
        following = member_of(page, style.cursor) if style.cursor is not None else None
        # A server that ignores the cursor gives the same page again.
        if not fresh or not isinstance(following, str) or not following or following == cursor:
            break
        if fresh[-1].created_at < earliest and _runs_back([job.created_at for job in found.values()]):
            break
        cursor = following
    return [job for job in found.values() if job.created_at >= earliest]


def _runs_back(times: Sequence[float]) -> bool:
    """Whether jobs are listed with the newest first, as far as can be told: then only older ones follow."""
    return times[0] > times[-1] and all(later >= earlier for later, earlier in pairwise(times))


def _page(attempt: Attempt, style: JobStyle, cursor: str | None, seeker: Seeker) -> Flow[dict[str, Any]]:
    query = f"?{urlencode({'cursor': cursor})}" if cursor is not None else ""
    url = f"{base_of(attempt.url, attempt.route_path)}{style.list_path}{query}"
    request = Request("GET", url, Headers({"Accept": "application/json"}))
    if seeker.credentials is not None:
        request = seeker.credentials.for_job(request, style.security)
    try:
        reply: Reply = yield from ask_signed(
            request, seeker.backend, seeker.habits, seeker.surroundings, TIMEOUT
        )
        content = reply.json() if reply.status == 200 else None
    except (NotSent, NoReply, SignInRefused, ValueError):
        content = None
    return content if isinstance(content, dict) else {}


def _listed(item: object, style: JobStyle) -> Listed | None:
    if not isinstance(item, dict):
        return None
    job_id = next((found for name in _id_names(style) if (found := job_id_of(member_of(item, name)))), None)
    asked = item.get(style.input)
    created = moment(item.get(style.created))
    if not job_id or not isinstance(asked, dict) or created is None:
        return None
    failed = style.error is not None and bool(member_of(item, style.error) or item.get(_last(style.error)))
    return Listed(job_id, str(item.get(style.kind) or ""), asked, created, item, failed)


def _id_names(style: JobStyle) -> tuple[str, ...]:
    return "id", style.id, _last(style.id)


def _last(name: str) -> str:
    # A list tells of its jobs without what is wrapped around a single one.
    return name.rpartition(".")[2]


def _alike(job: Listed, path: str, sent: Mapping[str, Any]) -> bool:
    """Whether a job was made from this request: the server may have added defaults, and changed nothing."""
    return _same_kind(job.kind, path) and all(
        name in job.input and _normal(job.input[name]) == _normal(value) for name, value in sent.items()
    )


def _same_kind(kind: str, path: str) -> bool:
    """Whether a kind of work is what a route makes.

    Kinds are free text; seen are a route's model, or the model with its operation or a general word.
    """
    words = [_slug(segment) for segment in path.split("/") if segment]
    told = _slug(kind)
    if not told or not words:
        return False
    operation, model = words[-1], words[-2] if len(words) > 1 else words[-1]
    rest = told.removeprefix(f"{model}-")
    return told == model or (rest != told and (rest == operation or set(rest.split("-")) <= _GENERAL))


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", text.lower()).strip("-")


def _normal(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def moment(value: object) -> float | None:
    """Read a moment as servers write it in JSON, as unix seconds; None for anything else."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # Seconds or milliseconds since 1970.
        return float(value) / 1000 if value > 1e11 else float(value)
    try:
        read = datetime.fromisoformat(str(value))
        # Servers that leave the zone out mean UTC; this machine's own would be a guess.
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
    except ValueError:
        return None
