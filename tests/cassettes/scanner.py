"""Looks for secrets in what a cassette holds, also inside what was encoded."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from tests.cassettes.masks import mask
from tests.cassettes.seller import PRIVATE_KEY

_KEY = bytes.fromhex(PRIVATE_KEY.removeprefix("0x"))
_PATTERNS = {
    "32 bytes or more in hexadecimal digits": re.compile(r"(?<![0-9a-fA-F])(?!0+\b)[0-9a-fA-F]{64,}"),
    "64 bytes in base58": re.compile(r"\b[1-9A-HJ-NP-Za-km-z]{86,}\b"),
    "base64 of JSON": re.compile(r"\be(?:yJ|yAi|wo)[A-Za-z0-9+/_-]{8,}"),
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
        for value in content:
            yield from _walk(value)
    elif isinstance(content, bytes):
        if _KEY in content or PRIVATE_KEY[2:].encode() in content:
            yield "a private key"
    elif isinstance(content, str):
        yield from _text(content, 0)


def _text(text: str, depth: int) -> Iterator[str]:
    for name, pattern in _PATTERNS.items():
        if pattern.search(text):
            yield name
    for found in _ENCODED.findall(text) if depth < _DEEPEST else ():
        decoded = _decoded(found)
        if decoded is not None:
            if _KEY in decoded:
                yield "a private key"
            yield from _text(decoded.decode("latin-1"), depth + 1)


def _decoded(text: str) -> bytes | None:
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error:
        return None
