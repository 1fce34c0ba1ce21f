"""Wallets full of play money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from eth_account import Account

from coinslot_sandbox.names import Names
from coinslot_sandbox.payment.till import Purse
from coinslot_sandbox.payment.token import Asset

MARK = "test:"
"""Stands before every key here, so that nobody takes it for one that holds money."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """A key that holds nothing outside its sandbox."""

    key: str
    """The private key in hexadecimal digits, with `test:` before it."""
    address: str
    dollars: Decimal
    """What it held at the start."""


def open_wallet(key: str, dollars: Decimal, purse: Purse, asset: Asset) -> Wallet:
    """Fund a `test:` key; raises ValueError for one without the mark."""
    if not key.startswith(MARK):
        raise ValueError(f"sandbox keys begin with {MARK!r}: real keys have no business here")
    address = str(Account.from_key(key.removeprefix(MARK)).address)
    purse.mint(address, int(dollars * 10**asset.decimals))
    return Wallet(key, address, dollars)


def fresh_key(names: Names) -> str:
    """Return a new `test:` key."""
    return f"{MARK}0x{names.key().hex()}"
