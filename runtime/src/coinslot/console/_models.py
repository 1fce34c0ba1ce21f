"""`models`: the calls that are paid for, what each costs, and how long it takes."""

from __future__ import annotations

import click

from coinslot.console._options import printing
from coinslot.console._session import session_of


@click.command()
@printing
@click.pass_context
def models(ctx: click.Context, *, _as_json: bool) -> None:
    """What can be called, what it costs, and how long it takes. Asks nobody."""
    from coinslot.console._priced import list_calls

    session_of(ctx).as_json = _as_json
    list_calls(ctx, session_of(ctx))
