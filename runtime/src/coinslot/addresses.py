"""Whether a file that was uploaded is still at its address. Only proof that it is not buys it anew."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from coinslot.effects import Fetch, Flow, NoReply, NotSent, Reply
from coinslot.matching import moment
from coinslot.origin import is_loopback

if TYPE_CHECKING:
    from coinslot.uploads import Site

_GONE = frozenset({404, 410})
_REFUSED = frozenset({401, 403})
_ENDS = ("expires", "se")
"""Query values of signed addresses that name their end; others name their length beside their beginning."""


def is_there(url: str, site: Site) -> Flow[bool]:
    """Whether a file can still be fetched; what cannot be found out counts as yes.

    Many hosts let nobody look who may fetch, so that a refusal alone proves nothing.
    """
    try:
        reply: Reply = yield Fetch(url, _nothing, public=not is_loopback(site.base_url), only_head=True)
    except (NotSent, NoReply):
        return True
    return reply.status not in _GONE and not (reply.status in _REFUSED and _has_ended(url, reply))


def date_of(reply: Reply) -> float | None:
    """Return when a server says that it answered, in Unix seconds; None where it does not say."""
    try:
        return parsedate_to_datetime(reply.headers.get("Date") or "").timestamp()
    except (ValueError, OverflowError):
        return None


def _has_ended(url: str, reply: Reply) -> bool:
    """Whether an address names its own end, and its host's clock is past that."""
    end, now = _end_of(url), date_of(reply)
    return end is not None and now is not None and now >= end


def _end_of(url: str) -> float | None:
    told = {name.lower(): value for name, value in parse_qsl(urlsplit(url).query)}
    for name, value in told.items():
        begun = moment(told.get(f"{name.removesuffix('expires')}date"))
        if name.endswith("-expires") and begun is not None and _is_number(value):
            return begun + float(value)
    named = [told[name] for name in _ENDS if name in told]
    ends = [float(value) if _is_number(value) else moment(value) for value in named]
    return next((end for end in ends if end is not None), None)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 13


def _nothing(chunk: bytes) -> None:
    """Take the bytes of an answer that has none."""
