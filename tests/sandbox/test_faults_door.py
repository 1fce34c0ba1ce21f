"""The one door through which faults come in: what it sees, and what it can do."""

from __future__ import annotations

from starlette.responses import Response

from coinslot_sandbox import Exchange, Moment, Refused
from tests.sandbox.buyer import PRINT, Buyer, decoded
from tests.sandbox.conftest import MakeSandbox

BODY = {"prompt": "A lighthouse"}


def test_every_exchange_passes_the_same_moments(make: MakeSandbox) -> None:
    seen: list[tuple[str, Moment]] = []

    async def watch(moment: Moment, exchange: Exchange) -> None:
        seen.append((exchange.route.path, moment))

    buyer = Buyer(make(interfere=watch))
    buyer.challenge(PRINT, BODY)
    assert seen == [(PRINT, Moment.ARRIVED), (PRINT, Moment.ASKED), (PRINT, Moment.ANSWERED)]
    seen.clear()
    buyer.pay(PRINT, BODY)
    assert [moment for _, moment in seen[3:]] == list(Moment)
    seen.clear()
    buyer.signed("GET", "/api/jobs")
    assert [moment for _, moment in seen[2:]] == [Moment.ARRIVED, Moment.VERIFIED, Moment.ANSWERED]


def test_an_exchange_can_end_after_the_money_moved(make: MakeSandbox) -> None:
    async def fail(moment: Moment, exchange: Exchange) -> None:
        if moment is Moment.SETTLED:
            raise Refused(Response(status_code=502))

    sandbox = make(interfere=fail)
    answer = Buyer(sandbox).pay(PRINT, BODY)
    assert answer.status_code == 502
    assert "PAYMENT-RESPONSE" not in answer.headers
    assert len(sandbox.payments) == 1
    assert not sandbox.jobs


def test_what_is_asked_can_change_under_way(make: MakeSandbox) -> None:
    async def raise_price(moment: Moment, exchange: Exchange) -> None:
        if moment is Moment.ASKED:
            exchange.offers[0]["amount"] = "999999"

    sandbox = make(interfere=raise_price)
    buyer = Buyer(sandbox)
    assert (
        decoded(buyer.challenge(PRINT, BODY).headers["PAYMENT-REQUIRED"])["accepts"][0]["amount"] == "999999"
    )
    assert buyer.pay(PRINT, BODY).status_code == 200
    assert sandbox.payments[0].amount == 999_999


def test_an_answer_can_be_replaced(make: MakeSandbox) -> None:
    async def lie(moment: Moment, exchange: Exchange) -> None:
        if moment is Moment.ANSWERED:
            exchange.response = Response(b"<html>", media_type="text/html")

    assert Buyer(make(interfere=lie)).http.get("/api/jobs").text == "<html>"
