"""Errors, told to an agent: what happened, what is true of the money, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from mcp import types

from coinslot import (
    ClientClosed,
    CoinslotError,
    ConfigurationError,
    ConflictingCall,
    DownloadFailed,
    JobFailed,
    JobTimeout,
    LedgerUnavailable,
    MalformedChallenge,
    PaymentOutcomeUnknown,
    PaymentRefused,
    PaymentRejected,
    RequestRejected,
    ServerUnavailable,
    SignInRefused,
    StreamCut,
    UnexpectedAnswer,
    UploadFailed,
)
from coinslot.text import clean
from coinslot_mcp.telling import refusal

_ADVICE: tuple[tuple[type[CoinslotError], str], ...] = (
    (
        PaymentOutcomeUnknown,
        (
            "Do not ask for another quote for the same thing: that could pay twice. Call pay again with this "
            "same quote_id, which signs nothing new and finds out what became of the payment."
        ),
    ),
    (
        PaymentRejected,
        (
            "Do not pay for the same thing again before the user was told. Calling pay with this same "
            "quote_id later looks up what became of it and signs nothing new."
        ),
    ),
    (ConflictingCall, "It is being paid right now: call pay with the same quote_id again in a few seconds."),
    (PaymentRefused, "Tell the user. Limits, payees and keys are set by them and not through these tools."),
    (MalformedChallenge, "Tell the user that the API asks for payment in a way that cannot be read."),
    (RequestRejected, "Mend the arguments and ask for another quote."),
    (ServerUnavailable, "Try the same call again later."),
    (JobFailed, "Tell the user. Paying again would be a new purchase: do so only if the user asks for it."),
    (JobTimeout, "It goes on: call job_wait again."),
    (DownloadFailed, "Call job_wait again: it fetches the file anew and pays nothing."),
    (UploadFailed, "Look at the file. The same quote goes on with an upload that was paid for."),
    (UnexpectedAnswer, "Tell the user: the API answered something that its document does not describe."),
    (SignInRefused, "Tell the user: the wallet that paid has to be the one that asks."),
    (LedgerUnavailable, "Tell the user to run: coinslot doctor"),
    (ConfigurationError, "Tell the user to run: coinslot doctor"),
)
_STANDS = (*(kind for kind, _ in _ADVICE[:3]), JobFailed, JobTimeout, DownloadFailed, UploadFailed)
"""Errors whose advice holds as well where something was paid, or may have been."""
_ONCE_MORE = {
    "quote_id": "Do not ask for another quote for the same thing: that could pay twice. Call pay again later "
    "with this same quote_id, which finds out what became of it.",
    "job": "It is paid for: do not buy it again. Call job_wait with this same job again later.",
}
"""What to do where something may be paid, by what the agent has of it."""
_MONEY = {
    "no": "Nothing was signed and nothing was paid.",
    "yes": "It is paid for, and nothing more was paid by this.",
    "unknown": "It may be paid for.",
}

Known: TypeAlias = Literal["no", "yes", "unknown"]

_BEFORE = (
    PaymentRefused,
    MalformedChallenge,
    RequestRejected,
    ServerUnavailable,
    ConfigurationError,
    ClientClosed,
)
"""Errors that come before anything of a call is signed, and never after."""
_AFTER = (JobFailed, JobTimeout, DownloadFailed)
_SILENT = (LedgerUnavailable, SignInRefused)
"""Errors whose own sentence does not say what was paid before."""
_OURS = (ConfigurationError, ConflictingCall, LedgerUnavailable)
"""Errors whose messages hold no word of a server."""


def failure(error: CoinslotError, *, paid: Known | None = None, **facts: object) -> types.CallToolResult:
    """Return an error of a call. A message that can hold words of a server is fenced.

    `paid`: what is known of the money beside the error; `no` where the tool never pays.
    """
    told = _told_by(error)
    known = _both(paid, told)
    attempt = getattr(error, "attempt_id", None)
    named = {"attempt": attempt} if attempt else {}
    why, server = (clean(str(error), 1000), None) if isinstance(error, _OURS) else (None, str(error))
    told_of = {**facts, **named, **({} if why is None else {"why": why})}
    # The error's own sentence is about its own request, which may be a later one than what was paid.
    silent = isinstance(error, _SILENT) or (known != "no" and error.money == CoinslotError.money)
    money = error.money if known == told and not silent else _MONEY[known]
    do = _advice(error, known, facts)
    return refusal(type(error).__name__, paid=known, money=money, do=do, server=server, **told_of)


def _both(paid: Known | None, told: Known) -> Known:
    if paid in {None, "no"}:
        return paid or told
    return "yes" if "yes" in {paid, told} else "unknown"


def _told_by(error: CoinslotError) -> Known:
    """Say what an error tells by itself: `no` only where it is proven to come before signing."""
    if isinstance(error, _BEFORE) or (isinstance(error, UploadFailed) and error.step == "check"):
        return "no"
    if isinstance(error, _AFTER):
        return "yes"
    if isinstance(error, UnexpectedAnswer | StreamCut | UploadFailed) and error.attempt_id is not None:
        return "yes"
    return "unknown"


def _advice(error: CoinslotError, paid: Known, facts: Mapping[str, object]) -> str:
    do = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), "Tell the user.")
    more = next((told for name, told in _ONCE_MORE.items() if name in facts), "")
    if paid == "no" or isinstance(error, _STANDS) or not more:
        return do
    # What helps before a payment invites a second one after it.
    return more if isinstance(error, _BEFORE) else f"{do.rstrip('.')}. {more}"
