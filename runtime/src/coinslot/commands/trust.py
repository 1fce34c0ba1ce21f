"""`coinslot trust`: whom an origin may be paid at, which only a person can change."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from coinslot.errors import CoinslotError
from coinslot.terminal import say
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.ledger import Ledger, Payee

_FORMS = {
    "0x and 40 hexadecimal digits": re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII),
    "32 to 44 letters and digits of base58": re.compile(r"[1-9A-HJ-NP-Za-km-z]{32,44}", re.ASCII),
}
_PLAIN = re.compile(r"[!-~]{1,128}", re.ASCII)


@click.command(
    help="Let ORIGIN (an API's address, or the name of its installed client) be paid at the address PAYEE "
    "too; or see, or take back, whom it may be paid at."
)
@click.argument("origin")
@click.argument("payee", required=False)
@click.option("--list", "listing", is_flag=True, help="Only print whom ORIGIN may be paid at.")
@click.option("--remove", is_flag=True, help="Let ORIGIN be paid at PAYEE no longer.")
@click.option("--network", help="CAIP-2 id of the chain; needed where the origin is paid on several.")
@click.option("--asset", help="Address of the token; needed where the origin is paid in several.")
@click.option("--yes", is_flag=True, help="Ask nothing: the addresses were compared already.")
def trust(
    origin: str,
    payee: str | None,
    network: str | None,
    asset: str | None,
    *,
    listing: bool,
    remove: bool,
    yes: bool,
) -> None:
    """Change or print those that the origin is known by."""
    from coinslot.checks import origin_named
    from coinslot.ledger import SqliteLedger
    from coinslot.origin import origin_of

    if listing + remove > 1 or (payee is None) is not listing:
        raise click.UsageError("Say ORIGIN PAYEE, ORIGIN PAYEE --remove, or ORIGIN --list.")
    try:
        origin, ledger = origin_of(origin_named(origin, os.environ)[0]), SqliteLedger()
        known = [one for one in ledger.payees(origin) if _fits(one, network, asset)]
        if payee is None:
            _print(origin, known)
        elif remove:
            _remove(ledger, origin, payee, known, yes=yes)
        else:
            _add(ledger, origin, payee, network, asset, yes=yes)
    except CoinslotError as error:
        raise click.ClickException(str(error)) from None


def _print(origin: str, known: Sequence[Payee]) -> None:
    if not known:
        say(f"{origin} was paid nowhere yet, and may be paid at the address that it asks for first.")
    for one in known:
        click.echo(f"{one.address}  on {one.network}, in {one.asset}")


def _remove(ledger: Ledger, origin: str, payee: str, known: Sequence[Payee], *, yes: bool) -> None:
    from coinslot.offer import comparable

    gone = [one for one in known if comparable(one.address) == comparable(payee)]
    if not gone:
        raise click.UsageError(
            f"{origin} is not known to be paid at {clean(payee, 80)!r}: --list shows where."
        )
    _print(origin, gone)
    told = "It is paid there no longer; where none is left, the next payee that it asks for is taken as new."
    if not yes:
        click.confirm(f"{told} Go on?", abort=True)
    for one in gone:
        ledger.distrust(one)
    say(f"{origin} may no longer be paid at {gone[0].address}.")


def _add(
    ledger: Ledger, origin: str, payee: str, network: str | None, asset: str | None, *, yes: bool
) -> None:
    from coinslot.ledger import Payee
    from coinslot.offer import comparable

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
    say(f"{origin} may now be paid at {payee} on {network}.")


def _scope(known: Sequence[Payee], network: str | None, asset: str | None) -> tuple[str, str]:
    if network and asset:
        return network, asset
    scopes = {(one.network, one.asset) for one in known if _fits(one, network, asset)}
    if len(scopes) != 1:
        raise click.UsageError("Say which: --network and --asset, as the refusal named them.")
    (scope,) = scopes
    return scope


def _fits(one: Payee, network: str | None, asset: str | None) -> bool:
    from coinslot.offer import comparable

    return network in {None, one.network} and (asset is None or comparable(asset) == comparable(one.asset))


def _check_form(payee: str, old: Sequence[str]) -> None:
    """Refuse what cannot be an address there: one of another form than those that were paid until now."""
    forms = {
        name: form for name, form in _FORMS.items() if not old or any(form.fullmatch(one) for one in old)
    }
    if forms and not any(form.fullmatch(payee) for form in forms.values()):
        raise click.UsageError(f"{clean(payee, 80)!r} is no address: one has {', or '.join(forms)}.")
    if not _PLAIN.fullmatch(payee):
        raise click.UsageError(f"{clean(payee, 80)!r} is no address.")
