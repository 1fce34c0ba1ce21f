"""`coinslot trust`: let an origin be paid at another address, which only a person can decide."""

from __future__ import annotations

import click

from coinslot.errors import CoinslotError
from coinslot.ledger import Payee, SqliteLedger
from coinslot.origin import origin_of


@click.command(help="Let ORIGIN be paid at the address PAYEE too.")
@click.argument("origin")
@click.argument("payee")
@click.option("--network", help="CAIP-2 id of the chain; needed where the origin is paid on several.")
@click.option("--asset", help="Address of the token; needed where the origin is paid in several.")
@click.confirmation_option(prompt="Whoever holds this address will receive your payments. Go on?")
def trust(origin: str, payee: str, network: str | None, asset: str | None) -> None:
    """Add a payee to those that the origin is known by."""
    try:
        origin = origin_of(origin)
        ledger = SqliteLedger()
        scopes = {
            (known.network, known.asset)
            for known in ledger.payees(origin)
            if network in {None, known.network} and asset in {None, known.asset}
        }
        if network and asset:
            scopes = {(network, asset)}
        if len(scopes) != 1:
            raise click.UsageError("Say which: --network and --asset, as the refusal named them.")
        ((network, asset),) = scopes
        ledger.trust(Payee(origin, network, asset, payee))
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{origin} may now be paid at {payee} on {network}.")
