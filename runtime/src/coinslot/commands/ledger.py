"""`coinslot ledger`: what was paid, for what, and what became of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Literal

import click

from coinslot.attempt import Attempt, ForbiddenMove
from coinslot.errors import CoinslotError
from coinslot.ledger import SqliteLedger
from coinslot.money import show, total


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


@ledger.command(help="Finish what earlier calls left open: sends again, looks up, signs nothing new.")
@click.option(
    "--pay-with", "names", multiple=True, help="A backend whose wallet paid; all with a key without it."
)
def recover(names: tuple[str, ...]) -> None:
    """Recover every open attempt that nobody is at work on."""
    from rich.console import Console

    from coinslot.transport import PaymentTransport

    transport = PaymentTransport(pay_with=names or None)
    try:
        attempts = transport.recover()
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
    finally:
        transport.close()
    if not attempts:
        click.echo("Nothing is open.")
        return
    Console().print(table(attempts))
    for attempt in attempts:
        click.echo(f"{attempt.id}: {attempt.note or 'nothing more is known'}")


@ledger.command(help="Write what you found out yourself about a payment that nothing else can conclude.")
@click.argument("attempt_id")
@click.argument("money", type=click.Choice(["settled", "void"]))
@click.option("--note", prompt="How do you know", help="How you know it; kept in the ledger.")
@click.confirmation_option(
    prompt="If you are wrong, the call is paid twice (void) or never made again (settled). Go on?"
)
def resolve(attempt_id: str, money: Literal["settled", "void"], note: str) -> None:
    """Conclude an attempt by hand."""
    try:
        attempt = SqliteLedger().resolve(attempt_id, money, note)
    except (CoinslotError, ForbiddenMove) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{attempt.id}: {attempt.money}")


@ledger.command(help="Erase the prompts and answers of attempts that are at their end.")
@click.option("--prompts", is_flag=True, required=True, help="Say what is erased.")
def purge(*, prompts: bool) -> None:
    """Erase what is private and no longer needed."""
    del prompts
    try:
        erased = SqliteLedger().purge()
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Erased the requests and answers of {erased} attempts.")


def table(attempts: list[Attempt]) -> object:
    """Return the attempts as a table for a terminal."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for name, fixed in (("when", True), ("call", False), ("price", True), ("with", True), ("money", True)):
        made.add_column(name, no_wrap=fixed, overflow="fold")
    made.add_column("delivery", no_wrap=True)
    for attempt in attempts:
        when = datetime.fromtimestamp(attempt.created_at, UTC).strftime("%m-%d %H:%M")
        said = f", {attempt.settled_by}" if attempt.settled_by else ""
        made.add_row(
            when,
            attempt.call.path,
            show(attempt.price),
            attempt.backend,
            attempt.money + said,
            attempt.delivery,
        )
    spent = total(attempt.reserved for attempt in attempts)
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
