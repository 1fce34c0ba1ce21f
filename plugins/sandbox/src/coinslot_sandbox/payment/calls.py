"""Encoded calls to the token, as they come bundled through Multicall3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.crypto import keccak

from coinslot_sandbox.payment.token import MemoryToken


def bundled(token: MemoryToken, calls: Sequence[tuple[str, bytes]]) -> list[tuple[bool, bytes]]:
    """Answer Multicall3's `tryAggregate`: for each call, did it succeed and what did it return."""
    return [_answer(token, address, data) for address, data in calls]


def _answer(token: MemoryToken, address: str, data: bytes) -> tuple[bool, bytes]:
    found = _READS.get(data[:4])
    if found is None or address.lower() != token.asset.address.lower():
        return False, b""
    takes, gives, read = found
    return True, encode([gives], [read(token, *decode(takes, data[4:]))])


def _read(signature: str, gives: str, read: Any) -> tuple[bytes, tuple[list[str], str, Any]]:
    takes = [kind for kind in signature.partition("(")[2].rstrip(")").split(",") if kind]
    return keccak(text=signature)[:4], (takes, gives, read)


_READS = dict(
    [
        _read("name()", "string", lambda token: token.asset.name),
        _read("version()", "string", lambda token: token.asset.version),
        _read("balanceOf(address)", "uint256", MemoryToken.balance),
        _read("authorizationState(address,bytes32)", "bool", MemoryToken.is_used),
    ]
)
