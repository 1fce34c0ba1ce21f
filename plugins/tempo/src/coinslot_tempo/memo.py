"""The attribution memo: 32 bytes that tie a transfer to the challenge that it pays.

    ef1ed712 | 01 | server (10 bytes) | client (10 bytes) | challenge (7 bytes)

The first four bytes are those of keccak256("mpp"), 01 is the version, and each other part begins the
hash of a text: the challenge's realm, a name of the client (zeros for none), the challenge's id.
"""

from __future__ import annotations

import re

from eth_hash.auto import keccak

_MARK = keccak(b"mpp")[:4] + b"\x01"
_MEMO = re.compile(r"(?:0x)?[0-9a-fA-F]{64}", re.ASCII)


def attribution(challenge_id: str, realm: str, client: str | None = None) -> bytes:
    """Return the memo of one challenge."""
    named = _hash(client)[:10] if client else bytes(10)
    return _MARK + _hash(realm)[:10] + named + _hash(challenge_id)[:7]


def is_attribution(memo: bytes) -> bool:
    """Whether a memo claims to tie its transfer to some challenge."""
    return memo.startswith(_MARK)


def fixed_memo(text: object) -> bytes:
    """Read a memo that a server chose. Raises ValueError for anything but 32 bytes in hexadecimal."""
    if not isinstance(text, str) or not _MEMO.fullmatch(text):
        raise ValueError("a memo is not 32 bytes in hexadecimal")
    return bytes.fromhex(text.removeprefix("0x"))


def _hash(text: str) -> bytes:
    return bytes(keccak(text.encode("utf-8")))
