"""Carrying out `map`: a file read whole, a sum agreed on, and one call made for each row."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from coinslot.call import flow_of, route_behind
from coinslot.console._calls import found_by, is_paid
from coinslot.console._ends import code_of, plain, say_interrupted
from coinslot.console._index import write_index
from coinslot.console._many import DEFAULT_TOTAL, Order
from coinslot.console._options import CONFIRM_ABOVE
from coinslot.console._paying import arguments, check_folder
from coinslot.console._progress import shows_progress, usually
from coinslot.console._rows import BadRow, Rows
from coinslot.console._session import Session, session_of
from coinslot.console._wording import refusal
from coinslot.errors import ConflictingCall, PaymentRefused
from coinslot.ledger import SqliteLedger
from coinslot.many import name_of, spent_by
from coinslot.many._trouble import ends_buying
from coinslot.money import EXACT, show
from coinslot.route import PriceRange
from coinslot.terminal import columns_of, fitted
from coinslot.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable

    from coinslot.many import MapReport, Outcome
    from coinslot.route import Route

_TOLD_FLAWS = 10


def carry_out(ctx: click.Context, order: Order) -> None:
    """Make one call for each row, save the results, and write the index."""
    session = session_of(ctx)
    session.as_json = order.as_json
    command = _command(ctx, order.group, order.call)
    find = found_by(command)
    if find is None or not is_paid(command):
        raise click.UsageError(f"{order.group} {order.call} is not paid for, and is not for map.", ctx)
    check_folder(ctx, order.output)
    rows = Rows(order.requests, command, ctx)
    with session.client(pay_with=order.pay_with, base_url=order.base_url) as client:
        call = find(client)
        count = _checked(ctx, rows, call)
        name = name_of(order.name, order.output)
        spent = spent_by(SqliteLedger().attempts(), session.origin(order.base_url), name)
        limit = _agreed(call, count, order, spent)
        index = order.output / f"index.{'csv' if rows.as_table else 'jsonl'}"
        outcomes: list[Outcome[Any]] = []
        try:
            with _bar(session, route_behind(call), count, order.concurrency) as step:

                def take(outcome: Outcome[Any]) -> None:
                    outcomes.append(outcome)
                    step(outcome)

                report = client.map(
                    call,
                    (arguments(call, row) for row in rows if not isinstance(row, BadRow)),
                    name=name,
                    concurrency=order.concurrency,
                    max_total=limit,
                    max_price=order.max_price,
                    save_to=order.output,
                    timeout=order.timeout,
                    on_outcome=take,
                )
        except ConflictingCall:
            # The index is the one of the map that is under way.
            count = 0
            raise
        except KeyboardInterrupt:
            there = f"{sum(outcome.ok for outcome in outcomes)} of {count} are there."
            say_interrupted(session, f"{there} The same command goes on from here and pays nothing twice.")
            raise
        finally:
            if count and order.output.is_dir():
                write_index(index, outcomes, count)
    _finish(session, report, index, count)
    error = report.stopped or next((outcome.error for outcome in report.failed), None)
    if error is not None:
        ctx.exit(code_of(error))


def _command(ctx: click.Context, group: str, call: str) -> click.Command:
    """Find a call's own command by the names that it goes by."""
    root = ctx.find_root().command
    for name in (group, call):
        found = root.get_command(ctx, name) if isinstance(root, click.Group) else None
        if found is None:
            listed = f"'{session_of(ctx).program.name} models' lists them"
            raise click.UsageError(f"There is no call {clean(f'{group} {call}', 80)}: {listed}.", ctx)
        root = found
    return root


def _checked(ctx: click.Context, rows: Rows, call: Any) -> int:
    """Read all rows once and count them. Raises UsageError where one could not be called."""
    count = 0
    flaws: list[str] = []
    for row in rows:
        count += 1
        if isinstance(row, BadRow):
            flaws.append(str(row))
            continue
        try:
            flow_of(call)(**arguments(call, row)).close()
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(part) for part in problem["loc"])
            flaws.append(f"row {count}: {place} {refusal(problem)}")
    if flaws:
        more = f"\nand {len(flaws) - _TOLD_FLAWS} more" if len(flaws) > _TOLD_FLAWS else ""
        told = "\n".join(islice(flaws, _TOLD_FLAWS))
        raise click.UsageError(f"Nothing was asked or paid, because of\n{told}{more}", ctx)
    if not count:
        empty = "row below its first line, which names the columns" if rows.as_table else "request"
        raise click.UsageError(f"{rows.name} holds no {empty}.", ctx)
    return count


def _agreed(call: Any, count: int, order: Order, spent: Decimal) -> Decimal:
    """Return what all calls may cost together. Raises PaymentRefused where nobody agrees."""
    if order.max_total is not None:
        return order.max_total
    if order.yes:
        return DEFAULT_TOTAL
    price = route_behind(call).price
    each = order.max_price or (price.cap if isinstance(price, PriceRange) else None)
    most = None if each is None else EXACT.multiply(each, Decimal(count))
    if most is not None and most <= CONFIRM_ABOVE:
        return most
    told = _calls(count)
    if each is not None and most is not None:
        told += f" at up to {show(each)} each" + (f", {show(most)} at most" if count > 1 else "")
    earlier = f"{show(spent)} is spent or reserved by earlier runs" if spent else ""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise PaymentRefused(
            f"{told}{', are' if count > 1 else ' is'} to be paid, and nobody is there to be asked: say what "
            f"it may cost together, as in --max-total 10.{f' {earlier}.' if earlier else ''}",
            slug="not-confirmed",
        )
    limit = DEFAULT_TOTAL if most is None else min(most, DEFAULT_TOTAL)
    more = "" if most == limit else "; if that is spent it stops, and goes on with a larger --max-total"
    told += f"; {earlier}" if earlier else ""
    question = f"{told}. Pay up to {show(limit)} for all of it{more}?"
    if not click.confirm(fitted(question, columns_of(sys.stderr)), err=True):
        raise PaymentRefused("You did not agree to the price.", slug="not-confirmed")
    return limit


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"


@contextmanager
def _bar(
    session: Session, route: Route[Any, Any], count: int, concurrency: int
) -> Iterator[Callable[[Outcome[Any]], object]]:
    """Show on a terminal how many are through, and what they came to; elsewhere say what was begun."""
    if not shows_progress():
        if not session.as_json:
            each = f"; each {usual}" if (usual := usually(route)) else ""
            session.say(f"{_calls(count)}, {min(concurrency, count)} at once{each}.")
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from coinslot.wallets.asking import drawn_by

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    spent, failed = Decimal(0), 0
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    with bar, drawn_by(bar.stop, bar.start):
        task = bar.add_task("", total=count)

        def step(outcome: Outcome[Any]) -> None:
            nonlocal spent, failed
            spent = EXACT.add(spent, outcome.price or Decimal(0))
            failed += not (outcome.ok or _met_the_end(outcome))
            told = show(spent) + (f", {failed} failed" if failed else "")
            bar.update(task, advance=1, description=told)

        yield step


def _met_the_end(outcome: Outcome[Any]) -> bool:
    """Whether nothing was bought for a request because of what ends the buying for all."""
    return outcome.price is None and ends_buying(outcome.error)


def _finish(session: Session, report: MapReport[Any], index: Path, count: int) -> None:
    failures = [outcome for outcome in report.failed if not _met_the_end(outcome)]
    told = [outcome for outcome in failures if str(outcome.error) != str(report.stopped)]
    for outcome in told[:_TOLD_FLAWS]:
        session.say(f"row {outcome.index + 1}: {outcome.error}")
    if len(told) > _TOLD_FLAWS:
        session.say(f"and {len(told) - _TOLD_FLAWS} more, which the index names.")
    failed, finished = len(failures), len(report) - len(report.failed)
    left = count - finished - failed
    parts = [f"{finished} of {count} finished"]
    parts += [f"{failed} failed"] if failed else []
    parts += [f"{left} not bought"] if left else []
    session.say(f"{', '.join(parts)}; {show(report.spent)} of {show(report.max_total)} is spent or reserved.")
    if report.stopped is not None:
        session.say(f"No more was bought: {report.stopped}")
    if getattr(report.stopped, "slug", None) == "budget":
        session.say("The same command with a larger --max-total goes on from here.")
    session.finish(
        str(index),
        name=report.name,
        index=str(index),
        rows=count,
        finished=finished,
        failed=failed,
        not_begun=left,
        spent_usd=str(report.spent),
        max_total_usd=str(report.max_total),
        stopped=None if report.stopped is None else plain(report.stopped),
    )
