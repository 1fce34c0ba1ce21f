"""One transfer of a token: to whom, how much, with which memo; and the call that carries it out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from eth_hash.auto import keccak

TRANSFER_WITH_MEMO = keccak(b"transferWithMemo(address,uint256,bytes32)")[:4]
LOGGED = "0x" + keccak(b"TransferWithMemo(address,address,uint256,bytes32)").hex()
"""Topic of the event that such a transfer leaves: from, to and memo are topics, the amount is data."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Moves atomic units of a token to a payee, and leaves a memo."""

    payee: bytes
    amount: int
    memo: bytes

    def call(self) -> bytes:
        """Return the call data."""
        return TRANSFER_WITH_MEMO + self.payee.rjust(32, b"\0") + self.amount.to_bytes(32) + self.memo

    @classmethod
    def read(cls, data: bytes) -> Self:
        """Read what `call` wrote. Raises ValueError for any other call."""
        transfer = cls(data[16:36], int.from_bytes(data[36:68]), data[68:])
        if len(data) != 100 or transfer.call() != data:
            raise ValueError("a call of the transaction is no transfer with a memo")
        return transfer
