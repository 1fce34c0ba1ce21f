"""A shop on the other side of the wire: it asks, takes what is paid, and answers as it was told to."""

from __future__ import annotations

import base64
import email.utils
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import JobStyle, PriceRange, Route
from coinslot.backend import Surroundings
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from coinslot.transport import CallTerms, PaymentTransport

DEVELOPMENT_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
PAYER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PAYEE = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"
OTHER_PAYEE = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
TOKEN = "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913"
ORIGIN = "http://127.0.0.1:4020"
NOW = 1_800_000_000.0

ROUTE: Route[Any, Any] = Route(
    "POST",
    "/api/draw",
    access="paid",
    price=PriceRange("0.13", "0.24"),
    job=JobStyle(id="jobId", path="/api/jobs/{jobId}"),
)

Answer = Callable[[httpx.Request], httpx.Response]


def encode(content: Any) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def decode(header: str) -> Any:
    return json.loads(base64.b64decode(header))


def offer(**changes: Any) -> dict[str, Any]:
    asked = {
        "scheme": "exact",
        "network": "eip155:8453",
        "amount": "134000",
        "asset": TOKEN,
        "payTo": PAYEE,
        "maxTimeoutSeconds": 300,
        "extra": {"name": "USD Coin", "version": "2"},
    }
    return {**asked, **changes}


def receipt(**changes: Any) -> dict[str, Any]:
    told = {"success": True, "transaction": "0x" + "ab" * 32, "network": "eip155:8453", "payer": PAYER}
    return {**told, **changes}


def transaction_of(paid: httpx.Request) -> str:
    """Return what a payment settles in: each in another one."""
    return hashlib.sha256(paid.headers.get("PAYMENT-SIGNATURE", "").encode()).hexdigest()


def accepted(
    job_id: str = "job-1", *, settled: dict[str, Any] | None = None, receipted: bool = True
) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        own = settled or receipt(transaction=f"0x{transaction_of(request)}")
        headers = {"PAYMENT-RESPONSE": encode(own)} if receipted else {}
        body = {"success": True, "jobId": job_id, "status": "pending", "type": "draw"}
        return httpx.Response(200, json=body, headers=headers)

    return answer


def status(code: int, *, error: str | None = None, headers: dict[str, str] | None = None) -> Answer:
    return lambda _: httpx.Response(code, json={"error": error} if error else {}, headers=headers)


def broken(failure: type[httpx.TransportError]) -> Answer:
    def answer(request: httpx.Request) -> httpx.Response:
        raise failure("as told", request=request)

    return answer


@dataclass
class Shop:
    """Asks for payment as `offers` says; answers paid requests in turn from `answers`."""

    offers: list[dict[str, Any]] = field(default_factory=lambda: [offer()])
    answers: list[Answer] = field(default_factory=lambda: [accepted()])
    asked: list[httpx.Request] = field(default_factory=list)
    paid: list[httpx.Request] = field(default_factory=list)
    challenge: dict[str, Any] = field(default_factory=dict)
    date: float | None = None
    looked: list[httpx.Request] = field(default_factory=list)
    """Questions about jobs, which a wallet signs."""
    look: Answer = field(default_factory=lambda: status(404))

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if "PAYMENT-SIGNATURE" in request.headers:
            self.paid.append(request)
            return self.answers.pop(0)(request)
        if request.method == "GET":
            self.looked.append(request)
            return self.look(request)
        self.asked.append(request)
        resource = {"url": str(request.url), "description": "A drawing", "method": "POST"}
        content = {"x402Version": 2, "resource": resource, "accepts": self.offers, **self.challenge}
        headers = {"PAYMENT-REQUIRED": encode(content)}
        if self.date is not None:
            headers["Date"] = email.utils.formatdate(self.date, usegmt=True)
        return httpx.Response(402, json={}, headers=headers)

    @property
    def credentials(self) -> set[str]:
        return {request.headers["PAYMENT-SIGNATURE"] for request in self.paid}


@dataclass
class Clock:
    time: float = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@dataclass
class Buyer:
    """A plain client over a `PaymentTransport`, and what lies beneath it."""

    client: httpx.Client
    ledger: SqliteLedger
    clock: Clock

    def draw(self, prompt: str = "a cat", *, route: Any = ROUTE, **terms: Any) -> httpx.Response:
        return self.client.post(
            f"{ORIGIN}{route.path if route else '/api/draw'}",
            json={"prompt": prompt},
            extensions={"coinslot": CallTerms(route=route, **terms)},
        )


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


MakeBuyer = Callable[..., Buyer]


@pytest.fixture
def make_buyer(shop: Shop, clock: Clock, tmp_path: Path) -> Iterator[MakeBuyer]:
    open_clients: list[httpx.Client] = []

    def make(key: str = DEVELOPMENT_KEY, **options: Any) -> Buyer:
        options.setdefault("policy", Policy())
        ledger = options.pop("ledger", None) or SqliteLedger(tmp_path / "ledger.sqlite3", now=clock.now)
        transport = PaymentTransport(
            httpx.MockTransport(shop),
            pay_with=["base"],
            ledger=ledger,
            environ={"COINSLOT_EVM_KEY": key},
            surroundings=Surroundings(now=clock.now, sleep=clock.sleep),
            **options,
        )
        client = httpx.Client(transport=transport)
        open_clients.append(client)
        return Buyer(client, ledger, clock)

    yield make
    for client in open_clients:
        client.close()


@pytest.fixture
def buyer(make_buyer: MakeBuyer) -> Buyer:
    return make_buyer()
