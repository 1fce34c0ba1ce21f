"""Handing over what a call gave: a job to wait for, files to save, or an answer to print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from coinslot.console._ends import say_interrupted
from coinslot.console._saving import save_content
from coinslot.console._session import amount
from coinslot.console._wanted import forget_wanted, keep_wanted, told_path
from coinslot.errors import JobFailed, JobTimeout
from coinslot.jobs import Job
from coinslot.ledger import SqliteLedger
from coinslot.models import AnswerModel
from coinslot.money import show
from coinslot.results import Result
from coinslot.streams import Events
from coinslot.text import clean, typed, written

if TYPE_CHECKING:
    from coinslot.console._options import Terms
    from coinslot.console._session import Session


def deliver(session: Session, answer: Any, terms: Terms, *, model: str) -> None:
    """Hand over an answer: wait for a job, save bytes, print the rest."""
    match answer:
        case Job():
            follow(session, answer, terms, model=model)
        case Events():
            _print_as_they_come(session, answer)
        case bytes():
            path = save_content(answer, terms.output, model=model)
            session.finish(str(path), files=[str(path)])
        case None:
            session.finish(None, answer=None)
        case str():
            session.finish(answer, answer=answer)
        case _:
            plain = _json(answer)
            session.finish(json.dumps(plain, indent=2, ensure_ascii=False), answer=plain)


def _print_as_they_come(session: Session, events: Events[Any]) -> None:
    """Print each event's data when it comes; for scripts, all of them together."""
    kept: list[dict[str, str]] = []
    with events:
        for event in events:
            if session.as_json:
                kept.append({"event": event.event, "data": event.text, "id": event.id})
            else:
                click.echo(event.text)
    session.finish(None, answer=kept)


def follow(session: Session, job: Job[Any], terms: Terms, *, model: str) -> None:
    """Wait for a job, and print where its result was saved."""
    session.finish(bring_home(session, job, terms, model=model))


def bring_home(session: Session, job: Job[Any], terms: Terms, *, model: str) -> str:
    """Wait for a job and save its result; return where to, or what it gave.

    Says how to go on where waiting ends before the job does.
    """
    from coinslot.console._progress import progress

    session.told |= {"job_id": job.id, "attempt_id": job.attempt_id}
    again = f"'{session.program.name} jobs resume {typed(job.id, job.attempt_id)}'"
    session.say(f"Job {clean(job.id)} is under way{_facts(session, job)}.")
    keep_wanted(job.attempt_id, terms)
    if terms.no_wait:
        session.say(f"It goes on by itself; fetch it with {again}.")
        session.told["status"] = job.status
        return job.id
    try:
        with progress(job, model) as show_progress:
            result = job.wait(
                terms.timeout,
                on_progress=show_progress,
                save_to=None if job.route.result is None else terms.output or ".",
                metadata=None if terms.metadata == "none" else terms.metadata,
            )
    except KeyboardInterrupt:
        say_interrupted(session, f"The job is paid for and goes on; fetch it with {again}.")
        raise
    except JobTimeout:
        session.say(f"Go on with {again}.")
        raise
    except JobFailed:
        forget_wanted(job.attempt_id)
        raise
    except OSError:
        session.say(f"The job is paid for, and its result could not be saved: mend that, then {again}.")
        raise
    forget_wanted(job.attempt_id)
    session.told["status"] = job.status
    if not isinstance(result, Result):
        session.told["result"] = result
        return json.dumps(result, indent=2, ensure_ascii=False)
    files = [] if result.saved_to is None else [written(result.saved_to)]
    session.told |= {"result": dict(result.raw), "files": files}
    if terms.preview and result.saved_to is not None:
        from coinslot.console._preview import preview

        preview(result, result.saved_to)
    return str(result.saved_to) if result.saved_to is None else told_path(result.saved_to)


def _facts(session: Session, job: Job[Any]) -> str:
    """Say what a job cost, and how long such jobs take, where nothing will show that."""
    from coinslot.console._progress import shows_progress, usually

    told = ""
    attempt = SqliteLedger().attempt(job.attempt_id) if job.attempt_id else None
    if attempt is not None:
        session.told["price_usd"] = amount(attempt.price)
        earlier = attempt.created_at < session.started
        files = session.told.get("uploads_usd")
        told = f", {show(attempt.price)} paid with {attempt.backend}" + (
            f" and ${files} for files" if files else ""
        )
        if earlier:
            return f". It was paid for before ({show(attempt.price)})"
    time = "" if session.as_json or shows_progress() else usually(job.route)
    return f"{told}; {time}" if time else told


def _json(answer: Any) -> Any:
    if isinstance(answer, AnswerModel):
        return answer.model_dump(mode="json", by_alias=True)
    dump = getattr(answer, "model_dump", None)
    return dump(mode="json", by_alias=True) if dump is not None else answer
