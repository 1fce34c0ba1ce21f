"""Answers that refuse, and what they leave true of the money."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.responses import Response

from coinslot_sandbox.exchange import Exchange, Moment
from coinslot_sandbox.faults.kind import kind, one_of, settled
from coinslot_sandbox.faults.terms import dearer
from coinslot_sandbox.intake import Refused
from coinslot_sandbox.reply import refusal
from coinslot_sandbox.signin import SIGN_IN_CODES

_WORDS = "the sandbox was told to fail"


@kind(Moment.ARRIVED, value="500", reads=int)
async def error(exchange: Exchange, value: str) -> None:
    """An error of that status answers the request; nothing is done with it."""
    del exchange
    raise Refused(refusal(int(value), "internal", _WORDS))


@kind(Moment.VERIFIED, "paying", value="503", reads=int)
async def error_before_settlement(exchange: Exchange, value: str) -> None:
    """An error of that status answers a good credential; no money moves."""
    del exchange
    raise Refused(refusal(int(value), "unavailable", _WORDS))


@kind(Moment.ANSWERED, "paying", value="502", reads=int, only=settled)
async def error_after_settlement(exchange: Exchange, value: str) -> None:
    """The money moved and the work is done; an error of that status answers, without a receipt."""
    exchange.response = refusal(int(value), "bad_gateway", _WORDS)


@kind(Moment.SETTLED, "paying", value="500", reads=int)
async def failure_after_settlement(exchange: Exchange, value: str) -> None:
    """The money moved; an error of that status answers and nothing is made for it."""
    del exchange
    raise Refused(refusal(int(value), "internal", _WORDS))


@kind(Moment.ARRIVED, value="1", reads=int)
async def rate_limit(exchange: Exchange, value: str) -> None:
    """429 answers the request, with that many seconds in `Retry-After`; nothing is done with it."""
    del exchange
    raise Refused(refusal(429, "rate_limited", "too many requests", {"Retry-After": value}))


@kind(Moment.VERIFIED, "paying", value="same", reads=one_of("same", "rotated"))
async def refuse_before_settlement(exchange: Exchange, value: str) -> None:
    """402 again on a good credential, with the `same` or with `rotated` terms; no money moves."""
    raise Refused(_again(exchange, value))


@kind(Moment.ANSWERED, "paying", value="same", reads=one_of("same", "rotated"), only=settled)
async def refuse_after_settlement(exchange: Exchange, value: str) -> None:
    """The money moved and the work is done; 402 again, with the `same` or with `rotated` terms."""
    exchange.response = _again(exchange, value)


@kind(Moment.SETTLED, "paying")
async def settlement_pending(exchange: Exchange, value: str) -> None:
    """The money moved, but 402 says `settlement_pending` with the transaction; nothing is made for it."""
    del value
    raise Refused(exchange.asker.pending(exchange))


@kind(Moment.ARRIVED)
async def redirect(exchange: Exchange, value: str) -> None:
    """307 to that address, or to this sandbox by another host name, which asks for money as well."""
    here = urlsplit(exchange.origin)
    other = "127.0.0.1" if here.hostname == "localhost" else "localhost"
    port = f":{here.port}" if here.port else ""
    there = value or f"{here.scheme}://{other}{port}{exchange.request.url.path}"
    raise Refused(Response(status_code=307, headers={"Location": there}))


@kind(Moment.ARRIVED, "signed", value="siwx_expired", reads=one_of(*SIGN_IN_CODES))
async def sign_in_refused(exchange: Exchange, value: str) -> None:
    """402 with that `siwx_` code answers a sign-in, and offers nothing to pay for."""
    del exchange
    raise Refused(refusal(402, value, "sign-in refused"))


@kind(Moment.ARRIVED, "signed", "unsigned", "open")
async def charge_for_free(exchange: Exchange, value: str) -> None:
    """A route that costs nothing answers 402 with an offer that could be paid."""
    del value
    raise Refused(exchange.asker.ask(exchange))


def _again(exchange: Exchange, terms: str) -> Response:
    if terms == "rotated":
        dearer(exchange, 1)
    return exchange.asker.ask(exchange, "payment_required")
