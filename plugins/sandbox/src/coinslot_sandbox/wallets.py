"""Wallets full of play money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from eth_account import Account
from eth_utils.address import is_address as is_evm_address

from coinslot_sandbox.counter import Money, Network
from coinslot_sandbox.names import Names

MARK = "test:"
"""Stands before every key here, so that nobody takes it for one that holds money."""


@dataclass(frozen=True, slots=True)
class Wallet:
    """Keys that hold nothing outside their sandbox."""

    key: str
    """The private key for EVM networks in hexadecimal digits, with `test:` before it."""
    address: str
    dollars: Decimal
    """What it held at the start, on each network."""
    solana_key: str | None = None
    """The same for Solana: the seed; None where the sandbox takes nothing there."""
    solana_address: str | None = None

    @property
    def environ(self) -> dict[str, str]:
        """The environment variables that make a client pay with this wallet."""
        keys = {"COINSLOT_EVM_KEY": self.key, "COINSLOT_SOLANA_KEY": self.solana_key}
        return {name: key for name, key in keys.items() if key is not None}


def open_wallet(key: str, dollars: Decimal, money: Mapping[str, Money]) -> Wallet:
    """Fund a `test:` key on every network; raises ValueError for one without the mark.

    Its key for Solana is made of the other, so that one key is enough to know.
    """
    if not key.startswith(MARK):
        raise ValueError(f"sandbox keys begin with {MARK!r}: real keys have no business here")
    address = str(Account.from_key(key.removeprefix(MARK)).address)
    seed = sha256(b"coinslot sandbox: solana " + key.encode()).digest()
    solana_address = _solana_address(seed) if "solana" in money else None
    for network, kept in money.items():
        owner = solana_address if network == "solana" and solana_address else address
        kept.purse.mint(owner, int(dollars * 10**kept.asset.decimals))
    solana_key = MARK + seed.hex() if solana_address else None
    return Wallet(key, address, dollars, solana_key, solana_address)


def fresh_key(names: Names) -> str:
    """Return a new `test:` key."""
    return f"{MARK}0x{names.key().hex()}"


def is_address(text: str, network: Network) -> bool:
    """Tell whether a text is an address on a network; a checksum in it must be right."""
    if network != "solana":
        return is_evm_address(text)
    from solders.pubkey import Pubkey

    try:
        Pubkey.from_string(text)
    except ValueError:
        return False
    return True


def _solana_address(seed: bytes) -> str:
    from solders.keypair import Keypair

    return str(Keypair.from_seed(seed).pubkey())
