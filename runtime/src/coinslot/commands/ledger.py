"""`coinslot ledger`: what was paid, for what, and what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from decimal import Decimal

import click

from coinslot.attempt import Attempt
from coinslot.errors import CoinslotError
from coinslot.ledger import SqliteLedger
from coinslot.money import show


@click.group(help="What was paid, for what, and what became of it.")
def ledger() -> None:
    """Group the ledger's subcommands."""


@ledger.command("list", help="All attempts, the newest last.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def list_(*, as_json: bool) -> None:
    """Print every attempt."""
    attempts = _attempts()
    if as_json:
        for attempt in attempts:
            click.echo(json.dumps(_plain(attempt)))
        return
    if not attempts:
        click.echo("Nothing was paid from this ledger yet.")
        return
    from rich.console import Console

    Console().print(table(attempts))


@ledger.command("show", help="One attempt, with everything that is known of it.")
@click.argument("attempt_id")
def show_one(attempt_id: str) -> None:
    """Print one attempt."""
    attempt = next((known for known in _attempts() if known.id == attempt_id), None)
    if attempt is None:
        raise click.ClickException(f"There is no attempt {attempt_id} in this ledger.")
    click.echo(json.dumps(_plain(attempt), indent=2))


def table(attempts: list[Attempt]) -> object:
    """Return the attempts as a table for a terminal."""
    from rich.table import Table

    made = Table("when", "call", "price", "paid with", "money", "delivery", "job", box=None, pad_edge=False)
    for attempt in attempts:
        when = datetime.fromtimestamp(attempt.created_at, UTC).strftime("%Y-%m-%d %H:%M")
        said = f" ({attempt.settled_by})" if attempt.settled_by else ""
        made.add_row(
            when,
            attempt.call.path,
            show(attempt.price),
            attempt.backend,
            attempt.money + said,
            attempt.delivery,
            attempt.job_id or "",
        )
    spent = sum((attempt.reserved for attempt in attempts), Decimal(0))
    made.caption = f"{show(spent)} spent or reserved"
    return made


def _attempts() -> list[Attempt]:
    try:
        return SqliteLedger().attempts()
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None


def _plain(attempt: Attempt) -> dict[str, object]:
    return {
        "id": attempt.id,
        "call": f"{attempt.call.method} {attempt.url}",
        "idempotency_key": attempt.call.idempotency_key,
        "created_at": datetime.fromtimestamp(attempt.created_at, UTC).isoformat(),
        "backend": attempt.backend,
        "price_usd": str(attempt.price),
        "reserved_usd": str(attempt.reserved),
        "terms": asdict(attempt.terms),
        "money": attempt.money,
        "settled_by": attempt.settled_by,
        "transaction": attempt.transaction,
        "nonce": attempt.nonce,
        "receipt": attempt.receipt,
        "delivery": attempt.delivery,
        "job_id": attempt.job_id,
        "matched": attempt.matched,
        "note": attempt.note,
    }
