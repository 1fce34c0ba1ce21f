"""What a cassette must not hold, and what stands in its place.

Masks keep the grammar of what they hide, so that the runtime can read a masked answer.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

TRANSACTION = "0x" + "0" * 64
SOLANA_TRANSACTION = "1" * 64
"""A signature, by which Solana names a transaction: 64 bytes in base58, all zero."""
BLOCKHASH = "1" * 31 + "2"
NONCE = "maskednonce"
CHALLENGE = "masked-id"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
TOKEN = "masked-token"
_NUMBERED = re.compile(f"{TRANSACTION[:-3]}[0-9]{{3}}|{SOLANA_TRANSACTION[:-1]}[1-9A-HJ-NP-Za-km-z]")
"""Masks as a replay has them: each payment settles in a transaction of its own."""
_PUBLIC = frozenset({"feetoken"})
"""Named like secrets, and none."""
_MASKS = {
    "signature": "masked-signature",
    "nonce": NONCE,
    "mppnonce": NONCE,
    "blockhash": BLOCKHASH,
    "recentblockhash": BLOCKHASH,
    "challengeid": CHALLENGE,
    "timestamp": "2026-02-02T02:40:00Z",  # the official server dates its receipts by a clock of its own
    "transaction": TRANSACTION,
    "transactionhash": TRANSACTION,
    "txhash": TRANSACTION,
    "reference": TRANSACTION,
    "unreadable": "masked",
    "secret": "masked",
    "password": "masked",
    "apikey": "masked",
    "privatekey": "masked",
}
_IN_ADDRESSES = re.compile(
    r"(?<=[?&])(signature|sig|x-amz-[a-z-]+|[a-z_-]*(?:token|key|secret))=[^&\"\\\s]+", re.IGNORECASE
)
_MOMENTS = frozenset(
    {"validAfter", "validBefore", "issuedAt", "expirationTime", "notBefore", "expires", "expiresAt"}
)
_RELATIVE = re.compile(r"now([+-]\d+) s")
PATIENCE = 2
"""Seconds by which two moments may differ and match: while a live service is recorded, time goes on."""


def numbered(masked: str, number: int) -> str:
    """Return a masked transaction as one of its own; what is none stays."""
    if masked == TRANSACTION:
        return f"{TRANSACTION[:-3]}{number:03}"
    return SOLANA_TRANSACTION[:-1] + _BASE58[number % 58] if masked == SOLANA_TRANSACTION else masked


def mask(content: Any) -> Any:
    """Return JSON content in which every secret member is masked."""
    if isinstance(content, list):
        return [mask(item) for item in content]
    if not isinstance(content, dict):
        return content
    return {name: _masked(name, value) for name, value in content.items()}


def mask_addresses(text: str) -> str:
    """Return text in which addresses have their signatures masked."""
    return _IN_ADDRESSES.sub(r"\1=masked", text)


def count_from(now: float, content: Any, name: str = "") -> Any:
    """Return a credential whose moments are counted from the one at which it was first sent."""
    if isinstance(content, dict):
        return {member: count_from(now, value, member) for member, value in content.items()}
    if isinstance(content, list):
        return [count_from(now, item) for item in content]
    moment = _moment(content) if name in _MOMENTS else None
    return content if moment is None else f"now{round(moment - int(now)):+d} s"


def same(one: Any, other: Any) -> bool:
    """Whether two credentials say the same."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    counted = [_RELATIVE.fullmatch(value) if isinstance(value, str) else None for value in (one, other)]
    if counted[0] and counted[1]:
        return abs(int(counted[0][1]) - int(counted[1][1])) <= PATIENCE
    return bool(one == other)


def _masked(name: str, value: Any) -> Any:
    kind = name.lower().replace("_", "").replace("-", "")
    if kind in ("challenge", "challenges"):
        return _challenge(mask(value))
    if not isinstance(value, str) or not value:
        return mask(value)
    if kind.endswith("token") and kind not in _PUBLIC:
        return TOKEN
    masked = _MASKS.get(kind, value)
    if masked == TRANSACTION and _NUMBERED.fullmatch(value):
        return value
    return SOLANA_TRANSACTION if masked == TRANSACTION and not value.startswith("0x") else masked


def _challenge(content: Any) -> Any:
    """Mask the id of MPP's challenges; elsewhere an id is a job's, and no secret."""
    if isinstance(content, list):
        return [_challenge(each) for each in content]
    return {**content, "id": CHALLENGE} if isinstance(content, dict) and "id" in content else content


def _moment(value: Any) -> float | None:
    """Return unix seconds; None for what is no moment, as the 0 that stands for the beginning of time."""
    try:
        seconds = float(value)
    except (TypeError, ValueError):
        try:
            return datetime.fromisoformat(value).timestamp()
        except (TypeError, ValueError):
            return None
    return seconds if seconds > 0 else None
