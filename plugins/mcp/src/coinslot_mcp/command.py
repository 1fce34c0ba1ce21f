"""`coinslot mcp`: serves a generated client to an agent."""

from __future__ import annotations

import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from coinslot.errors import CoinslotError
from coinslot.money import dollars


class _Sum(click.ParamType[Decimal]):
    """A sum in dollars."""

    name = "dollars"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        try:
            return dollars(str(value), param.name if param and param.name else "amount")
        except CoinslotError as error:
            self.fail(str(error), param, ctx)


_SUM = _Sum()
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command(
    help="Serve the generated client PACKAGE (as in stablestudio) to an agent: MCP tools over standard input "
    "and output. A host starts this; docs/agents.md says how."
)
@click.argument("package")
@click.option(
    "--folder",
    "folders",
    type=_FOLDER,
    multiple=True,
    help="A folder whose files may be used in calls; repeated for more. Without it: none.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where results are saved; made if it is not there. Its files may be used, too.",
)
@click.option("--max-price", type=_SUM, default="1.00", show_default=True, help="What one call may cost.")
@click.option("--max-hour", type=_SUM, default="5.00", show_default=True, help="What an hour may cost.")
@click.option("--max-day", type=_SUM, default="10.00", show_default=True, help="What 24 hours may cost.")
@click.option(
    "--confirm-above",
    type=_SUM,
    default="0.50",
    show_default=True,
    help="A person is asked for a yes above this; where the host cannot ask, it is refused.",
)
@click.option(
    "--confirm-every",
    type=_SUM,
    default="2.00",
    show_default=True,
    help="The same before more than this is spent in calls that nobody was asked about.",
)
@click.option(
    "--pay-with",
    multiple=True,
    metavar="BACKEND",
    help="Whose wallet is used; repeated in order of preference. Without it: all that have a key.",
)
@click.option("--base-url", metavar="URL", help="Where the API is, as for a sandbox.")
def mcp(package: str, **options: Any) -> None:
    """Open the shop and serve it. Standard output is the protocol's alone."""
    if sys.stdin.isatty():
        click.echo(
            "This speaks MCP on standard input: let an agent's host start it (docs/agents.md).", err=True
        )
    # Help does without these.
    import logging

    import anyio

    from coinslot_mcp.opening import opened
    from coinslot_mcp.server import serve

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    try:
        shop = opened(package=package, **options)
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
    anyio.run(serve, shop, package)
