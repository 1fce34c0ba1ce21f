"""The Tempo transaction (type 0x76) in the one shape that we sign: transfers with an expiring nonce.

    0x76 rlp([chain, tip, price, gas, calls, access, nonce key, nonce, valid before, valid after,
              fee token, sponsor, authorizations, (key authorization,) signature])

The sender signs all but the last item. Where a sponsor pays the fee, the fee token is left to it and its
place holds a zero byte; what goes to it then is the envelope of type 0x78, with the sender's address in that
place. Access, authorization and key lists are always empty: none of them belongs to a payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from eth_hash.auto import keccak

from coinslot_tempo import rlp
from coinslot_tempo.transfers import Transfer

SELF_PAID, SPONSORED = 0x76, 0x78
EXPIRING = 2**256 - 1
"""The nonce key whose transactions need no count: each is good once, until it expires."""
_ITEMS = 14
_AWAITING = b"\x00"
_SIGNATURE_BYTES = 65
_ADDRESS_BYTES = 20


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is signed."""

    chain_id: int
    tip: int
    """`maxPriorityFeePerGas`, attodollars."""
    gas_price: int
    """`maxFeePerGas`, attodollars."""
    gas_limit: int
    token: bytes
    """The token that every transfer moves."""
    transfers: tuple[Transfer, ...]
    valid_before: int
    """Unix seconds; the chain takes it in blocks with a smaller timestamp."""
    fee_token: bytes | None
    """None: a sponsor pays the fee, in a token of its choice."""

    @property
    def max_fee(self) -> int:
        """The most that the fee can be, in attodollars."""
        return self.gas_limit * self.gas_price

    def preimage(self) -> bytes:
        """Return the bytes whose hash the sender signs."""
        return bytes([SELF_PAID]) + rlp.encode(self._items(_AWAITING if self.fee_token is None else b""))

    def digest(self) -> bytes:
        """Return the 32 bytes that the sender signs."""
        return bytes(keccak(self.preimage()))

    def signed(self, signature: bytes, sender: bytes) -> bytes:
        """Return what is sent: the transaction, or the envelope for a sponsor."""
        if self.fee_token is None:
            return bytes([SPONSORED]) + rlp.encode([*self._items(sender), signature])
        return bytes([SELF_PAID]) + rlp.encode([*self._items(b""), signature])

    def _items(self, sponsor: bytes) -> list[rlp.Item]:
        calls = [[self.token, b"", transfer.call()] for transfer in self.transfers]
        return [
            rlp.number(self.chain_id),
            rlp.number(self.tip),
            rlp.number(self.gas_price),
            rlp.number(self.gas_limit),
            calls,
            [],
            rlp.number(EXPIRING),
            b"",
            rlp.number(self.valid_before),
            b"",
            self.fee_token or b"",
            sponsor,
            [],
        ]


@dataclass(frozen=True, slots=True)
class Signed:
    """A transaction with its signature, read back from what is sent."""

    transaction: Transaction
    signature: bytes
    sender: bytes | None
    """As the envelope claims it; None where there is no envelope."""

    @classmethod
    def read(cls, sent: bytes) -> Self:
        """Read what `Transaction.signed` returned.

        Raises ValueError for anything else: every item is compared with what we would have written.
        """
        if sent[:1] not in (bytes([SELF_PAID]), bytes([SPONSORED])):
            raise ValueError("it is no transaction of the kind that is signed here")
        items = _list(rlp.decode(sent[1:]), _ITEMS)
        sponsored = sent[0] == SPONSORED
        signature = _text(items[13], _SIGNATURE_BYTES)
        fee_token = None if sponsored else _text(items[10], _ADDRESS_BYTES)
        sender = _text(items[11], _ADDRESS_BYTES) if sponsored else None
        token, transfers = _transfers(items[4])
        transaction = Transaction(
            chain_id=_number(items[0]),
            tip=_number(items[1]),
            gas_price=_number(items[2]),
            gas_limit=_number(items[3]),
            token=token,
            transfers=transfers,
            valid_before=_number(items[8]),
            fee_token=fee_token,
        )
        # An empty end would mean that it never expires.
        if transaction.valid_before == 0 or transaction.signed(signature, sender or b"") != sent:
            raise ValueError("the transaction holds more than transfers with an expiring nonce")
        return cls(transaction, signature, sender)


def _transfers(calls: rlp.Item) -> tuple[bytes, tuple[Transfer, ...]]:
    tokens: set[bytes] = set()
    transfers = []
    for call in map(_call, _list(calls)):
        tokens.add(_text(call[0], _ADDRESS_BYTES))
        transfers.append(Transfer.read(_text(call[2])))
    if len(tokens) != 1:
        raise ValueError("the transaction does not move one token")
    return tokens.pop(), tuple(transfers)


def _call(item: rlp.Item) -> Sequence[rlp.Item]:
    return _list(item, 3)


def _list(item: rlp.Item, length: int | None = None) -> Sequence[rlp.Item]:
    if isinstance(item, bytes) or length not in (None, len(item)):
        raise ValueError("a list of the transaction has another shape than it must have")
    return item


def _text(item: rlp.Item, length: int | None = None) -> bytes:
    if not isinstance(item, bytes) or length not in (None, len(item)):
        raise ValueError("an item of the transaction has another shape than it must have")
    return item


def _number(item: rlp.Item) -> int:
    digits = _text(item)
    if len(digits) > 32:
        raise ValueError("a number of the transaction is too long")
    return int.from_bytes(digits)
