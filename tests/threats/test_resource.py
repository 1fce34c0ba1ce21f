"""What a challenge says it sells is what was asked for, however it spells the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from coinslot.errors import PaymentRefused
from coinslot.transport import CallTerms
from tests.payments.conftest import ORIGIN, ROUTE, Buyer, Shop, accepted, offer, receipt

HOST = ORIGIN.removeprefix("http://")


def bought(shop: Shop, buyer: Buyer, asked: str, told: Any, version: int) -> httpx.Response:
    if version == 1:
        buyer.client._transport._inner = httpx.MockTransport(of_version_1(shop, resource=told))  # type: ignore[attr-defined]
    shop.challenge = {"resource": {"url": told}}
    return buyer.client.post(asked, json={}, extensions={"coinslot": CallTerms(route=ROUTE)})


def of_version_1(shop: Shop, **members: Any) -> Callable[[httpx.Request], httpx.Response]:
    """Ask and take as the shop does, in x402 of version 1, which names what it sells in each offer."""

    def answer(request: httpx.Request) -> httpx.Response:
        if "X-PAYMENT" in request.headers:
            shop.paid.append(request)
            return accepted(settled=receipt(network="base"))(request)
        if request.method == "GET":
            return shop(request)
        asked = {**offer(network="base", maxAmountRequired="134000"), **members}
        return httpx.Response(402, json={"x402Version": 1, "error": "pay", "accepts": [asked]})

    return answer


VERSIONS = pytest.mark.parametrize("version", [1, 2])


@VERSIONS
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/%61pi/dr%61w"),
        (f"{ORIGIN}/api/draw", f"https://{HOST}/api/draw"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/draw#top"),
        (f"{ORIGIN}/a%2Fb", f"{ORIGIN}/a%2fb"),
        (f"{ORIGIN}/b%C3%BCcher", f"{ORIGIN}/bücher"),
        (f"{ORIGIN}/a%20b", f"{ORIGIN}/a b"),
        (f"{ORIGIN}/", ORIGIN),
        (f"{ORIGIN}/draw?q=a%20b&size=2", f"{ORIGIN}/draw"),
        (f"{ORIGIN}/draw?q=a%20b&size=2", f"{ORIGIN}/draw?size=2&q=a+b"),
        (f"{ORIGIN}/draw?q=a&size=2", f"{ORIGIN}/draw?q=a"),
        ("http://localhost:80/draw", "http://LOCALHOST/draw"),
    ],
)
def test_another_spelling_of_the_same_address_is_paid(
    shop: Shop, buyer: Buyer, asked: str, told: str, version: int
) -> None:
    assert bought(shop, buyer, asked, told, version).status_code == 200


@VERSIONS
@pytest.mark.parametrize(
    ("asked", "told"),
    [
        # An escaped slash is no slash, in either direction.
        (f"{ORIGIN}/a%2Fb", f"{ORIGIN}/a/b"),
        (f"{ORIGIN}/a/b", f"{ORIGIN}/a%2Fb"),
        # What is escaped twice is not what is escaped once.
        (f"{ORIGIN}/a%2Fb", f"{ORIGIN}/a%252Fb"),
        (f"{ORIGIN}/a%252Fb", f"{ORIGIN}/a%2Fb"),
        (f"{ORIGIN}/%61pi", f"{ORIGIN}/%2561pi"),
        # Dot segments lead wherever a server thinks they lead.
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/../api/draw"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/./draw"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/draw/.."),
        (f"{ORIGIN}/api/%2E%2E/draw", f"{ORIGIN}/draw"),
        (f"{ORIGIN}/api/%2E%2E/draw", f"{ORIGIN}/api/../draw"),
        # Bytes that are no text are still other bytes.
        (f"{ORIGIN}/%FF", f"{ORIGIN}/%FE"),
        (f"{ORIGIN}/%FF", f"{ORIGIN}/\ufffd"),
        # Other places.
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/draw/"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}//api/draw"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/API/draw"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/draw;v=1"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/draw%00"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/draw%3Fq=1"),
        # Queries that were not asked.
        (f"{ORIGIN}/draw?q=a", f"{ORIGIN}/draw?q=b"),
        (f"{ORIGIN}/draw?q=a", f"{ORIGIN}/draw?q=a&q=a"),
        (f"{ORIGIN}/draw", f"{ORIGIN}/draw?plan=yearly"),
        (f"{ORIGIN}/draw?q=a%26b", f"{ORIGIN}/draw?q=a&b"),
        # Other hosts, and tricks to look like this one.
        (f"{ORIGIN}/api/draw", "https://evil.example/api/draw"),
        (f"{ORIGIN}/api/draw", f"http://{HOST}@evil.example/api/draw"),
        (f"{ORIGIN}/api/draw", f"http://evil.example@{HOST}/api/draw"),
        (f"{ORIGIN}/api/draw", f"http://@{HOST}.evil.example/api/draw"),
        (f"{ORIGIN}/api/draw", "http://127.0.0.1:4021/api/draw"),
        (f"{ORIGIN}/api/draw", "http://127.0.0.1:4020x/api/draw"),
        (f"{ORIGIN}/api/draw", "http://127.0.0.1\\@evil.example:4020/api/draw"),
        (f"{ORIGIN}/api/draw", "http://[127.0.0.1:4020/api/draw"),
        ("http://kiosk.localhost/draw", "http://\u212aiosk.localhost/draw"),
        # Other schemes, and no address at all.
        (f"{ORIGIN}/api/draw", f"ftp://{HOST}/api/draw"),
        (f"{ORIGIN}/api/draw", f"javascript://{HOST}/api/draw"),
        (f"{ORIGIN}/api/draw", f"//{HOST}/api/draw"),
        (f"{ORIGIN}/api/draw", "/api/draw"),
        (f"{ORIGIN}/api/draw", ""),
        (f"{ORIGIN}/api/draw", None),
        (f"{ORIGIN}/api/draw", [f"{ORIGIN}/api/draw"]),
        # Characters that a parser drops without a word.
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/dr\naw"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/dr\taw"),
        (f"{ORIGIN}/api/draw", f"\x00{ORIGIN}/api/draw"),
        (f"{ORIGIN}/api/draw", f"{ORIGIN}/api/draw\u202e"),
    ],
)
def test_an_address_that_may_be_another_is_never_paid(
    shop: Shop, buyer: Buyer, asked: str, told: Any, version: int
) -> None:
    with pytest.raises(PaymentRefused, match="another resource"):
        bought(shop, buyer, asked, told, version)
    assert shop.paid == []


@VERSIONS
def test_a_challenge_that_names_no_resource_is_paid(shop: Shop, buyer: Buyer, version: int) -> None:
    if version == 1:
        buyer.client._transport._inner = httpx.MockTransport(of_version_1(shop))  # type: ignore[attr-defined]
    shop.challenge = {"resource": None}

    assert buyer.draw().status_code == 200


def test_of_several_offers_the_one_that_sells_what_was_asked_for_is_paid(shop: Shop, buyer: Buyer) -> None:
    of_another = {**offer(network="base", maxAmountRequired="130000"), "resource": f"{ORIGIN}/api/other"}

    def answer(request: httpx.Request) -> httpx.Response:
        reply = of_version_1(shop, resource=f"{ORIGIN}/api/draw")(request)
        if reply.status_code != 402:
            return reply
        content = reply.json()
        return httpx.Response(402, json={**content, "accepts": [of_another, *content["accepts"]]})

    buyer.client._transport._inner = httpx.MockTransport(answer)  # type: ignore[attr-defined]
    paid = buyer.draw().extensions["coinslot"].attempt

    assert paid.terms.amount == 134_000
