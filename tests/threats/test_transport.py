"""Where requests go: redirects, other origins, private addresses, and answers that cannot be read."""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import httpx
import pytest

from coinslot import Route
from coinslot._resolve import PublicPlaces
from coinslot.download import check_address
from coinslot.errors import (
    ConfigurationError,
    DownloadFailed,
    MalformedChallenge,
    PaymentOutcomeUnknown,
    PaymentRefused,
    ServerUnavailable,
    SignInRefused,
    UnexpectedPayment,
)
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from coinslot.three_step import put_address
from coinslot.transport import AsyncPaymentTransport, CallTerms, PaymentTransport
from tests.payments.conftest import (
    ORIGIN,
    ROUTE,
    Answer,
    Buyer,
    Clock,
    MakeBuyer,
    Shop,
    accepted,
    encode,
    offer,
    status,
)
from tests.runtime.studio import UPLOAD, AsyncStudio, Draw, Server, Studio
from tests.threats.coin import CoinBackend, CoinShop, challenge
from tests.threats.test_paying_once import PLAIN

ELSEWHERE = "http://127.0.0.2:4020"


def world(buyer: Buyer, handler: Callable[[httpx.Request], httpx.Response]) -> list[httpx.Request]:
    """Let `handler` answer instead of the shop; return the list of what it is asked."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return handler(request)

    buyer.client._transport._inner = httpx.MockTransport(answer)  # type: ignore[attr-defined]
    return seen


@pytest.mark.parametrize("route", [ROUTE, None], ids=["a route", "a plain client"])
def test_t26_a_redirect_to_another_origin_is_not_paid_there(
    shop: Shop, make_buyer: MakeBuyer, route: Route[Any, Any] | None
) -> None:
    buyer = make_buyer(policy=Policy(max_price="0.20"))
    buyer.client.follow_redirects = True

    def moved(request: httpx.Request) -> httpx.Response:
        if request.url.host == "127.0.0.1" and request.method == "POST":
            return httpx.Response(307, headers={"Location": f"{ELSEWHERE}/api/draw"})
        return shop(request)

    world(buyer, moved)
    with pytest.raises(PaymentRefused, match="another place") as caught:
        buyer.draw(route=route)

    assert caught.value.slug == "redirected"
    assert (shop.paid, buyer.ledger.attempts()) == ([], [])


def test_t26_a_redirect_within_the_origin_is_paid_where_it_leads(shop: Shop, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer(policy=Policy(max_price="0.20"))
    buyer.client.follow_redirects = True

    def moved(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/draw":
            return httpx.Response(307, headers={"Location": "/api/draw/"})
        return shop(request)

    world(buyer, moved)
    assert buyer.draw(route=None).status_code == 200


def test_t27_a_credential_goes_to_one_address_and_nowhere_else(shop: Shop, buyer: Buyer) -> None:
    buyer.client.follow_redirects = True
    shop.answers = [status(307, headers={"Location": f"{ELSEWHERE}/api/draw"})]
    seen = world(buyer, shop)

    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw()
    carriers = {str(request.url) for request in seen if "PAYMENT-SIGNATURE" in request.headers}
    assert carriers == {f"{ORIGIN}/api/draw"}
    assert {request.url.host for request in seen} == {"127.0.0.1"}


def test_t27_the_callers_own_request_never_carries_a_credential(shop: Shop, buyer: Buyer) -> None:
    response = buyer.draw()

    assert "PAYMENT-SIGNATURE" not in response.request.headers


@pytest.mark.parametrize("url", ["http://api.example.com", "http://10.0.0.7", "http://192.168.0.1:4020"])
def test_t28_money_and_signatures_go_over_https_alone(make_buyer: MakeBuyer, shop: Shop, url: str) -> None:
    buyer = make_buyer()
    with pytest.raises(PaymentRefused, match="https"):
        buyer.client.post(f"{url}/api/draw", json={}, extensions={"coinslot": CallTerms(route=ROUTE)})
    assert shop.asked == []


@pytest.mark.parametrize("url", ["https://10.0.0.7", "https://intranet", "https://169.254.169.254", ORIGIN])
def test_t28_a_live_key_signs_for_no_private_address(
    shop: Shop, clock: Clock, tmp_path: Path, url: str
) -> None:
    backend = CoinBackend(test_key=False)
    transport = PaymentTransport(
        httpx.MockTransport(CoinShop(asks=lambda: challenge(urlsplit(url).netloc))),
        pay_with=[backend],
        ledger=SqliteLedger(tmp_path / "ledger.sqlite3"),
    )
    with httpx.Client(transport=transport) as client:
        with pytest.raises(PaymentRefused, match="never signs for a local") as caught:
            client.post(f"{url}/api/draw", extensions={"coinslot": CallTerms(route=PLAIN)})
        signed: Route[Any, Any] = Route("GET", "/api/jobs", access="signed")
        with pytest.raises(SignInRefused, match="never signs for a local"):
            client.get(f"{url}/api/jobs", extensions={"coinslot": CallTerms(route=signed)})
    assert (caught.value.slug, backend.signed) == ("live-key", [])


@pytest.mark.parametrize("address", ["ftp://files.example", "https://user:pw@files.example", "files.example"])
def test_t28_an_address_that_is_none_is_refused_when_the_client_is_made(
    made: dict[str, Any], address: str
) -> None:
    with pytest.raises(ConfigurationError):
        Studio(**{**made, "base_url": address})


@pytest.mark.parametrize(
    "address",
    ["https://169.254.169.254/latest", "http://store.example/x", "https://[::1]/x", "file:///etc/x"],
)
def test_t29_a_results_address_leads_nowhere_private(
    address: str,
) -> None:
    with pytest.raises(DownloadFailed):
        check_address(address, at_home=False)


def test_t29_the_file_host_is_no_word_of_the_server() -> None:
    assert put_address(UPLOAD, None, "https://evil.example/x").startswith("https://files.example/api/blob/?")
    assert put_address(UPLOAD, None, "@evil.example").startswith("https://files.example/api/blob/?")


def test_t32_a_route_is_paid_by_its_own_method_and_path_alone(shop: Shop, buyer: Buyer) -> None:
    seen = world(buyer, _asks)

    for method, access in (("GET", "open"), ("GET", "signed"), ("DELETE", "signed")):
        route: Route[Any, Any] = Route(method, "/api/draw", access=access)  # type: ignore[arg-type]
        with pytest.raises((UnexpectedPayment, SignInRefused)):
            buyer.client.request(
                method, f"{ORIGIN}/api/draw", extensions={"coinslot": CallTerms(route=route)}
            )
    assert not [request for request in seen if "PAYMENT-SIGNATURE" in request.headers]
    assert buyer.ledger.attempts() == []


def _asks(request: httpx.Request) -> httpx.Response:
    content = {"x402Version": 2, "resource": {"url": str(request.url)}, "accepts": [offer()]}
    return httpx.Response(402, json={}, headers={"PAYMENT-REQUIRED": encode(content)})


GOOD = {"x402Version": 2, "accepts": [offer()]}
UNREADABLE: list[tuple[str, dict[str, Any]]] = [
    ("no base64", {"headers": {"PAYMENT-REQUIRED": "%%%"}}),
    ("no JSON", {"headers": {"PAYMENT-REQUIRED": base64.b64encode(b"pay me").decode()}}),
    ("no object", {"headers": {"PAYMENT-REQUIRED": encode([1])}}),
    ("too long", {"headers": {"PAYMENT-REQUIRED": encode({**GOOD, "x": "y" * 70_000})}}),
    ("too deep", {"headers": {"PAYMENT-REQUIRED": base64.b64encode(b"[" * 40_000).decode()}}),
    ("twice", {"headers": [("PAYMENT-REQUIRED", encode(GOOD)), ("PAYMENT-REQUIRED", encode(GOOD))]}),
    ("a number for a list", {"headers": {"PAYMENT-REQUIRED": encode({**GOOD, "accepts": 7})}}),
    ("another version", {"headers": {"PAYMENT-REQUIRED": encode({**GOOD, "x402Version": 3})}}),
    ("not a number", {"headers": {"PAYMENT-REQUIRED": base64.b64encode(b'{"x":NaN}').decode()}}),
    ("nothing", {}),
    # A body that could be paid does not stand in for a header that cannot be read.
    ("bad header, good body", {"headers": {"PAYMENT-REQUIRED": "%%%"}, "json": {**GOOD, "x402Version": 1}}),
    ("huge body", {"content": b'{"x402Version":1,"accepts":[' + b" " * 2_000_000 + b"]}"}),
]


@pytest.mark.parametrize("answer", [row[1] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE])
def test_t43_what_cannot_be_read_is_a_typed_error_and_nothing_is_signed(
    buyer: Buyer, answer: dict[str, Any]
) -> None:
    seen = world(buyer, lambda _: httpx.Response(402, **answer))

    with pytest.raises(MalformedChallenge, match="Nothing was signed"):
        buyer.draw()
    assert len(seen) == 1
    assert buyer.ledger.attempts() == []


def test_t47_a_facilitator_that_is_down_costs_nothing_before_and_is_unknown_after(
    shop: Shop, buyer: Buyer
) -> None:
    down = status(503, error="Facilitator unavailable")
    shop.answers = [down] * 5
    with pytest.raises(PaymentOutcomeUnknown, match="Facilitator unavailable"):
        buyer.draw()
    assert [attempt.money for attempt in buyer.ledger.attempts()] == ["unknown"]
    assert len(shop.credentials) == 1


def test_t47_a_server_that_is_down_before_payment_was_not_paid(studio: Studio, server: Server) -> None:
    server.answers["/api/draw"] = [status(502, error="Facilitator unavailable")]
    drawing: Draw[Any, Any] = Draw(studio)
    with pytest.raises(ServerUnavailable):
        drawing(prompt="a cat")
    assert server.shop.paid == []


def test_t31_a_job_that_asks_for_money_is_never_paid(studio: Studio, server: Server) -> None:
    drawing: Draw[Any, Any] = Draw(studio)
    job = drawing(prompt="a cat")
    server.answers["/api/jobs/job-1"] = [_asks]
    with pytest.raises(SignInRefused):
        job.wait()
    assert len(server.shop.paid) == 1


def with_cookie(answer: Answer) -> Answer:
    """Return an answer that hands out a cookie, and a field that it would like to see again."""

    def answered(request: httpx.Request) -> httpx.Response:
        response = answer(request)
        response.headers["Set-Cookie"] = "session=s3; Path=/"
        response.headers["X-Session"] = "s3"
        return response

    return answered


def test_t27_no_cookie_and_no_header_of_another_answer_travels(shop: Shop, buyer: Buyer) -> None:
    shop.answers = [status(503), accepted()]
    seen = world(buyer, with_cookie(shop))
    assert "Set-Cookie" in buyer.draw().headers

    assert (len(shop.asked), len(shop.paid)) == (1, 2)
    assert not [request for request in seen if {"cookie", "x-session"} & set(request.headers)]


@pytest.mark.parametrize("waits", [False, True], ids=["sync", "async"])
def test_t27_no_cookie_goes_from_one_exchange_to_the_next(
    made: dict[str, Any], server: Server, tmp_path: Path, *, waits: bool
) -> None:
    made["transport"] = httpx.MockTransport(with_cookie(server))

    def call() -> None:
        with Studio(**made) as studio:
            result = Draw[Any, Any](studio)(prompt="a cat").wait()
            for name in ("cat.png", "again.png"):
                result.save(tmp_path / name)

    async def acall() -> None:
        async with AsyncStudio(**made) as studio:
            result = await (await Draw[Any, Any](studio)(prompt="a cat")).wait()
            for name in ("cat.png", "again.png"):
                await result.asave(tmp_path / name)

    anyio.run(acall) if waits else call()
    assert len(server.asked("/api/draw")) == len(server.asked("/media/cat.png")) == 2
    assert server.asked("/api/jobs/job-1")
    assert not [request for request in server.requests if {"cookie", "x-session"} & set(request.headers)]


LIVE = f"{7:064x}"


def _leading_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    asked: list[str] = []

    def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        if not addresses:
            raise socket.gaierror
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize(
    "address", ["10.0.0.7", "127.0.0.1", "fd00::1", "::ffff:192.168.1.1", "169.254.169.254"]
)
@pytest.mark.parametrize("waits", [False, True], ids=["sync", "async"])
def test_t28_a_live_key_signs_for_no_name_that_leads_inside(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str, *, waits: bool
) -> None:
    _leading_to(monkeypatch, "93.184.215.14", address)
    options: dict[str, Any] = {
        "pay_with": ["base"],
        "max_price": "0.25",
        "environ": {"COINSLOT_EVM_KEY": LIVE},
        "ledger": SqliteLedger(tmp_path / "ledger.sqlite3"),
    }

    async def call() -> None:
        async with httpx.AsyncClient(transport=AsyncPaymentTransport(**options)) as client:
            await client.post("https://api.example.com/draw", json={})

    def plain_call() -> None:
        with httpx.Client(transport=PaymentTransport(**options)) as client:
            client.post("https://api.example.com/draw", json={})

    with pytest.raises(PaymentRefused, match=r"not a public address.*Nothing was signed") as caught:
        anyio.run(call) if waits else plain_call()
    assert caught.value.slug == "private-address"


def test_t28_a_name_is_looked_up_once_and_one_that_is_not_known_stops_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    places = PublicPlaces()
    asked = _leading_to(monkeypatch, "93.184.215.14", "64:ff9b::5db8:d70e")
    for path in ("/draw", "/paint"):
        places.check(f"https://api.example.com{path}")
    assert asked == ["api.example.com"]
    _leading_to(monkeypatch)
    places.check("https://nowhere.example.com/draw")
