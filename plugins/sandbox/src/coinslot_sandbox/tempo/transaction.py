"""Signed Tempo transactions (type 0x76), read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import rlp  # type: ignore[import-untyped]  # it has no types
from eth_utils.crypto import keccak

from coinslot_sandbox.tempo.official import (
    TRANSFER_SELECTOR,
    TRANSFER_WITH_MEMO_SELECTOR,
    transaction_sender,
)

_LENGTHS = {TRANSFER_SELECTOR: 4 + 64, TRANSFER_WITH_MEMO_SELECTOR: 4 + 96}


class Unreadable(Exception):
    """The bytes are no transaction, or one of a kind that nothing here needs."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """One transfer of a token."""

    token: str
    """Addresses here are hexadecimal and in lower case."""
    payee: str
    amount: int
    memo: str | None


@dataclass(frozen=True, slots=True)
class Transaction:
    """What a transaction says."""

    hash: str
    chain_id: int
    gas_price: int
    """Attodollars for one gas, at most."""
    gas_limit: int
    transfers: tuple[Transfer, ...]
    nonce_key: int
    nonce: int
    valid_before: int | None
    valid_after: int | None
    fee_token: str | None
    sponsored: bool
    sender: str


def read(raw: bytes) -> Transaction:
    """Read a signed transaction; raises `Unreadable`."""
    sender = transaction_sender("0x" + raw.hex())
    if sender is None or raw[0] != 0x76:
        raise Unreadable("not a signed transaction of type 0x76")
    fields: Any = rlp.decode(raw[1:])
    try:
        transfers = tuple(_transfer(*call) for call in fields[4])
        numbers = [int.from_bytes(fields[place]) for place in (0, 2, 3, 6, 7, 8, 9)]
    except (TypeError, ValueError, IndexError) as flaw:
        raise Unreadable("its fields are not a transaction's") from flaw
    chain_id, gas_price, gas_limit, nonce_key, nonce, valid_before, valid_after = numbers
    return Transaction(
        hash="0x" + keccak(raw).hex(),
        chain_id=chain_id,
        gas_price=gas_price,
        gas_limit=gas_limit,
        transfers=transfers,
        nonce_key=nonce_key,
        nonce=nonce,
        valid_before=valid_before or None,
        valid_after=valid_after or None,
        fee_token="0x" + fields[10].hex() if fields[10] else None,
        sponsored=fields[11] != b"",
        sender=sender,
    )


def _transfer(to: bytes, value: bytes, data: bytes) -> Transfer:
    selector = data[:4].hex()
    if value or _LENGTHS.get(selector) != len(data):
        raise Unreadable("it calls something else than a transfer")
    memo = "0x" + data[68:100].hex() if selector == TRANSFER_WITH_MEMO_SELECTOR else None
    return Transfer("0x" + to.hex(), "0x" + data[16:36].hex(), int.from_bytes(data[36:68]), memo)
