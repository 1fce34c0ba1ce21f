"""An address for people: what it is, how to fund it, and as a QR code."""

from __future__ import annotations

import io
import os
import sys

import click

from coinslot.backend import Setting
from coinslot.terminal import say
from coinslot.wallets.family import load_families
from coinslot.wallets.store import StoredWallet


def show_address(wallet: StoredWallet, *, qr: bool | None) -> None:
    """Print a wallet's address; as a QR code too if `qr`, and in terminals if that is None."""
    say(f"{wallet.title}: {wallet.address}")
    if wallet.test:
        say("A test wallet: it pays only on this machine and private networks. Send no money to it.")
        say(f"A sandbox gives it play money: coinslot sandbox SOURCE --fund {wallet.address}")
        return
    if qr or (qr is None and sys.stdout.isatty()):
        # Its colours are no decoration: without them it cannot be read on a light terminal.
        click.echo(_code(wallet.address), color=sys.stdout.isatty() or None)
    for place in _places(wallet):
        say(f"To fund it, send {place}.")
    if wallet.backup is None:
        say(f"No backup of it was ever opened: coinslot wallet backup {wallet.title} FILE")


def _code(address: str) -> str:
    # The address alone: what more could stand there, wallets and exchanges read differently.
    import segno

    drawn = io.StringIO()
    segno.make(address, error="m", micro=False).terminal(drawn, compact=True)
    # Light squares are drawn, dark ones left out: colours of its own make it the same on light terminals.
    return "\n".join(
        click.style(line, fg="bright_white", bg="black") for line in drawn.getvalue().splitlines()
    )


def _places(wallet: StoredWallet) -> list[str]:
    setting = Setting(os.environ)
    return [
        f"{' or '.join(asset.symbol for asset in watch.assets)} on {watch.title} (for {backend})"
        for backend, family in load_families().items()
        if family.name == wallet.family
        for watch in family.watches(setting, test=wallet.test)
    ]
