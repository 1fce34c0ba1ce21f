"""`coinslot ledger`: what was paid, for what, and what became of it."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from time import time
from typing import TYPE_CHECKING, Any, Literal

import click

from coinslot.commands._choosing import choosing, entries, found
from coinslot.commands._spending import FILE, export, report, summary, write
from coinslot.errors import CoinslotError
from coinslot.terminal import say
from coinslot.text import clean

if TYPE_CHECKING:
    from pathlib import Path

    from coinslot.attempt import StoredAnswer
    from coinslot.spending import Entry

IN_A_TABLE = 100
"""Attempts that a table has where nobody says how many: ten thousand take seconds to lay out."""


@click.group(help="What was paid, for what, and what became of it.")
def ledger() -> None:
    """Group the ledger's subcommands."""


@ledger.command("list", help="The attempts, the newest last.")
@choosing
@click.option(
    "-n", "--last", type=click.IntRange(min=1), help=f"Only so many, the newest; {IN_A_TABLE} in a table."
)
@click.option("--all", "whole", is_flag=True, help="All of them, in a table too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def list_(chosen: list[Entry], *, last: int | None, whole: bool, as_json: bool) -> None:
    """Print attempts."""
    if whole and last is not None:
        raise click.UsageError("--all and --last say different things: give one of them.")
    from coinslot.commands.listing import console, table_of
    from coinslot.spending import plain, short_ids

    cut = last is None and not whole and not as_json and len(chosen) > IN_A_TABLE
    if cut:
        last = IN_A_TABLE
    shown = chosen if last is None else chosen[-last:]
    if as_json:
        for entry in shown:
            click.echo(json.dumps(plain(entry)))
        return
    every = [entry.attempt for entry in entries()]
    if not shown:
        click.echo("No attempt fits." if every else "Nothing was paid from this ledger yet.")
        return
    terminal = console()
    terminal.print(table_of(shown, short_ids(every), room=terminal.width))
    if cut:
        say(
            f"The newest {len(shown)} of {len(chosen)}, and their sums. --all lists every one, "
            "--last so many; 'coinslot ledger summary' adds all of them up.",
            err=True,
        )


@ledger.command(
    "show",
    short_help="Everything that is known of one attempt.",
    help="One attempt, with its history and everything else that is known of it. ATTEMPT_ID is as much of "
    "its id as no other begins with, or the id of its job.",
)
@click.argument("attempt_id")
@click.option("--json", "as_json", is_flag=True, help="As JSON, for programs.")
@click.option(
    "--save-answer", "file", type=FILE, help="Write the answer that is kept of it to a new file, also a part."
)
def show_one(attempt_id: str, *, as_json: bool, file: Path | None) -> None:
    """Print one attempt."""
    from coinslot.ledger import SqliteLedger
    from coinslot.spending import entry_with, plain

    known = found(attempt_id)
    moves, answer = SqliteLedger().history(known.id), SqliteLedger().answer(known.id)
    if file is not None:
        _save(answer, file, known.id)
    history = [
        {
            "at": datetime.fromtimestamp(move.at, UTC).astimezone().isoformat(timespec="seconds"),
            "money": move.money,
            "delivery": move.delivery,
            "note": None if move.note is None else clean(move.note),
        }
        for move in moves
    ]
    told = plain(entry_with(known, moves))
    if as_json:
        click.echo(json.dumps({**told, "answer": _plain(answer), "history": history}, indent=2))
        return
    width = max(map(len, told))
    for name, value in told.items():
        if value is not None:
            shown = json.dumps(value) if isinstance(value, dict) else value
            if name == "expires_at":
                shown = datetime.fromtimestamp(value, UTC).isoformat()
            say(f"{name:{width}}  {shown}", hang=width + 2)
    click.echo("history")
    for move in history:
        note = f"  {move['note']}" if move["note"] else ""
        say(f"  {move['at']}  {move['money']}, {move['delivery']}{note}", hang=2)
    if answer is not None and file is None:
        say(f"{_told(answer)}: 'coinslot ledger show {known.id} --save-answer FILE' writes it down")


def _save(answer: StoredAnswer | None, file: Path, attempt_id: str) -> None:
    if answer is None:
        raise click.ClickException(f"No answer of {attempt_id} is kept, so there is nothing to write.")
    write(file, answer.body, otherwise="name another")
    say(f"{file}: {_told(answer)}", err=True)


def _told(answer: StoredAnswer) -> str:
    cut = ", which broke off" if answer.partial else ""
    return f"{len(answer.body)} bytes of its answer ({clean(answer.content_type, 80) or 'of no type'}){cut}"


def _plain(answer: StoredAnswer | None) -> dict[str, Any] | None:
    if answer is None:
        return None
    kind = clean(answer.content_type, 80)
    return {"bytes": len(answer.body), "type": kind, "partial": answer.partial}


@ledger.command(
    short_help="Finish what earlier calls left open.",
    help="Finish what earlier calls left open: sends again, looks up, asks for jobs once, signs no payment.",
)
@click.argument("attempt_id", required=False)
@click.option(
    "--pay-with", "names", multiple=True, help="A backend whose wallet paid; all with a key without it."
)
def recover(attempt_id: str | None, names: tuple[str, ...]) -> None:
    """Recover every open attempt that nobody is at work on, or one."""
    from coinslot.commands._recovering import HOW, RESUME, of_jobs, of_other_wallets
    from coinslot.commands.listing import console, table
    from coinslot.transport import PaymentTransport

    wanted = None if attempt_id is None else found(attempt_id)
    transport = PaymentTransport(pay_with=names or None)
    try:
        attempts = transport.recover(attempt_id=None if wanted is None else wanted.id)
        jobs = of_jobs(transport, attempts)
        attempts = [transport.ledger.attempt(one.id) or one for one in attempts]
        elsewhere = of_other_wallets(transport, wanted)
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
    finally:
        transport.close()
    if not attempts:
        at_its_end = "Nothing is open." if wanted is None else f"{wanted.id} is not open: {wanted.money}."
        say(elsewhere or at_its_end)
        return
    console().print(table(attempts))
    for attempt in attempts:
        say(f"{attempt.id}: {attempt.note or 'nothing more is known'}")
        if attempt.id in jobs:
            say(f"  {jobs[attempt.id]}", hang=2)
    if any(RESUME in line for line in jobs.values()):
        say(HOW)
    if elsewhere is not None:
        say(elsewhere)


@ledger.command(
    short_help="Write what you found out of a payment.",
    help="Write what you found out yourself about a payment that nothing else can conclude. `settled` and "
    "`void` say what became of the money; `lost` gives up what a settled payment paid for, and the same call "
    "is paid for anew.",
)
@click.argument("attempt_id")
@click.argument("fate", type=click.Choice(["settled", "void", "lost"]))
@click.option("--note", help="How you know it; kept in the ledger. Asked for where it is not given.")
@click.option("--yes", is_flag=True, help="Ask nothing more; for `settled` alone.")
def resolve(
    attempt_id: str, fate: Literal["settled", "void", "lost"], *, note: str | None, yes: bool
) -> None:
    """Conclude an attempt by hand: its money, or (lost) what a settled payment paid for and never came."""
    from coinslot.attempt import ForbiddenMove
    from coinslot.ledger import SqliteLedger
    from coinslot.ledger.rules import check_given_up, check_void

    known = found(attempt_id)
    try:
        if fate == "void":
            check_void(known, time())
        elif fate == "lost":
            check_given_up(known)
        note = _confirmed(fate, note, yes=yes)
        attempt = SqliteLedger().resolve(known.id, fate, note)
    except (CoinslotError, ForbiddenMove) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{attempt.id}: {attempt.money}, {attempt.delivery}")


def _confirmed(fate: str, note: str | None, *, yes: bool) -> str:
    """Have a person confirm what they found out; return how they know it."""
    asked = "How do you know"
    if fate == "settled":
        told: str = note or click.prompt(asked)
        if not yes:
            click.confirm("If you are wrong, the call is never made again. Go on?", abort=True)
        return told
    # Both free the call to be paid again: no script and no agent decides that.
    if yes or not sys.stdin.isatty():
        raise click.ClickException(
            f"`{fate}` lets the same call be paid again, so a person says it at a terminal, without --yes. "
            "Nothing was changed."
        )
    told = note or click.prompt(asked)
    if click.prompt(f"If you are wrong, the call is paid twice. To go on, type {fate}") != fate:
        raise click.Abort
    return told


@ledger.command(
    short_help="Erase answers, and the prompts in them.",
    help="Erase the answers, and prompts in them, of attempts that are at their end.",
)
@click.option("--prompts", is_flag=True, required=True, help="What is erased: answers, and prompts in them.")
def purge(*, prompts: bool) -> None:
    """Erase what is private and no longer needed."""
    from coinslot.ledger import SqliteLedger

    del prompts
    try:
        erased = SqliteLedger().purge()
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Erased the answers of {erased} attempts.")


for command in (summary, export, report):
    ledger.add_command(command)
