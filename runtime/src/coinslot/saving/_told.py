"""What a saved file says of itself: what made it and what it cost, and nothing that opens a door."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from coinslot.effects import Flow, Record
from coinslot.origin import origin_of

if TYPE_CHECKING:
    from coinslot.attempt import Attempt
    from coinslot.jobs._work import Work

_SECRET = re.compile(r"key|token|secret|password|credential|authorization|signature", re.IGNORECASE)
_ADDRESS = re.compile(r"(https?://[^/?#\s]+)[^\s]*")


def told_of(work: Work[Any], member: str) -> Flow[dict[str, Any]]:
    """Return what is known of a finished job: prompt, parameters, price, receipt, ids.

    Addresses are cut to their hosts: whoever has the address of an uploaded file can read it.
    """
    attempt: Attempt | None = None
    attempt_id = work.attempt_id
    if attempt_id is not None:
        attempt = yield Record(lambda ledger: ledger.attempt(attempt_id), "attempt")
    asked = {name: _open(value) for name, value in _asked(work).items() if not _SECRET.search(name)}
    told: dict[str, Any] = {
        "origin": origin_of(work.face.settings.base_url),
        "route": str(work.route),
        "job_id": work.id,
        "file": member,
    }
    if isinstance(asked.get("prompt"), str):
        told["prompt"] = asked.pop("prompt")
    if asked:
        told["parameters"] = asked
    if attempt is not None:
        told |= {
            "attempt_id": attempt.id,
            "price": f"{attempt.price.normalize():f}",
            "network": attempt.terms.network,
        }
        if attempt.transaction:
            told["transaction"] = attempt.transaction
        if attempt.receipt:
            told["receipt"] = {
                name: value for name, value in attempt.receipt.items() if not _SECRET.search(name)
            }
    return told


def model_of(path: str) -> str:
    """Return what a route's path names, as in `paint-pro` for `/api/generate/paint-pro/edit`."""
    words = [word for word in path.split("/") if word and not word.startswith("{")]
    if not words:
        return "result"
    return words[-2] if len(words) > 2 else words[-1]


def _asked(work: Work[Any]) -> Mapping[str, Any]:
    """Return the request that made the job: as it was sent, or else as the server tells it."""
    try:
        sent = json.loads(work.sent) if work.sent else None
    except ValueError:
        sent = None
    if isinstance(sent, dict):
        return sent
    told = work.state.raw.get(work.style.input)
    return told if isinstance(told, dict) else {}


def _open(value: Any) -> Any:
    if isinstance(value, str):
        return _ADDRESS.sub(r"\1/…", value) if value.startswith(("http://", "https://")) else value
    if isinstance(value, dict):
        return {name: _open(inner) for name, inner in value.items() if not _SECRET.search(str(name))}
    if isinstance(value, list):
        return [_open(inner) for inner in value]
    return value
