"""Addresses: 32 bytes in base58. Those of wallets, of programs, and of a wallet's token accounts."""

from __future__ import annotations

from functools import lru_cache

from coinslot_solana import base58

SYSTEM_PROGRAM = "1" * 32
COMPUTE_BUDGET_PROGRAM = "ComputeBudget111111111111111111111111111111"
TOKEN_PROGRAM = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"  # noqa: S105 - an address
TOKEN_2022_PROGRAM = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"  # noqa: S105 - an address
MEMO_PROGRAM = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"
ATA_PROGRAM = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL"

PROGRAMS = frozenset(
    {
        SYSTEM_PROGRAM,
        COMPUTE_BUDGET_PROGRAM,
        TOKEN_PROGRAM,
        TOKEN_2022_PROGRAM,
        MEMO_PROGRAM,
        ATA_PROGRAM,
    }
)
"""Addresses that are nobody's wallet: money sent to one is lost, and none pays a fee."""


def is_address(text: object) -> bool:
    """Whether this is 32 bytes in base58."""
    if not isinstance(text, str):
        return False
    try:
        base58.decode(text, 32)
    except ValueError:
        return False
    return True


def is_signature(text: str) -> bool:
    """Whether this is 64 bytes in base58, as transactions are named."""
    try:
        base58.decode(text, 64)
    except ValueError:
        return False
    return True


def is_key(address: str) -> bool:
    """Whether someone can hold a private key of this address; programs' own accounts have none."""
    from solders.pubkey import Pubkey

    return Pubkey.from_string(address).is_on_curve()


@lru_cache(maxsize=256)
def token_account(owner: str, mint: str, program: str) -> str:
    """Return the address of the one associated account in which `owner` keeps tokens of `mint`."""
    from solders.pubkey import Pubkey

    seeds = [bytes(Pubkey.from_string(part)) for part in (owner, program, mint)]
    found, _ = Pubkey.find_program_address(seeds, Pubkey.from_string(ATA_PROGRAM))
    return str(found)
