"""`coinslot wallet balance`: what the wallets hold, as the user's own nodes say."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

import click

from coinslot.commands._wallet_names import WALLET, WalletName, family_of, problems_told
from coinslot.terminal import say

if TYPE_CHECKING:
    from coinslot.effects import Flow
    from coinslot.offer import Asset
    from coinslot.wallets.family import KeyFamily, Watch
    from coinslot.wallets.payers import NoPayer, Payer


@click.command(
    short_help="What wallets hold, as your own nodes say.",
    help="What a wallet holds, as your own nodes say; all that pay without WALLET.",
)
@click.argument("name", metavar="[WALLET]", type=WALLET, required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
def balance(name: WalletName | None, *, as_json: bool) -> None:
    """Ask the nodes; no wallet is opened for it."""
    from coinslot.backend import Setting
    from coinslot.wallets.family import load_families
    from coinslot.wallets.payers import payer

    with problems_told():
        environ = _naming(name) if name is not None and name.name is not None else os.environ
        wanted = {
            backend: family
            for backend, family in load_families().items()
            if name is None or family.name == name.family
        }
        found = [payer(backend, family, Setting(environ)) for backend, family in wanted.items()]
    rows = [row for each in found for row in _rows(each)]
    if as_json:
        for row in rows:
            click.echo(json.dumps(row))
        return
    if not rows:
        from coinslot.backends import HOW_TO_INSTALL

        say(f"No payment backend is installed: {HOW_TO_INSTALL}")
        return
    shown = ""
    for row in rows:
        head = f"{row['backend']}: {row.get('address') or row['problem']}"
        if head != shown:
            click.echo(head)
            shown = head
        if "network" in row:
            holds = f"{row['amount']} {row['asset']}" if "amount" in row else row["problem"]
            say(f"  {row['network']}: {holds}", hang=2)


def held(watch: Watch, address: str) -> Mapping[Asset, int]:
    """Ask what an address holds on a network. Raises NodeFailed."""
    from coinslot.node import NodeFailed

    if watch.ask is None:
        raise NodeFailed(f"no node is configured: set {watch.node_variable} to your own {watch.title} node")
    return _driven(watch.ask(address))


def _rows(found: Payer | NoPayer) -> list[dict[str, Any]]:
    from coinslot.node import NodeFailed
    from coinslot.wallets.payers import NoPayer

    if isinstance(found, NoPayer):
        told = f"no wallet: coinslot wallet new {found.family.name}" if found.missing else found.reason
        return [{"backend": found.backend, "problem": told}]
    rows = []
    for watch in found.watches:
        row: dict[str, Any] = {"backend": found.backend, "address": found.address, "network": watch.title}
        try:
            holdings = held(watch, found.address)
        except NodeFailed as error:
            rows.append({**row, "problem": str(error)})
            continue
        rows += [
            {**row, "asset": asset.symbol, "amount": format(asset.dollars(units), "f"), "units": units}
            for asset, units in holdings.items()
        ]
    return rows


def _driven(flow: Flow[Mapping[Asset, int]]) -> Mapping[Asset, int]:
    from coinslot._drivers import drive
    from coinslot._http import exchange
    from coinslot._proxies import DirectTransport

    with DirectTransport() as transport:
        return drive(flow, send=lambda effect: exchange(transport, effect), record=_unasked, sleep=time.sleep)


def _unasked(_: object) -> NoReturn:
    message = "a balance is not recorded"
    raise AssertionError(message)


def _naming(name: WalletName) -> dict[str, str]:
    """Return the environment with this wallet chosen, and no key that goes before it."""
    family: KeyFamily = family_of(name)
    environ = {"COINSLOT_HOME": _home(), **os.environ, family.wallet_variable: str(name.name)}
    return {
        key: value for key, value in environ.items() if key not in (family.key_variable, family.file_variable)
    }


def _home() -> str:
    from coinslot.ledger import default_path

    return str(default_path().parent)
