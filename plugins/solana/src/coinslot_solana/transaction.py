"""The transaction that pays: written by us alone, and read back as strictly as it is written.

Four instructions, always these and in this order: compute limit, compute price, TransferChecked, memo.
The server's fee payer signs in slot 0, which stays empty here; the wallet in slot 1. Since none of the four
advances a nonce account, the payment is good only as long as its blockhash is, whatever hash was given.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from coinslot_solana.addresses import (
    COMPUTE_BUDGET_PROGRAM,
    MEMO_PROGRAM,
    TOKEN_2022_PROGRAM,
    TOKEN_PROGRAM,
)

PRICE = 1
"""Micro-lamports for a unit of computing; the fee payer's cost, not ours."""
EMPTY_SIGNATURE = bytes(64)
MAX_BYTES = 1232
"""Of a transaction: what one packet carries."""
MAX_AMOUNT = 2**64 - 1
_SET_LIMIT, _SET_PRICE, _TRANSFER_CHECKED = 2, 3, 12
_HEADER = (2, 1, 4)
"""Signers, read-only ones among them, and read-only accounts that do not sign."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """What the transaction does. All addresses are base58."""

    fee_payer: str
    payer: str
    """The wallet that owns `source`."""
    source: str
    """Token account that is charged."""
    destination: str
    """Token account that is paid."""
    mint: str
    program: str
    """Token or Token-2022."""
    amount: int
    """Atomic units."""
    decimals: int
    blockhash: str
    memo: bytes
    units: int
    """Compute limit."""

    def message(self) -> bytes:
        """Return the bytes that are signed: a version 0 message."""
        from solders.hash import Hash
        from solders.instruction import AccountMeta, Instruction
        from solders.message import MessageV0, to_bytes_versioned
        from solders.pubkey import Pubkey

        key = Pubkey.from_string
        budget = key(COMPUTE_BUDGET_PROGRAM)
        accounts = [
            AccountMeta(key(self.source), is_signer=False, is_writable=True),
            AccountMeta(key(self.mint), is_signer=False, is_writable=False),
            AccountMeta(key(self.destination), is_signer=False, is_writable=True),
            AccountMeta(key(self.payer), is_signer=True, is_writable=False),
        ]
        instructions = [
            Instruction(budget, bytes([_SET_LIMIT]) + self.units.to_bytes(4, "little"), []),
            Instruction(budget, bytes([_SET_PRICE]) + PRICE.to_bytes(8, "little"), []),
            Instruction(key(self.program), self._transfer(), accounts),
            Instruction(key(MEMO_PROGRAM), self.memo, []),
        ]
        blockhash = Hash.from_string(self.blockhash)
        return to_bytes_versioned(MessageV0.try_compile(key(self.fee_payer), instructions, [], blockhash))

    def _transfer(self) -> bytes:
        return bytes([_TRANSFER_CHECKED]) + self.amount.to_bytes(8, "little") + bytes([self.decimals])


def envelop(message: bytes, signature: str) -> str:
    """Return the transaction as x402 carries it: base64 of both signatures, the first empty, and message."""
    from solders.signature import Signature

    signatures = EMPTY_SIGNATURE + bytes(Signature.from_string(signature))
    return base64.b64encode(b"\x02" + signatures + message).decode("ascii")


def read(text: object) -> tuple[Transfer, str]:
    """Read a transaction that `envelop` wrote: what it does, and the wallet's signature.

    Raises ValueError for anything else, and where the signature is not good for it as it stands.
    """
    from solders.message import MessageV0, to_bytes_versioned

    transaction = _decoded(text)
    message = transaction.message
    if not isinstance(message, MessageV0) or message.address_table_lookups:
        raise ValueError("the transaction is not of version 0, or takes addresses from tables")
    header, keys = message.header, message.account_keys
    counts = (
        header.num_required_signatures,
        header.num_readonly_signed_accounts,
        header.num_readonly_unsigned_accounts,
    )
    if counts != _HEADER or len(keys) != 8 or len(set(keys)) != len(keys):
        raise ValueError("the transaction has other accounts than a payment's")
    if len(transaction.signatures) != 2 or bytes(transaction.signatures[0]) != EMPTY_SIGNATURE:
        raise ValueError("the transaction is signed by other parties than the wallet alone")
    signature = transaction.signatures[1]
    if not signature.verify(keys[1], to_bytes_versioned(message)):
        raise ValueError("the transaction was not signed by its payer as it stands")
    transfer = _transfer([str(key) for key in keys], str(message.recent_blockhash), message.instructions)
    return transfer, str(signature)


def _decoded(text: object) -> Any:
    """Decode base64 and the transaction in it, of which there is one spelling only."""
    from solders.transaction import VersionedTransaction

    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        raw = b""
    if not raw or len(raw) > MAX_BYTES or base64.b64encode(raw).decode("ascii") != text:
        raise ValueError("the transaction is not base64 of at most one packet")
    try:
        transaction = VersionedTransaction.from_bytes(raw)
    except Exception as error:
        raise ValueError("the transaction cannot be decoded") from error
    if bytes(transaction) != raw:
        raise ValueError("the transaction is not written in the one usual way")
    return transaction


def _transfer(keys: Sequence[str], blockhash: str, instructions: Sequence[Any]) -> Transfer:
    """Read the four instructions. Of the eight accounts, 0 and 1 sign, 0, 2 and 3 are written to."""
    if any(step.program_id_index >= len(keys) for step in instructions):
        raise ValueError("an instruction of the transaction names no program")
    programs = [keys[step.program_id_index] for step in instructions]
    token = programs[2] if len(programs) == 4 else ""
    if programs != [COMPUTE_BUDGET_PROGRAM, COMPUTE_BUDGET_PROGRAM, token, MEMO_PROGRAM] or token not in (
        TOKEN_PROGRAM,
        TOKEN_2022_PROGRAM,
    ):
        raise ValueError("the transaction has other instructions than a payment's")
    accounts = [list(step.accounts) for step in instructions]
    if [*accounts[:2], accounts[3]] != [[], [], []] or len(accounts[2]) != 4:
        raise ValueError("the transaction's instructions take other accounts than a payment's")
    source, mint, destination, owner = accounts[2]
    if {source, destination} != {2, 3} or mint not in range(4, 8) or owner != 1:
        raise ValueError("the transaction's transfer takes other accounts than a payment's")
    limit, price, transfer, memo = (bytes(step.data) for step in instructions)
    shapes = (len(limit), limit[:1], price, len(transfer), transfer[:1])
    if shapes != (
        5,
        bytes([_SET_LIMIT]),
        bytes([_SET_PRICE]) + PRICE.to_bytes(8, "little"),
        10,
        bytes([_TRANSFER_CHECKED]),
    ):
        raise ValueError("the transaction's instructions say something else than a payment's")
    return Transfer(
        fee_payer=keys[0],
        payer=keys[1],
        source=keys[source],
        destination=keys[destination],
        mint=keys[mint],
        program=token,
        amount=int.from_bytes(transfer[1:9], "little"),
        decimals=transfer[9],
        blockhash=blockhash,
        memo=memo,
        units=int.from_bytes(limit[1:], "little"),
    )
