"""Answers and challenges that are not what they should be."""

from __future__ import annotations

import base64
import json
from typing import Any

from starlette.responses import Response

from coinslot_sandbox.exchange import Exchange, Moment
from coinslot_sandbox.faults.kind import good, kind, one_of
from coinslot_sandbox.reply import decoded, encoded, refusal, reply

_RECEIPTS = ("PAYMENT-RESPONSE", "X-PAYMENT-RESPONSE", "Payment-Receipt")
_FORGED: dict[str, dict[str, Any]] = {
    "payer": {"payer": "0x" + "22" * 20},
    "amount": {"amount": "1"},
    "network": {"network": "eip155:1"},
    "transaction": {"transaction": "0x" + "33" * 32},
    "failed": {"success": False, "errorReason": "transaction_failed"},
}

_GARBAGE = {"base64": "%%% no base64 %%%", "json": "e25vIGpzb24=", "object": "WzEsMl0="}


def _challenged(exchange: Exchange) -> bool:
    return exchange.response is not None and exchange.response.status_code == 402


def _paid(exchange: Exchange) -> bool:
    return good(exchange) and _receipt(exchange) is not None


def _receipt(exchange: Exchange) -> str | None:
    answer = exchange.response
    return next((name for name in _RECEIPTS if answer is not None and name in answer.headers), None)


@kind(Moment.ANSWERED, "paying", only=_paid)
async def receipt_missing(exchange: Exchange, value: str) -> None:
    """The money moved and the work is done; the answer has no receipt."""
    del value
    if exchange.response is not None and (name := _receipt(exchange)):
        del exchange.response.headers[name]


@kind(Moment.ANSWERED, "paying", value="payer", reads=one_of(*_FORGED, "garbage"), only=_paid)
async def receipt_forged(exchange: Exchange, value: str) -> None:
    """The receipt lies on `payer`, `amount`, `network` or `transaction`, says `failed`, or is `garbage`."""
    name = _receipt(exchange)
    if exchange.response is None or name is None:
        return
    fields = exchange.response.headers
    if value == "garbage":
        fields[name] = "%%% no base64 %%%"
    elif name == "Payment-Receipt":
        # It names neither payer nor amount: a lie about those becomes one about the transaction.
        lies = {"network": {"method": "other"}, "failed": {"status": "failed"}}
        told = json.loads(base64.urlsafe_b64decode(fields[name] + "=="))
        forged = {**told, **lies.get(value, {"reference": "0x" + "33" * 32})}
        fields[name] = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    else:
        fields[name] = encoded({**decoded(fields[name]), **_FORGED[value]})


@kind(Moment.ANSWERED, value="text/html", only=good)
async def wrong_content_type(exchange: Exchange, value: str) -> None:
    """The right answer is labelled as that media type."""
    if exchange.response is not None:
        exchange.response.headers["content-type"] = value


@kind(Moment.ANSWERED, only=good)
async def html_page(exchange: Exchange, value: str) -> None:
    """What was asked for is done; a page for people stands in the answer's place, its receipt kept."""
    del value
    page = Response(b"<!doctype html><title>Just a moment</title>", media_type="text/html")
    page.headers.update(exchange.headers)
    exchange.response = page


@kind(Moment.ANSWERED, "asking", value="80000", reads=int, only=_challenged)
async def challenge_huge(exchange: Exchange, value: str) -> None:
    """The challenge's header is that many bytes long."""
    if exchange.response is not None:
        for name in _challenges(exchange.response):
            exchange.response.headers[name] += "A" * (int(value) - len(exchange.response.headers[name]))


@kind(Moment.ANSWERED, "asking", value="base64", reads=one_of(*_GARBAGE), only=_challenged)
async def challenge_garbage(exchange: Exchange, value: str) -> None:
    """The challenge's header is no `base64`, no `json` inside it, or no `object` inside that."""
    if exchange.response is not None:
        for name in _challenges(exchange.response):
            mpp = name == "WWW-Authenticate"
            garbage = f'Payment id="1", request="{_GARBAGE[value]}"' if mpp else _GARBAGE[value]
            exchange.response.headers[name] = garbage


@kind(Moment.ANSWERED, "asking", only=_challenged)
async def challenge_missing(exchange: Exchange, value: str) -> None:
    """402 says nothing of what is to be paid, or how."""
    del value
    exchange.response = refusal(402, "payment_required", "payment required")


@kind(Moment.ANSWERED, "asking", only=_challenged)
async def challenge_contradicts(exchange: Exchange, value: str) -> None:
    """The challenge's body asks for a hundredth of what its header asks for."""
    del value
    if exchange.response is not None:
        cheap = [{**offer, "amount": str(int(offer.get("amount", "0")) // 100)} for offer in exchange.offers]
        kept = dict(exchange.response.headers.items())
        del kept["content-length"]
        exchange.response = reply(402, {"x402Version": 2, "accepts": cheap}, kept)


@kind(Moment.ANSWERED, value="600", reads=float)
async def clock_off(exchange: Exchange, value: str) -> None:
    """The answer's `Date` is that many seconds ahead, or behind where they are negative."""
    exchange.date_off = float(value)


def _challenges(answer: Response) -> list[str]:
    return [name for name in ("PAYMENT-REQUIRED", "WWW-Authenticate") if name in answer.headers]
