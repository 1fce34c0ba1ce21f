"""Credentials and challenges as headers carry them, base64 of JSON, and as people read them."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from coinslot.effects import Headers, Reply
from coinslot.errors import MalformedChallenge
from coinslot.mpp import parameters_of

AUTHORIZATION = "authorization"
CHALLENGES = "www-authenticate"
CODED = frozenset(
    {
        AUTHORIZATION,
        "payment-receipt",
        "payment-required",
        "payment-response",
        "payment-signature",
        "sign-in-with-x",
        CHALLENGES,
        "x-payment",
        "x-payment-response",
    }
)
"""Headers that pay, sign in, ask for it or confirm it, in lower case."""
_OBJECTS = ("request", "opaque")
"""Members of an MPP challenge that are base64 of JSON."""
_URL_SAFE = frozenset({AUTHORIZATION, "payment-receipt"})


def read(name: str, value: str) -> dict[str, Any]:
    """Return what a coded header says; under `unreadable` what says nothing."""
    if name == CHALLENGES:
        return _challenges(value)
    if name == AUTHORIZATION:
        scheme, _, rest = value.partition(" ")
        if not rest:  # a key that stands there by itself
            return {"scheme": "", "token": scheme}
        decoded = _decode(rest)
        if decoded is None:
            return {"scheme": scheme, "token": rest}
        if isinstance(decoded.get("challenge"), dict):
            decoded["challenge"] = _readable(decoded["challenge"])
        return {"scheme": scheme, **decoded}
    decoded = _decode(value)
    return {"unreadable": value} if decoded is None else decoded


def write(name: str, terms: dict[str, Any]) -> str:
    """Return the header that says `terms`."""
    if "unreadable" in terms:
        return str(terms["unreadable"])
    if name == CHALLENGES:
        return (
            ", ".join(map(_challenge, terms["challenges"])) if "challenges" in terms else str(terms["text"])
        )
    if name == AUTHORIZATION:
        content = {member: value for member, value in terms.items() if member != "scheme"}
        rest = content["token"] if set(content) == {"token"} else _encode(name, content)
        return f"{terms['scheme']} {rest}".strip()
    return _encode(name, terms)


def _challenges(value: str) -> dict[str, Any]:
    """Read MPP's challenges; a header of other schemes stays text."""
    try:
        found = list(parameters_of(Reply(402, Headers({CHALLENGES: value}))))
    except MalformedChallenge:
        found = []
    return {"challenges": [_readable(dict(each)) for each in found]} if found else {"text": value}


def _challenge(members: dict[str, Any]) -> str:
    parameters = []
    for name, value in members.items():
        text = _encode(AUTHORIZATION, value) if isinstance(value, dict) else str(value)
        escaped = text.replace("\\", "\\\\").replace('"', '\\"')
        parameters.append(f'{name}="{escaped}"')
    return f"Payment {', '.join(parameters)}"


def _readable(challenge: dict[str, Any]) -> dict[str, Any]:
    """Return a challenge whose encoded members are objects."""
    decoded = {name: _decode(challenge[name]) for name in _OBJECTS if isinstance(challenge.get(name), str)}
    return {**challenge, **{name: said for name, said in decoded.items() if said is not None}}


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
