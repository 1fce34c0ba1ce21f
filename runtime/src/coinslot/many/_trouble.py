"""Which errors pass, which are one request's own, and which would meet every request that follows."""

from __future__ import annotations

from coinslot.errors import (
    ConfigurationError,
    LedgerUnavailable,
    PaymentRefused,
    RequestRejected,
    ServerUnavailable,
    SignInRefused,
)
from coinslot.ledger import PASSING

WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before a call for which nothing was paid is made again."""
SILENCES = 5
"""After so many requests in a row that the server left unanswered, no more is bought."""
_LONGEST = 300.0
_TOO_MANY = 429
_FOR_ALL = frozenset(
    {
        "budget",
        "clock-skew",
        "live-key",
        "origin-failing",
        "other-terms",
        "payee",
        "payee-changed",
        "payee-new",
        "plain-http",
        "test-key",
        "uncollectable",
        "unknown-asset",
    }
)
"""Slugs of refusals that the next request would meet too."""


def pause(error: Exception, wait: float) -> float | None:
    """Return the seconds after which a call may be made again that paid nothing; None: it may not.

    `wait` is what to wait where the server names no time.
    """
    if isinstance(error, PaymentRefused):
        return wait if error.slug in PASSING else None
    if isinstance(error, RequestRejected):
        return min(max(wait, error.retry_after or 0.0), _LONGEST) if error.status == _TOO_MANY else None
    return wait if isinstance(error, ServerUnavailable) else None


def ends_buying(error: Exception | None) -> bool:
    """Whether the next request would fare no better, so that nothing more is to be bought."""
    if isinstance(error, PaymentRefused):
        return error.slug in _FOR_ALL
    return isinstance(error, LedgerUnavailable | ConfigurationError | SignInRefused)
