"""The command `map`: one call for each row of a file; run again, it goes on where it was."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from coinslot.console._options import serving
from coinslot.console._session import session_of
from coinslot.console._values import DOLLARS

DEFAULT_TOTAL = Decimal("5.00")
"""Dollars that may be spent where nobody says another sum."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the command was given."""

    group: str
    call: str
    requests: Path
    output: Path
    name: str | None
    concurrency: int
    max_total: Decimal | None
    max_price: Decimal | None
    timeout: float | None
    yes: bool
    pay_with: tuple[str, ...]
    base_url: str | None
    as_json: bool


def _groups(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in session_of(ctx).program.groups if name.startswith(incomplete)]


def _calls(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    root = ctx.find_root().command
    group = root.get_command(ctx, str(ctx.params.get("group"))) if isinstance(root, click.Group) else None
    names = group.list_commands(ctx) if isinstance(group, click.Group) else []
    return [name for name in names if name.startswith(incomplete)]


@click.command()
@click.argument("group", shell_complete=_groups)
@click.argument("call", shell_complete=_calls)
@click.argument("requests", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE")
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    metavar="FOLDER",
    help="Where results and their index go. The same folder goes on where an earlier run was.",
)
@click.option("--name", help="Name of this run in the ledger. Without it: the folder.")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=4,
    show_default=True,
    help="How many calls are under way at once.",
)
@click.option(
    "--max-total",
    type=DOLLARS,
    show_default=f"{DEFAULT_TOTAL}, and you are asked",
    help="What all of it may cost together, in dollars, over all runs.",
)
@click.option("--max-price", type=DOLLARS, help="What each call may cost at most, in dollars.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="How long to wait for each job. Without it: ten minutes, or five times what is usual if longer.",
)
@click.option("--yes", "-y", is_flag=True, help=f"Pay up to {DEFAULT_TOTAL} dollars without asking.")
@serving
@click.pass_context
def map(ctx: click.Context, /, **given: Any) -> None:  # noqa: A001 - it is called so
    """Make one call for each row of FILE, save the results in a folder, and write an index of them there.

    FILE is a CSV table whose first line names the call's parameters, an empty cell leaving one out, or has
    one JSON object on each line (.jsonl). 'GROUP CALL --help' tells the parameters. It is checked whole
    before anything is paid. Run again, also after a crash, it goes on where it was: nothing is paid twice.
    """
    from coinslot.console._mapping import carry_out

    carry_out(ctx, Order(**{name.removeprefix("_"): value for name, value in given.items()}))
