"""EVM addresses: 20 bytes in hexadecimal, with the checksum of EIP-55 in the case of the letters."""

from __future__ import annotations

import re
from functools import lru_cache

from eth_hash.auto import keccak

ZERO = "0x" + "0" * 40
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_HASH = re.compile(r"(?:0x)?[0-9a-fA-F]{64}", re.ASCII)


@lru_cache(maxsize=256)
def checksummed(raw: bytes) -> str:
    """Write 20 bytes as an address with its checksum."""
    digits = raw.hex()
    guide = keccak(digits.encode("ascii")).hex()
    # By EIP-55 a letter is upper case where the hash of the lower-case text has a high nibble.
    cased = (
        digit.upper() if int(nibble, 16) >= 8 else digit for digit, nibble in zip(digits, guide, strict=False)
    )
    return "0x" + "".join(cased)


def of_public_key(point: bytes) -> str:
    """Return the address of an uncompressed public key of 65 bytes."""
    return checksummed(keccak(point[1:])[-20:])


@lru_cache(maxsize=256)
def address_bytes(text: str) -> bytes:
    """Read an address. Raises ValueError if it is malformed or its checksum is wrong.

    Letters of one case carry no checksum, and are taken as they are.
    """
    if not _ADDRESS.fullmatch(text):
        message = "not an address: 0x and 40 hexadecimal digits"
        raise ValueError(message)
    digits = text[2:]
    raw = bytes.fromhex(digits)
    if digits not in (digits.lower(), digits.upper()) and checksummed(raw) != text:
        message = "the address has a wrong checksum, so it may be mistyped"
        raise ValueError(message)
    return raw


def argument(address: str) -> bytes:
    """Return an address as one word of call data."""
    return address_bytes(address).rjust(32, b"\0")


def is_hash(text: str) -> bool:
    """Whether this is 32 bytes in hexadecimal, as transactions are named; some libraries leave 0x out."""
    return _HASH.fullmatch(text) is not None
