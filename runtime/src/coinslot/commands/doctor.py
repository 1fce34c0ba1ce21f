"""`coinslot doctor`: is everything right for the first paid call, and if not, what to do."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict

import click

from coinslot.terminal import columns_of, fitted, say

MARKS = {"right": ("ok", "green"), "note": ("note", "yellow"), "wrong": ("WRONG", "red")}


@click.command(
    help="Check what must be right before the first paid call, to ORIGIN if one is named "
    "(an address, or the name of an installed client), "
    "and say what to do. Exits with 1 if anything is wrong."
)
@click.argument("origin", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
@click.pass_context
def doctor(ctx: click.Context, origin: str | None, *, as_json: bool) -> None:
    """Examine and report."""
    from coinslot.checks import examine

    wrong = 0
    for finding in examine(os.environ, origin):
        wrong += finding.state == "wrong"
        if as_json:
            click.echo(json.dumps(asdict(finding)))
            continue
        mark, colour = MARKS[finding.state]
        words = f"{mark:>5}  {finding.subject}: {finding.told}"
        told = fitted(words, columns_of(sys.stdout), hang=len(mark) + 2)
        click.echo(told.replace(mark, click.style(mark, fg=colour), 1))
        if finding.todo:
            say(f"       → {finding.todo}", hang=2)
    if not as_json:
        told = "Ready to pay." if not wrong else f"{wrong} to mend before a call can pay."
        click.echo(told)
    ctx.exit(1 if wrong else 0)
