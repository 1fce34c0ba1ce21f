"""Picking up jobs that were started earlier."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from coinslot.console._delivering import bring_home, follow
from coinslot.console._ends import code_of, plain
from coinslot.console._known import known
from coinslot.console._wanted import map_of, with_wanted
from coinslot.errors import CoinslotError
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.client import Client
    from coinslot.console._options import Terms
    from coinslot.console._session import Session
    from coinslot.jobs import Job


def show_one(session: Session, terms: Terms, job_id: str) -> None:
    """Ask for one job, and print what the server says of it."""
    with session.client(pay_with=terms.pay_with, base_url=terms.base_url) as client:
        state = _taken_up(session, client, terms, job_id).poll()
    told = {"status": state.status, "stage": state.stage, "progress": state.progress, "error": state.error}
    text = json.dumps(state.raw, indent=2, ensure_ascii=False)
    session.finish(text, job_id=job_id, **told, raw=dict(state.raw))


def resume_one(session: Session, terms: Terms, job_id: str) -> None:
    """Wait for one job, and print where its result was saved."""
    with session.client(pay_with=terms.pay_with, base_url=terms.base_url) as client:
        job = _taken_up(session, client, terms, job_id)
        follow(session, job, with_wanted(job.attempt_id, terms), model=_name(job))


def resume_all(session: Session, terms: Terms) -> int:
    """Wait for all that are not at home, but those of maps; return the exit code."""
    with session.client(pay_with=terms.pay_with, base_url=terms.base_url) as client:
        found = [entry for entry in client.recover() if entry.job is not None]
        ended = [
            _ended(session, entry.job, with_wanted(entry.attempt.id, terms))
            for entry in found
            if entry.job is not None and map_of(entry.attempt) is None
        ]
    maps = Counter(name for entry in found if (name := map_of(entry.attempt)) is not None)
    for name, number in maps.items():
        jobs = "1 job belongs" if number == 1 else f"{number} jobs belong"
        session.say(
            f"{jobs} to the map '{clean(name)}': run its command again, which knows its rows, or resume "
            "jobs by their ids."
        )
    if not ended and not maps:
        session.say("There is nothing to pick up.")
    session.told = {"jobs": [told for _, told, _ in ended]}
    session.finish("\n".join(text for text, _, _ in ended if text))
    return max((code for _, _, code in ended), default=0)


def _ended(session: Session, job: Job[Any], terms: Terms) -> tuple[str, dict[str, Any], int]:
    """Bring one of several jobs home; what stops it stops none of the others."""
    session.told = {}
    try:
        text = bring_home(session, job, terms, model=_name(job))
    except CoinslotError as error:
        session.say(f"{session.program.name}: {error}")
        return "", {**session.told, "error": plain(error)}, code_of(error)
    return text, session.told, 0


def _taken_up(session: Session, client: Client, terms: Terms, job_id: str) -> Job[Any]:
    """Find a job by its token, its id, or the attempt that paid for it."""
    if job_id.lstrip().startswith("{"):
        return client.job(job_id)
    found = next(
        (one for one in reversed(known(session, terms.base_url)) if job_id in {one.job_id, one.id}), None
    )
    if found is None:
        raise click.UsageError(
            f"No job {clean(job_id, 80)} of this API is in the ledger of this machine: give its token, "
            f"or look at '{session.program.name} jobs'. Nothing was asked or paid."
        )
    token = {
        "coinslot_job": 1,
        "origin": found.call.origin,
        "route": f"{found.call.method} {found.route_path}",
        "job_id": found.job_id,
        "attempt_id": found.id,
        "backend": found.backend,
        "payer": found.terms.payer,
    }
    return client.job(json.dumps(token))


def _name(job: Job[Any]) -> str:
    """Name what was called, for file names: the folder of its path."""
    parts = [part for part in job.route.path.split("/") if part and "{" not in part]
    return parts[-2] if len(parts) > 1 else parts[-1]
