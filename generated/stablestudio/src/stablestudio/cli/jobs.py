# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import TEXT, free_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Jobs: list, delete, get.")


@commands.command("list")
@click.option(
    "--limit", type=click.IntRange(min=1), help="How many jobs to list at most."
)
@click.option(
    "--status",
    help="Leave out jobs in any other status than this one, such as complete.",
)
@free_call
def list(client: StableStudio) -> Any:
    """List the jobs of the wallet that signs in.

    Signed with the wallet's identity; nothing is paid.
    """
    return client.jobs.list


@commands.command("delete")
@click.argument("job_id", type=TEXT)
@free_call
def delete(client: StableStudio) -> Any:
    """Remove a failed job from view, without erasing its record.

    Signed with the wallet's identity; nothing is paid.

    JOB_ID: Identifier of the job, as the generation call answered it.
    """
    return client.jobs.delete


@commands.command("get")
@click.argument("job_id", type=TEXT)
@free_call
def get(client: StableStudio) -> Any:
    """Look up how far a job has come.

    Signed with the wallet's identity; nothing is paid.

    JOB_ID: Identifier of the job, as the generation call answered it.
    """
    return client.jobs.get
