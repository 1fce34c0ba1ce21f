"""Looks for secrets in what a cassette holds, also inside what was encoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from solders.keypair import Keypair
from solders.pubkey import Pubkey

from tests.cassettes.masks import mask
from tests.cassettes.seller import PRIVATE_KEY, SOLANA_SEED
from tests.cassettes.transactions import solana

_SOLANA = Keypair.from_seed(bytes.fromhex(SOLANA_SEED))
_KEYS = tuple(bytes.fromhex(key.removeprefix("0x")) for key in (PRIVATE_KEY, SOLANA_SEED))
# As wallets write them; a seed alone looks like an address, so it is found by its value only.
_SPELLED = (*(key.hex() for key in _KEYS), str(_SOLANA), str(Pubkey.from_bytes(_KEYS[1])))
_KEY_LENGTHS = (32, 64)
_PATTERNS = {
    "32 bytes or more in hexadecimal digits": re.compile(r"(?<![0-9a-fA-F])(?!0+\b|1{64}\b)[0-9a-fA-F]{64,}"),
    "64 bytes in base58": re.compile(r"\b[1-9A-HJ-NP-Za-km-z]{86,}\b"),
    "base64 of JSON": re.compile(r"\be(?:yJ|yAi|wo)[A-Za-z0-9+/_-]{8,}"),
    "32 bytes or more in a list": re.compile(r"\[\s*(?:\d{1,3}\s*,\s*){31,}\d{1,3}\s*\]"),
    "a bearer token": re.compile(r"\bBearer +(?!masked-token)\S+", re.IGNORECASE),
    "a signed address": re.compile(r"[?&](?:signature|sig|token)=(?!masked\b)", re.IGNORECASE),
}
_ENCODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_DEEPEST = 4


def secrets_in(content: Any) -> Iterator[str]:
    """Name every secret in content as YAML gives it: mappings, lists, texts, bytes."""
    if mask(content) != content:
        yield "a member that should be masked"
    yield from _walk(content)


def _walk(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _walk(name)
            yield from _walk(value)
    elif isinstance(content, list):
        if len(content) in _KEY_LENGTHS and all(type(value) is int for value in content):
            yield "as many numbers as a key has bytes"
        for value in content:
            yield from _walk(value)
    elif isinstance(content, bytes):
        if _holds_key(content):
            yield "a private key"
    elif isinstance(content, str):
        yield from _text(content, 0)


def _text(text: str, depth: int) -> Iterator[str]:
    for name, pattern in _PATTERNS.items():
        if pattern.search(text):
            yield name
    if any(key in text for key in _SPELLED):
        yield "a private key"
    for found in _ENCODED.findall(text) if depth < _DEEPEST else ():
        decoded = _decoded(found)
        if decoded is not None:
            if _holds_key(decoded):
                yield "a private key"
            if _is_signed(decoded):
                yield "a signed transaction of Solana"
            yield from _text(decoded.decode("latin-1"), depth + 1)


def _holds_key(content: bytes) -> bool:
    return any(key in content for key in _KEYS) or any(key.encode() in content for key in _SPELLED)


def _is_signed(content: bytes) -> bool:
    try:
        signatures = solana(base64.b64encode(content).decode())["signatures"]
    except ValueError:
        return False
    return any(each["signature"] for each in signatures)


def _decoded(text: str) -> bytes | None:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None
