"""What a wallet has paid, read from a chain through the questions that its node answers."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, NamedTuple

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from coinslot_sandbox.solana.till import USDC

TRANSFER = "0x" + keccak(text="Transfer(address,address,uint256)").hex()
WITH_MEMO = "0x" + keccak(text="TransferWithMemo(address,address,uint256,bytes32)").hex()
"""What a charge on Tempo leaves; fees leave only the other."""
TRANSFER_CHECKED = 12


class Transfer(NamedTuple):
    """Money that moved."""

    payee: str
    amount: int
    """Atomic units."""


def evm_transfers(ask: Callable[..., Any], asset: str, payer: str, *, with_memo: bool) -> list[Transfer]:
    """Return the transfers of a token from a payer."""
    topics = [WITH_MEMO if with_memo else TRANSFER, "0x" + payer[2:].lower().rjust(64, "0")]
    logs = ask("eth_getLogs", {"address": asset, "fromBlock": "0x0", "toBlock": "latest", "topics": topics})
    return [Transfer(to_checksum_address(log["topics"][2][-40:]), int(log["data"], 16)) for log in logs]


def solana_transfers(ask: Callable[..., Any], payer: str) -> list[Transfer]:
    """Return the transfers of the token from a payer's own account."""
    from solders.transaction import VersionedTransaction

    account = solana_account(payer)
    newest = {"commitment": "confirmed"}
    paid: list[Transfer] = []
    for entry in ask("getSignaturesForAddress", account, newest):
        found = ask("getTransaction", entry["signature"], {**newest, "encoding": "base64"})
        message = VersionedTransaction.from_bytes(base64.b64decode(found["transaction"][0])).message
        for step in message.instructions:
            accounts = [str(message.account_keys[index]) for index in step.accounts]
            data = bytes(step.data)
            if entry["err"] is None and data[:1] == bytes([TRANSFER_CHECKED]) and accounts[0] == account:
                paid.append(Transfer(accounts[2], int.from_bytes(data[1:9], "little")))
    return paid


def solana_account(owner: str) -> str:
    """Return where a wallet keeps the token."""
    from solders.pubkey import Pubkey
    from solders.token.associated import get_associated_token_address

    return str(get_associated_token_address(Pubkey.from_string(owner), Pubkey.from_string(USDC)))
