"""`coinslot trust`: let an origin be paid at another address, which only a person can decide."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from coinslot.errors import CoinslotError
from coinslot.terminal import say
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.ledger import Payee

_FORMS = {
    "0x and 40 hexadecimal digits": re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII),
    "32 to 44 letters and digits of base58": re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}", re.ASCII),
}
_PLAIN = re.compile(r"[!-~]{1,128}", re.ASCII)


@click.command(help="Let ORIGIN be paid at the address PAYEE too.")
@click.argument("origin")
@click.argument("payee")
@click.option("--network", help="CAIP-2 id of the chain; needed where the origin is paid on several.")
@click.option("--asset", help="Address of the token; needed where the origin is paid in several.")
@click.option("--yes", is_flag=True, help="Ask nothing: the addresses were compared already.")
def trust(origin: str, payee: str, network: str | None, asset: str | None, *, yes: bool) -> None:
    """Add a payee to those that the origin is known by."""
    from coinslot.ledger import Payee, SqliteLedger
    from coinslot.offer import comparable
    from coinslot.origin import origin_of

    try:
        origin = origin_of(origin)
        ledger = SqliteLedger()
        known = ledger.payees(origin)
        network, asset = _scope(known, network, asset)
        scope = (network, comparable(asset))
        old = [one.address for one in known if (one.network, comparable(one.asset)) == scope]
        _check_form(payee, old)
        if comparable(payee) in map(comparable, old):
            say(f"{origin} is paid at {payee} on {network} already; it stays trusted.")
        else:
            click.echo(f"{origin} on {network}, in {asset}:\n  {' or '.join(old) or 'nobody yet'} -> {payee}")
        if not yes:
            click.confirm("Whoever holds the new address will receive your payments. Go on?", abort=True)
        ledger.trust(Payee(origin, network, asset, payee))
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None
    say(f"{origin} may now be paid at {payee} on {network}.")


def _scope(known: Sequence[Payee], network: str | None, asset: str | None) -> tuple[str, str]:
    from coinslot.offer import comparable

    if network and asset:
        return network, asset
    scopes = {
        (one.network, one.asset)
        for one in known
        if network in {None, one.network} and (asset is None or comparable(asset) == comparable(one.asset))
    }
    if len(scopes) != 1:
        raise click.UsageError("Say which: --network and --asset, as the refusal named them.")
    (scope,) = scopes
    return scope


def _check_form(payee: str, old: Sequence[str]) -> None:
    """Refuse what cannot be an address there: one of another form than those that were paid until now."""
    forms = {
        name: form for name, form in _FORMS.items() if not old or any(form.fullmatch(one) for one in old)
    }
    if forms and not any(form.fullmatch(payee) for form in forms.values()):
        raise click.UsageError(f"{clean(payee, 80)!r} is no address: one has {', or '.join(forms)}.")
    if not _PLAIN.fullmatch(payee):
        raise click.UsageError(f"{clean(payee, 80)!r} is no address.")
