"""`jobs`: what was started here, and how it is picked up again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from coinslot.console._delivering import bring_home, follow
from coinslot.console._ends import code_of, plain
from coinslot.console._options import Terms, printing, saving, serving, taken, waiting
from coinslot.console._session import Session, amount, session_of
from coinslot.errors import CoinslotError, ConfigurationError
from coinslot.ledger import SqliteLedger
from coinslot.money import show as shown
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.attempt import Attempt
    from coinslot.client import Client
    from coinslot.jobs import Job


@click.group(invoke_without_command=True)
@click.pass_context
def jobs(ctx: click.Context) -> None:
    """Jobs that were started here: list them, look at one, pick them up."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@jobs.command("list")
@click.option("--base-url", "_base_url", metavar="URL", help="Where the API is, as for a sandbox.")
@printing
@click.pass_context
def list_(ctx: click.Context, _base_url: str | None = None, *, _as_json: bool = False) -> None:
    """List the jobs that this machine's ledger knows, the newest last. Asks nobody."""
    session = session_of(ctx)
    session.as_json = _as_json
    found = _known(session, _base_url)
    if _as_json:
        session.finish(None, jobs=[_plain(one) for one in found])
        return
    if not found:
        session.say("No job was started from here yet.")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("started", "job", "call", "price", "state"):
        # An id is copied, so it stays in one piece, unless it is so long that nothing else would fit.
        table.add_column(
            name, no_wrap=name != "call", overflow="fold", max_width=40 if name == "job" else None
        )
    for one in found:
        when = datetime.fromtimestamp(one.created_at, UTC).astimezone().strftime("%m-%d %H:%M")
        table.add_row(when, clean(str(one.job_id), 80), one.call.path, shown(one.price), one.delivery)
    Console().print(table, markup=False)


@jobs.command()
@click.argument("job_id", metavar="ID")
@serving
@click.pass_context
def show(ctx: click.Context, /, job_id: str, **given: Any) -> None:
    """Ask for one job, and print what the server says of it."""
    session, terms = _begun(ctx, given)
    with session.client(pay_with=terms.pay_with, base_url=terms.base_url) as client:
        state = _taken_up(session, client, terms, job_id).poll()
    told = {"status": state.status, "stage": state.stage, "progress": state.progress, "error": state.error}
    text = json.dumps(state.raw, indent=2, ensure_ascii=False)
    session.finish(text, job_id=job_id, **told, raw=dict(state.raw))


@jobs.command()
@click.argument("job_id", metavar="[ID]", required=False)
@saving
@waiting
@serving
@click.pass_context
def resume(ctx: click.Context, /, job_id: str | None, **given: Any) -> None:
    """Wait for jobs and save their results; for one, or without ID for all that are not at home.

    Nothing is paid for again. ID is a job's id, the attempt that paid for it, or a job's token.
    """
    session, terms = _begun(ctx, given)
    with session.client(pay_with=terms.pay_with, base_url=terms.base_url) as client:
        if job_id is not None:
            job = _taken_up(session, client, terms, job_id)
            follow(session, job, terms, model=_name(job))
            return
        open_ones = [entry.job for entry in client.recover() if entry.job is not None]
        ended = [_ended(session, job, terms) for job in open_ones]
    if not ended:
        session.say("There is nothing to pick up.")
    session.told = {"jobs": [told for _, told, _ in ended]}
    session.finish("\n".join(text for text, _, _ in ended if text))
    ctx.exit(max((code for _, _, code in ended), default=0))


def _ended(session: Session, job: Job[Any], terms: Terms) -> tuple[str, dict[str, Any], int]:
    """Bring one of several jobs home; what stops it stops none of the others."""
    session.told = {}
    try:
        text = bring_home(session, job, terms, model=_name(job))
    except CoinslotError as error:
        session.say(f"{session.program.name}: {error}")
        return "", {**session.told, "error": plain(error)}, code_of(error)
    return text, session.told, 0


def _begun(ctx: click.Context, given: Mapping[str, Any]) -> tuple[Session, Terms]:
    terms, _ = taken(given)
    session = session_of(ctx)
    session.as_json = terms.as_json
    return session, terms


def _known(session: Session, base_url: str | None) -> list[Attempt]:
    """Return the attempts that started jobs; an upload is kept by its address, and is none."""
    origin = session.origin(base_url)
    found = (one for one in SqliteLedger().attempts() if one.call.origin == origin)
    return [one for one in found if one.job_id and "://" not in one.job_id]


def _taken_up(session: Session, client: Client, terms: Terms, job_id: str) -> Job[Any]:
    """Find a job by its token, its id, or the attempt that paid for it."""
    if job_id.lstrip().startswith("{"):
        return client.job(job_id)
    known = _known(session, terms.base_url)
    found = next((one for one in reversed(known) if job_id in {one.job_id, one.id}), None)
    if found is None:
        raise ConfigurationError(
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


def _plain(attempt: Attempt) -> dict[str, object]:
    return {
        "job_id": attempt.job_id,
        "attempt_id": attempt.id,
        "route": f"{attempt.call.method} {attempt.route_path}",
        "started": datetime.fromtimestamp(attempt.created_at, UTC).isoformat(),
        "price_usd": amount(attempt.price),
        "backend": attempt.backend,
        "money": attempt.money,
        "delivery": attempt.delivery,
    }
