"""A dollar token kept in memory, with the rules of EIP-3009."""

from __future__ import annotations

from dataclasses import dataclass, field

from coinslot_sandbox.clock import Clock
from coinslot_sandbox.official import (
    ExactEIP3009Authorization,
    ParsedEIP3009Authorization,
    hash_eip3009_authorization,
    verify_eoa_signature,
)

BASE_USDC = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
"""Where USDC lives on Base: the address that a challenge names, here with nothing behind it."""

_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


@dataclass(frozen=True, slots=True)
class Asset:
    """A token as a challenge names it."""

    chain_id: int = 8453
    address: str = BASE_USDC
    name: str = "USD Coin"
    version: str = "2"
    decimals: int = 6

    @property
    def network(self) -> str:
        """The network's CAIP-2 name."""
        return f"eip155:{self.chain_id}"


class Reverted(Exception):
    """The token refuses a call, in the words that the official code looks for."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"execution reverted: {reason}")


@dataclass(slots=True)
class MemoryToken:
    """Balances in atomic units, and the authorizations that were used up."""

    asset: Asset
    clock: Clock
    balances: dict[str, int] = field(default_factory=dict)
    """By address in lower case."""
    used: set[tuple[str, bytes]] = field(default_factory=set)
    """Payer in lower case, and nonce."""

    def balance(self, address: str) -> int:
        """Return what an address holds, in atomic units."""
        return self.balances.get(address.lower(), 0)

    def mint(self, address: str, amount: int) -> None:
        """Give an address `amount` atomic units out of nothing."""
        self.balances[address.lower()] = self.balance(address) + amount

    def is_used(self, payer: str, nonce: bytes) -> bool:
        """Return whether a payer's nonce was used."""
        return (payer.lower(), nonce) in self.used

    def check(self, authorization: ParsedEIP3009Authorization, signature: bytes) -> None:
        """Raise `Reverted` unless `transfer` would succeed."""
        now = self.clock.now()
        if now <= authorization.valid_after:
            raise Reverted("authorization is not yet valid")
        if now >= authorization.valid_before:
            raise Reverted("authorization is expired")
        if self.is_used(authorization.from_address, authorization.nonce):
            raise Reverted("authorization is used or canceled")
        if not self._signed(authorization, signature):
            raise Reverted("invalid signature")
        if self.balance(authorization.from_address) < authorization.value:
            raise Reverted("transfer amount exceeds balance")

    def transfer(self, authorization: ParsedEIP3009Authorization, signature: bytes) -> None:
        """Move the money of a signed authorization, once; raises `Reverted`."""
        self.check(authorization, signature)
        payer, payee = authorization.from_address.lower(), authorization.to.lower()
        self.used.add((payer, authorization.nonce))
        self.balances[payer] -= authorization.value
        self.balances[payee] = self.balance(payee) + authorization.value

    def _signed(self, authorization: ParsedEIP3009Authorization, signature: bytes) -> bool:
        low_s = len(signature) == 65 and int.from_bytes(signature[32:64], "big") <= _HALF_ORDER
        if not low_s or signature[64] not in (27, 28):
            return False
        digest = hash_eip3009_authorization(
            ExactEIP3009Authorization(
                from_address=authorization.from_address,
                to=authorization.to,
                value=str(authorization.value),
                valid_after=str(authorization.valid_after),
                valid_before=str(authorization.valid_before),
                nonce="0x" + authorization.nonce.hex(),
            ),
            self.asset.chain_id,
            self.asset.address,
            self.asset.name,
            self.asset.version,
        )
        return verify_eoa_signature(digest, signature, authorization.from_address)
