"""The options by which commands of the ledger choose attempts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from coinslot.errors import CoinslotError, ConfigurationError

if TYPE_CHECKING:
    from coinslot.attempt import Attempt
    from coinslot.spending import Entry

STATES = (
    "open",
    "planned",
    "signed",
    "refused",
    "unknown",
    "settled",
    "void",
    "abandoned",
    "none",
    "accepted",
    "finished",
    "saved",
    "failed",
    "lost",
)
"""As `coinslot.spending` has them; loading that takes longer than all the rest of a command's help."""
GROUPINGS = ("day", "month", "route", "origin", "backend")
"""The same."""
_READ = "coinslot.commands.entries"
_Command = TypeVar("_Command", bound=Callable[..., Any])


def choosing(command: _Command) -> Callable[..., Any]:
    """Add the options to a command, which gets the chosen entries as its first argument, the oldest first."""

    @wraps(command)
    def chosen(
        *,
        since: str | None,
        routes: tuple[str, ...],
        origins: tuple[str, ...],
        backends: tuple[str, ...],
        states: tuple[str, ...],
        **others: Any,
    ) -> Any:
        from coinslot.spending import Selection, moment

        start = None
        if since is not None:
            try:
                start = moment(since, datetime.now(UTC))
            except (ConfigurationError, OverflowError) as error:
                raise click.BadParameter(str(error), param_hint="--since") from None
        selection = Selection(start, routes, origins, backends, states)
        return command(selection.of(entries()), **others)

    for option in (
        click.option(
            "--state",
            "states",
            multiple=True,
            type=click.Choice(STATES),
            help="Only with this state of money or delivery; open: it is not certain whether it was paid.",
        ),
        click.option("--backend", "backends", multiple=True, help="Only what this backend paid."),
        click.option("--origin", "origins", multiple=True, help="Only calls to this host or origin."),
        click.option("--route", "routes", multiple=True, help="Only routes whose path has this in it."),
        click.option(
            "--since", help="From then on: 2026-11-21, '2026-11-21 14:00', today, yesterday, 24h, 7d, 4w."
        ),
    ):
        chosen = option(chosen)
    return chosen


def entries() -> list[Entry]:
    """Return every attempt of this machine's ledger, the oldest first. A command reads them once."""
    from coinslot.ledger import SqliteLedger
    from coinslot.spending import read

    kept = click.get_current_context().meta
    if _READ not in kept:
        try:
            kept[_READ] = read(SqliteLedger())
        except CoinslotError as error:
            raise click.ClickException(str(error)) from None
    known: list[Entry] = kept[_READ]
    return known


def found(given: str) -> Attempt:
    """Return the attempt of an id or of its beginning."""
    from coinslot.ledger import SqliteLedger
    from coinslot.spending import find

    try:
        return find(SqliteLedger().attempts(), given)
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
