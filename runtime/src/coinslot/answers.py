"""What an answer permits once a credential was sent (`docs/architecture.md`, "Rules of money").

Only the chain knows: no status, code or receipt here ever proves that money did not move.
"""

from __future__ import annotations

import email.utils
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from coinslot import protocols, x402
from coinslot.attempt import Attempt, Money
from coinslot.backend import Backend, can_name
from coinslot.effects import Reply
from coinslot.errors import MalformedChallenge
from coinslot.origin import is_local
from coinslot.text import clean

_OK = range(200, 300)
_REFUSALS = frozenset({400, 401, 403, 404, 412, 422})
_AGAIN = frozenset({408, 409, 425, 429})
_ALREADY_MOVED = ("nonce_already_used", "duplicate_settlement", "replay", "already been used", "already used")
_REPLAYED = "verification-failed"
"""MPP's problem type; with 403 it says that the credential was used before."""
_PENDING = "settlement_pending"
_SIGNED = re.compile(r"[A-Za-z0-9+/=_-]{72,}")
"""So long a word can be our credential, which some servers repeat; the hash of a transaction is shorter."""


Then: TypeAlias = Literal["deliver", "resend once", "resend", "look up", "stop"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one answer makes true, and what may be done next."""

    money: Money
    then: Then
    note: str
    receipt: Mapping[str, Any] | None = None
    transaction: str | None = None
    wait: float | None = None
    """Seconds that the server asked us to wait."""
    lost: bool = False
    """Whether the server may have done the work and its answer got lost."""
    partial: bool = False
    """Whether the answer itself came, and broke off."""


def judge(
    reply: Reply, attempt: Attempt, backend: Backend | None = None, *, cut: bool = False, now: float = 0.0
) -> Verdict:
    """Judge one reply to a request that carried the attempt's credential.

    `backend`: what paid, which may know how its transactions are named. `cut`: the body broke off, so only
    the head can be believed.
    """
    receipt = protocols.read_receipt(reply, attempt.offer)
    transaction = _transaction(receipt, backend)
    status = reply.status
    if status in _OK:
        return _judge_success(attempt, receipt, backend, cut=cut)
    told = _told(reply, receipt)
    note = f"the server answered {status}" + (f" ({told})" if told else "")
    if "insufficient" in told.lower():
        note += (
            "; a sandbox funds the wallets that it names as it starts, and those of --fund"
            if is_local(attempt.call.origin)
            else "; `coinslot wallet balance` shows what the wallet holds"
        )
    if _PENDING in told:
        return Verdict("unknown", "look up", f"{note}: settlement is pending", receipt, transaction)
    if any(code in told.lower() for code in _ALREADY_MOVED) or (status == 403 and _REPLAYED in told):
        return Verdict("unknown", "look up", f"{note}: usually our own payment moved", receipt, transaction)
    money, then = _judge_status(status)
    wait = retry_after(reply, now)
    return Verdict(money, then, note, receipt, transaction, wait, lost=status >= 500 or status == 408)


def _judge_status(status: int) -> tuple[Money, Then]:
    if status == 402:
        return "refused", "resend once"
    if status in _REFUSALS:
        return "refused", "stop"
    if status in _AGAIN or status >= 500:
        return "unknown", "resend"
    return "unknown", "look up"


def _judge_success(
    attempt: Attempt, receipt: dict[str, Any] | None, backend: Backend | None, *, cut: bool
) -> Verdict:
    transaction = _transaction(receipt, backend)
    then: Literal["deliver", "look up"] = "look up" if cut else "deliver"
    ending = ", and its answer broke off" if cut else ""
    if receipt is None:
        return Verdict("unknown", then, f"the server answered without a receipt{ending}", partial=cut)
    contradiction = protocols.receipt_contradiction(receipt, attempt.offer, attempt.terms.payer)
    if contradiction is None:
        contradiction = _no_transaction(receipt, transaction) or _other_transaction(attempt, transaction)
    if contradiction is not None:
        note = f"the server's receipt does not confirm our terms: {contradiction}{ending}"
        return Verdict("unknown", then, note, receipt, transaction, partial=cut)
    note = f"the server's receipt confirms our terms{ending}"
    return Verdict("settled", then, note, receipt, transaction, partial=cut)


def _no_transaction(receipt: Mapping[str, Any], transaction: str | None) -> str | None:
    told = protocols.transaction_of(receipt)
    if told is None or transaction is not None:
        return None
    return f"it names a transaction that cannot be one ({clean(told, 60)})"


def _other_transaction(attempt: Attempt, told: str | None) -> str | None:
    """Say where a receipt names another transaction than the one that the backend knew when it signed."""
    known = attempt.evidence.get("transaction")
    if isinstance(known, str) and told is not None and told.lower() != known.lower():
        return "it names another transaction than the one that was signed"
    return None


def _told(reply: Reply, receipt: Mapping[str, Any] | None) -> str:
    """Return the server's own words on why, cleaned; empty where it gives none."""
    words: list[str] = []
    if receipt is not None:
        words += [str(receipt[name]) for name in ("errorReason", "errorMessage") if receipt.get(name)]
    challenge = reply.headers.get(x402.CHALLENGE_HEADER)
    for content in (_object(challenge), _json(reply)):
        for name in ("error", "errorReason", "message", "type", "detail", "title"):
            if isinstance(content.get(name), str):
                words.append(content[name])
    return clean(_SIGNED.sub("…", "; ".join(dict.fromkeys(words))), 200)


def _object(header: str | None) -> dict[str, Any]:
    if header is None:
        return {}
    try:
        return x402.decode_header(header, x402.CHALLENGE_HEADER)
    except MalformedChallenge:
        return {}


def _json(reply: Reply) -> dict[str, Any]:
    try:
        content = json.loads(reply.body[: x402.MAX_HEADER_BYTES])
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _transaction(receipt: Mapping[str, Any] | None, backend: Backend | None) -> str | None:
    value = protocols.transaction_of(receipt)
    return clean(value, 128) if value is not None and can_name(backend, value) else None


def skew(reply: Reply, now: float) -> float | None:
    """Return how many seconds the server's `Date` is ahead of `now`; None where it says nothing."""
    try:
        return email.utils.parsedate_to_datetime(reply.headers.get("Date") or "").timestamp() - now
    except (ValueError, TypeError, OverflowError):
        return None


def retry_after(reply: Reply, now: float) -> float | None:
    """Read Retry-After (RFC 9110, 10.2.3) as seconds from `now`; None where it says nothing."""
    value = (reply.headers.get("Retry-After") or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:6])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - now)
    except (ValueError, TypeError, OverflowError):
        return None
