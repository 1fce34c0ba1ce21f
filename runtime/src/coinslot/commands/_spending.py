"""`coinslot ledger summary`, `export` and `report`: what it came to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from coinslot.commands._choosing import GROUPINGS, choosing

if TYPE_CHECKING:
    from coinslot.spending import Entry, Grouping

COLUMNS = (
    "id", "created_at", "origin", "method", "path", "route", "backend", "price_usd", "max_fee_usd",
    "paid_usd", "reserved_usd", "printed_low_usd", "printed_high_usd", "money", "settled_by", "delivery",
    "seconds", "job_id", "saved_to", "network", "asset", "payee", "payer", "transaction", "budget", "note",
)  # fmt: skip
"""Of an attempt in CSV."""
SUMS = ("key", "calls", "paid_usd", "fees_usd", "open_usd")

FILE: click.Path = click.Path(path_type=Path, dir_okay=False)
force = click.option("-f", "--force", is_flag=True, help="Replace a file that is there.")


@click.command(help="What was spent, added up exactly.")
@choosing
@click.option(
    "--by",
    type=click.Choice(GROUPINGS),
    default="route",
    show_default=True,
    help="What is added up together.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def summary(chosen: list[Entry], *, by: Grouping, as_json: bool) -> None:
    """Print sums."""
    from coinslot.commands.listing import console, sums_table
    from coinslot.spending import grouped, plain_sums

    groups = grouped(chosen, by)
    if as_json:
        for group in groups:
            click.echo(json.dumps(plain_sums(group)))
        return
    if not chosen:
        click.echo("Nothing was paid.")
        return
    console().print(sums_table(groups, by))


@click.command(
    short_help="Attempts, or sums of them, as a file.",
    help="Attempts, or sums of them, as a file for other programs. No credentials are in it.",
)
@choosing
@click.option("--format", "kind", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--by", type=click.Choice(GROUPINGS), help="Add up; a row for each attempt without it.")
@click.option("-o", "--output", type=FILE, help="Standard output without it.")
@force
def export(
    chosen: list[Entry], *, kind: str, as_json: bool, by: Grouping | None, output: Path | None, force: bool
) -> None:
    """Write attempts or sums."""
    from coinslot.spending import csv_of, grouped, plain, plain_sums

    rows: list[dict[str, Any]]
    rows = [plain(one) for one in chosen] if by is None else [plain_sums(one) for one in grouped(chosen, by)]
    as_json = as_json or kind == "json"
    text = json.dumps(rows, indent=2) + "\n" if as_json else csv_of(rows, COLUMNS if by is None else SUMS)
    if output is None:
        click.echo(text.encode(), nl=False)
        return
    write(output, text.encode(), replace=force)
    click.echo(f"{output}: {len(rows)} rows", err=True)


@click.command(
    short_help="A page to look at, with charts and results.",
    help="A page to look at: spending over time and by route, prices, times, results. An earlier one is "
    "replaced, and no other file.",
)
@choosing
@click.option("-o", "--output", type=FILE, default="report.html", show_default=True)
@click.option(
    "--pictures", type=click.IntRange(0, 500), default=48, show_default=True, help="So many results at most."
)
@force
def report(chosen: list[Entry], *, output: Path, pictures: int, force: bool) -> None:
    """Write the page."""
    from coinslot.money import show
    from coinslot.spending import sums

    try:
        from coinslot.spending.report import MARK, page
    except ModuleNotFoundError as error:
        raise click.ClickException(f"{error.name} is missing: pip install 'coinslot[cli]'") from None
    ours = output.is_file() and output.read_bytes()[: len(MARK)] == MARK.encode()
    made = page(chosen, datetime.now(UTC).astimezone(), pictures=pictures)
    write(output, made.encode(), replace=force or ours)
    whole = sums(chosen)
    click.echo(f"{output}: {whole.calls} calls, {show(whole.paid)} paid")


def write(
    path: Path, content: bytes, *, replace: bool = False, otherwise: str = "name another, or --force"
) -> None:
    """Write a file, or say why not; `otherwise`: what else can be done where it is there."""
    from coinslot.commands._writing import write_file

    try:
        write_file(path, content, replace=replace)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already: {otherwise}.") from None
    except OSError as error:
        raise click.ClickException(f"{path} cannot be written ({error}).") from None
