"""Which header fields of a paid request are on record for a resend, and which only its caller has.

What describes the content is kept. Everything else can be a secret of the caller's (Authorization, Cookie, a
key in a field of any name), so of it only the names are kept: whoever resends has to have the values.
"""

from __future__ import annotations

from dataclasses import replace

from coinslot.attempt import Envelope
from coinslot.effects import Headers, Request
from coinslot.security import FIELD

_CONTENT = frozenset(
    {
        *("accept", "accept-encoding", "accept-language", "content-disposition", "content-encoding"),
        *(
            "content-language",
            "content-length",
            "content-type",
            "digest",
            "content-digest",
            "idempotency-key",
        ),
        *("prefer", "user-agent", FIELD.lower()),
    }
)
"""Kept. The last one names credentials, and holds none."""
OF_ONE_SENDING = frozenset(
    {
        *("baggage", "connection", "host", "sentry-trace", "traceparent", "tracestate", "x-request-id"),
        *("te", "transfer-encoding", "x-b3-traceid", "x-b3-spanid", "x-b3-sampled", "b3"),
    }
)
"""Neither kept nor missed, and no part of what is asked for: each sending has its own."""


def for_record(envelope: Envelope) -> Envelope:
    """Return the envelope without what only its caller may have."""
    kept = [(name, value) for name, value in envelope.headers if name.lower() in _CONTENT]
    known = _CONTENT | OF_ONE_SENDING
    left_out = [name.lower() for name, _ in envelope.headers if name.lower() not in known]
    return replace(envelope, headers=tuple(kept), left_out=tuple(dict.fromkeys(left_out)))


def completed(envelope: Envelope, call: Request | None) -> Envelope | None:
    """Return the envelope with what was left out, from the very same call made again.

    None where a field that belongs to it is not at hand: without it this would be another request.
    """
    given = call.headers if call is not None else Headers()
    fields = [(name, value) for name in envelope.left_out for value in given.all(name)]
    if {name for name, _ in fields} != set(envelope.left_out):
        return None
    return replace(envelope, headers=(*envelope.headers, *fields), left_out=())
