"""A token that was bought for a file is used for that file before another one is bought."""

from __future__ import annotations

import hashlib
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from coinslot.attempt import RELEASED
from coinslot.effects import Flow, Record, Reply
from coinslot.matching import moment
from coinslot.origin import origin_of

if TYPE_CHECKING:
    from coinslot.ledger import Ledger
    from coinslot.uploads import LocalFile, Site, Upload

_USABLE = frozenset({"none", "finished"})
"""A token's delivery while its upload is under way; `saved` once it is confirmed, `lost` if it is no use."""
_ENDS = frozenset({"expires", "expiresat", "expiration", "expirationtime", "expiry", "validuntil"})
"""What servers call the moment until which a token is good, in small letters alone."""


def key_of(upload: Upload, file: LocalFile, site: Site) -> Flow[str]:
    """Return the idempotency key of this file's token: of one at hand, or of the next to be bought."""
    digest = hashlib.sha256()
    for piece in (upload.token.path, file.name, file.media_type):
        digest.update(piece.encode() + b"\0")
    digest.update(file.content)
    prefix, origin = f"upload-{digest.hexdigest()[:32]}-", origin_of(site.base_url)

    def find(ledger: Ledger) -> str:
        bought = [
            (attempt, key)
            for attempt in ledger.attempts()
            if attempt.call.origin == origin
            and (key := attempt.call.idempotency_key or "").startswith(prefix)
        ]
        usable = (
            key for attempt, key in bought if attempt.delivery in _USABLE and attempt.money not in RELEASED
        )
        return next(usable, f"{prefix}{len(bought)}")

    key: str = yield Record(find, "find token")
    return key


def forgotten(attempt_id: str | None) -> Flow[bool]:
    """Whether a token was bought and its answer was erased since; it is written off then."""

    def write_off(ledger: Ledger) -> bool:
        attempt = ledger.attempt(attempt_id) if attempt_id is not None else None
        if attempt is None or attempt.delivery != "finished":
            return False
        ledger.deliver(attempt.id, "lost")
        return True

    gone: bool = yield Record(write_off, "write off")
    return gone


def expired(answer: Reply, refusal: Reply) -> bool:
    """Whether a token, bought with this answer, was refused after its end: both by the server's own word.

    A refusal alone proves nothing, and a token that may be good is not bought again.
    """
    try:
        content = answer.json()
        now = parsedate_to_datetime(refusal.headers.get("Date") or "").timestamp()
    except (ValueError, OverflowError):
        return False
    named = content if isinstance(content, dict) else {}
    told = next((value for name, value in named.items() if re.sub("[^a-z]", "", name.lower()) in _ENDS), None)
    end = moment(told)
    return end is not None and now >= end
