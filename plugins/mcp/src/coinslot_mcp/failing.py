"""Errors, told to an agent: what happened, what is true of the money, and what to do next."""

from __future__ import annotations

from typing import Literal

from mcp import types

from coinslot import (
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


_OURS = (ConfigurationError, ConflictingCall, LedgerUnavailable)
"""Errors whose messages hold no word of a server."""


def failure(error: CoinslotError, **facts: object) -> types.CallToolResult:
    """Return an error of a call. A message that can hold words of a server is fenced."""
    do = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), "Tell the user.")
    paid: Literal["no", "yes", "unknown"] = "no"
    if isinstance(error, PaymentOutcomeUnknown | PaymentRejected | ConflictingCall):
        paid = "unknown"
    elif isinstance(error, JobFailed | JobTimeout | DownloadFailed) or _paid_for(error):
        paid = "yes"
    attempt = getattr(error, "attempt_id", None)
    named = {"attempt": attempt} if attempt else {}
    why, server = (clean(str(error), 1000), None) if isinstance(error, _OURS) else (None, str(error))
    told = {**facts, **named, **({} if why is None else {"why": why})}
    return refusal(type(error).__name__, paid=paid, money=error.money, do=do, server=server, **told)


def _paid_for(error: CoinslotError) -> bool:
    return isinstance(error, UnexpectedAnswer) and error.attempt_id is not None
