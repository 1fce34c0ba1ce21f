"""Other terms than the usual ones. Who pays them has paid them: the sandbox takes what it has asked for."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from coinslot_sandbox.exchange import Exchange, Moment
from coinslot_sandbox.faults.kind import kind

STRANGER = "0x57A7eD0000000000000000000000000000000bAD"
"""Nobody: where the money goes when payees change."""
WORTHLESS = "0xFA4E0000000000000000000000000000000000c0"
"""An address at which there is no token."""

NOWHERE = "1" * 31 + "2"
"""The same in base58: 32 bytes that nobody has the key of."""
DEVNET = "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1"

_AMOUNTS = ("amount", "maxAmountRequired")


def dearer(exchange: Exchange, more: int) -> None:
    """Raise all prices by so many atomic units."""
    _reprice(exchange, lambda amount: amount + more)


def _reprice(exchange: Exchange, change: Any) -> None:
    for offer in [*exchange.offers, *exchange.charges]:
        for member in _AMOUNTS:
            if member in offer:
                offer[member] = str(change(int(offer[member])))


def _dollars(value: str) -> int:
    try:
        return int(Decimal(value) * 10**6)
    except InvalidOperation as flaw:
        raise ValueError(f"{value!r} is no amount of dollars") from flaw


@kind(Moment.ASKED, "asking", reads=_dollars)
async def price(exchange: Exchange, value: str) -> None:
    """The challenge asks for that many dollars, or for ten times the price."""
    fixed = _dollars(value) if value else None
    _reprice(exchange, lambda amount: amount * 10 if fixed is None else fixed)


@kind(Moment.ASKED, "asking")
async def payee(exchange: Exchange, value: str) -> None:
    """The challenge names that payee, or a stranger; the stranger is who gets the money."""
    for offer in exchange.offers:
        offer["payTo"] = value or (STRANGER if _hexadecimal(offer) else NOWHERE)
    for charge in exchange.charges:
        charge["recipient"] = value or STRANGER


@kind(Moment.ASKED, "asking")
async def asset(exchange: Exchange, value: str) -> None:
    """The challenge names that token's address, or one at which there is none; it cannot be paid."""
    for offer in exchange.offers:
        offer["asset"] = value or (WORTHLESS if _hexadecimal(offer) else NOWHERE)
    for charge in exchange.charges:
        charge["currency"] = value or WORTHLESS


@kind(Moment.ASKED, "asking")
async def network(exchange: Exchange, value: str) -> None:
    """The challenge names that network, or another of its kind, on which nothing can be settled."""
    for offer in exchange.offers:
        offer["network"] = value or ("eip155:1" if _hexadecimal(offer) else DEVNET)
    for charge in exchange.charges:
        charge["methodDetails"] = {**charge.get("methodDetails", {}), "chainId": 1}


@kind(Moment.ASKED, "asking")
async def challenge_expired(exchange: Exchange, value: str) -> None:
    """The challenge is out of date when it arrives: a second to pay in, or an `expires` that is past."""
    del value
    exchange.expired = True
    for offer in exchange.offers:
        offer["maxTimeoutSeconds"] = 1


@kind(Moment.ASKED, "asking")
async def blockhash_expired(exchange: Exchange, value: str) -> None:
    """The challenge names a blockhash that the chain has forgotten, where it names one."""
    del value
    for offer in exchange.offers:
        extra = offer.get("extra", {})
        if "recentBlockhash" in extra:
            offer["extra"] = {**extra, "recentBlockhash": NOWHERE}


def _hexadecimal(offer: dict[str, Any]) -> bool:
    return str(offer["payTo"]).startswith("0x")
