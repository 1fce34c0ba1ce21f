"""`coinslot mcp`: serves a generated client to an agent."""

from __future__ import annotations

import logging
import os
import sys
from decimal import Decimal
from pathlib import Path

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
    "--pay-with",
    multiple=True,
    metavar="BACKEND",
    help="Whose wallet is used; repeated in order of preference. Without it: all that have a key.",
)
@click.option("--base-url", metavar="URL", help="Where the API is, as for a sandbox.")
def mcp(
    *,
    package: str,
    folders: tuple[Path, ...],
    output: Path | None,
    max_price: Decimal,
    max_hour: Decimal,
    max_day: Decimal,
    confirm_above: Decimal,
    pay_with: tuple[str, ...],
    base_url: str | None,
) -> None:
    """Make the shop and serve it. Standard output is the protocol's alone."""
    if sys.stdin.isatty():
        click.echo(
            "This speaks MCP on standard input: let an agent's host start it (docs/agents.md).", err=True
        )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    import anyio

    from coinslot.ledger import SqliteLedger
    from coinslot.origin import origin_of
    from coinslot.policy import Policy
    from coinslot_mcp.caps import Caps
    from coinslot_mcp.catalogue import catalogue, client_of
    from coinslot_mcp.folders import Folders
    from coinslot_mcp.quotes import Quotes
    from coinslot_mcp.server import serve
    from coinslot_mcp.shop import Shop

    if output is not None:
        try:
            output.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"{output} cannot be made: {error.strerror}.") from None
    base_url = base_url or os.environ.get(f"{package.upper().replace('.', '_')}_BASE_URL") or None
    try:
        kind, ledger = client_of(package), SqliteLedger()
        client = kind(
            pay_with=list(pay_with) or None,
            base_url=base_url,
            policy=Policy(ceiling=max_price),
            ledger=ledger,
        )
        shop = Shop(
            client=client,
            origin=origin_of(base_url or kind.ORIGIN),
            ledger=ledger,
            entries=catalogue(client),
            folders=Folders([*folders, *([output] if output is not None else [])]),
            output=output.resolve() if output is not None else None,
            caps=Caps(max_price, max_hour, max_day, confirm_above),
            quotes=Quotes(ledger.path.parent / "quotes"),
        )
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
    anyio.run(serve, shop, package)
