"""Credentials as headers carry them, base64 of JSON, and as people read them."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

AUTHORIZATION = "authorization"
CODED = frozenset(
    {
        AUTHORIZATION,
        "payment-receipt",
        "payment-required",
        "payment-response",
        "payment-signature",
        "sign-in-with-x",
        "x-payment",
        "x-payment-response",
    }
)
"""Headers that pay, sign in, ask for it or confirm it, in lower case."""
_URL_SAFE = frozenset({AUTHORIZATION, "payment-receipt"})


def read(name: str, value: str) -> dict[str, Any]:
    """Return what a coded header says; under `unreadable` what says nothing."""
    if name == AUTHORIZATION:
        scheme, _, rest = value.partition(" ")
        decoded = _decode(rest)
        return {"scheme": scheme, "token": rest} if decoded is None else {"scheme": scheme, **decoded}
    decoded = _decode(value)
    return {"unreadable": value} if decoded is None else decoded


def write(name: str, terms: dict[str, Any]) -> str:
    """Return the header that says `terms`."""
    if "unreadable" in terms:
        return str(terms["unreadable"])
    if name == AUTHORIZATION:
        content = {member: value for member, value in terms.items() if member != "scheme"}
        rest = content["token"] if set(content) == {"token"} else _encode(name, content)
        return f"{terms['scheme']} {rest}"
    return _encode(name, terms)


def _decode(value: str) -> dict[str, Any] | None:
    text = value.strip().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        content = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        return None
    return content if isinstance(content, dict) else None


def _encode(name: str, terms: dict[str, Any]) -> str:
    content = json.dumps(terms, separators=(",", ":"), ensure_ascii=False).encode()
    if name in _URL_SAFE:
        return base64.urlsafe_b64encode(content).decode().rstrip("=")
    return base64.b64encode(content).decode()
