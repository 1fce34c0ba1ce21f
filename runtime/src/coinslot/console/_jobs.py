"""`jobs`: what was started here, and how it is picked up again."""

from __future__ import annotations

from typing import Any

import click

from coinslot.console._options import printing, saving, serving, taken, waiting
from coinslot.console._session import session_of


@click.group(invoke_without_command=True)
@printing
@click.pass_context
def jobs(ctx: click.Context, *, _as_json: bool = False) -> None:
    """Jobs that were started here: list them, look at one, pick them up."""
    session_of(ctx).as_json = _as_json
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@jobs.command("list")
@click.option("--base-url", "_base_url", metavar="URL", help="Where the API is, as for a sandbox.")
@printing
@click.pass_context
def list_(ctx: click.Context, _base_url: str | None = None, *, _as_json: bool = False) -> None:
    """List the jobs that this machine's ledger knows, the newest last. Asks nobody."""
    from coinslot.console._known import list_known

    session = session_of(ctx)
    session.as_json |= _as_json
    list_known(session, _base_url)


def _ids(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    from coinslot.console._known import known

    return [str(one.job_id) for one in known(session_of(ctx), None) if str(one.job_id).startswith(incomplete)]


@jobs.command()
@click.argument("job_id", metavar="ID", shell_complete=_ids)
@serving
@click.pass_context
def show(ctx: click.Context, /, job_id: str, **given: Any) -> None:
    """Ask for one job, and print what the server says of it."""
    from coinslot.console._resuming import show_one

    terms, _ = taken(given)
    session_of(ctx).as_json |= terms.as_json
    show_one(session_of(ctx), terms, job_id)


@jobs.command(short_help="Wait for jobs, and save their results.")
@click.argument("job_id", metavar="[ID]", required=False, shell_complete=_ids)
@saving
@waiting
@serving
@click.pass_context
def resume(ctx: click.Context, /, job_id: str | None, **given: Any) -> None:
    """Wait for jobs and save their results; for one, or without ID for all that are not at home.

    Nothing is paid for again. ID is a job's id, the attempt that paid for it, or a job's token. Without
    --output a result goes where the command that started its job wanted it.
    """
    from coinslot.console._resuming import resume_all, resume_one

    terms, _ = taken(given)
    session = session_of(ctx)
    session.as_json |= terms.as_json
    if job_id is not None:
        resume_one(session, terms, job_id)
    else:
        ctx.exit(resume_all(session, terms))
