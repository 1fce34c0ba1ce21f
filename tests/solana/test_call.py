"""A whole call paid on Solana: runtime, backend, official server code, and a chain with real programs."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from x402.mechanisms.svm.exact.facilitator import ExactSvmScheme
from x402.schemas import PaymentPayload, PaymentRequirements

from coinslot import PriceRange, Route
from coinslot.backend import Surroundings
from coinslot.errors import PaymentOutcomeUnknown
from coinslot.ledger import SqliteLedger
from coinslot.transport import CallTerms, PaymentTransport
from coinslot_sandbox.solana import FeePayer, LocalSolana, SolanaNode
from tests.solana.parts import MAINNET, NODE, NOW, PAYEE, TEST_KEY, USDC, payer

ORIGIN = "http://127.0.0.1:4020"
ROUTE: Route[Any, Any] = Route("POST", "/api/draw", access="paid", price=PriceRange("0.13", "0.24"))
FUNDS, PRICE = 1_000_000, 134_000


@dataclass
class Clock:
    time: float = NOW

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class World:
    """A seller who verifies and settles with official code, the chain, and the wallet's own node."""

    chain: LocalSolana = field(default_factory=lambda: LocalSolana(USDC))
    settles: bool = True
    answers: bool = True
    told: dict[str, Any] = field(default_factory=dict)
    """What the receipt says instead of what is true."""
    paid: list[httpx.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.own = payer().identity.address
        self.fee_payer = FeePayer(self.chain)
        self.facilitator = ExactSvmScheme(self.fee_payer)
        self.chain.open_account(self.own, FUNDS)
        self.chain.open_account(PAYEE)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == NODE:
            return httpx.Response(200, content=SolanaNode(self.chain).answer(request.content))
        header = request.headers.get("PAYMENT-SIGNATURE")
        if header is None:
            content = {"x402Version": 2, "resource": {"url": str(request.url)}, "accepts": [self._required()]}
            return httpx.Response(402, json={}, headers={"PAYMENT-REQUIRED": _encode(content)})
        self.paid.append(request)
        payload = PaymentPayload.model_validate_json(base64.b64decode(header))
        required = PaymentRequirements.model_validate(payload.accepted.model_dump(by_alias=True))
        settled: dict[str, Any] = {}
        if self.settles:
            true = self.facilitator.settle(payload, required).model_dump(by_alias=True, exclude_none=True)
            settled = {**true, **self.told}
        if not self.answers:
            raise httpx.ReadTimeout("as told", request=request)
        return httpx.Response(200, json={"done": True}, headers={"PAYMENT-RESPONSE": _encode(settled)})

    def _required(self) -> dict[str, Any]:
        return {
            "scheme": "exact",
            "network": MAINNET,
            "amount": str(PRICE),
            "asset": USDC,
            "payTo": PAYEE,
            "maxTimeoutSeconds": 300,
            "extra": {
                "feePayer": self.fee_payer.address,
                "recentBlockhash": self.chain.blockhash,
                "lastValidBlockHeight": str(self.chain.height + 150),
            },
        }


def _encode(content: Any) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


Draw = Callable[[], httpx.Response]


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def transport(world: World, tmp_path: Path) -> PaymentTransport:
    clock = Clock()
    return PaymentTransport(
        httpx.MockTransport(world),
        pay_with=["solana"],
        ledger=SqliteLedger(tmp_path / "ledger.sqlite3", now=clock.now),
        environ={"COINSLOT_SOLANA_KEY": TEST_KEY, "COINSLOT_SOLANA_RPC": NODE},
        surroundings=Surroundings(now=clock.now, sleep=clock.sleep),
    )


@pytest.fixture
def draw(transport: PaymentTransport) -> Iterator[Draw]:
    with httpx.Client(transport=transport) as client:
        yield lambda: client.post(
            f"{ORIGIN}/api/draw", json={}, extensions={"coinslot": CallTerms(route=ROUTE)}
        )


def test_a_call_moves_exactly_its_price(world: World, draw: Draw) -> None:
    response = draw()

    attempt = response.extensions["coinslot"].attempt
    assert response.json() == {"done": True}
    assert (attempt.money, attempt.settled_by) == ("settled", "server")
    assert attempt.transaction == world.chain.landed[-1].signature
    assert (world.chain.balance(PAYEE), world.chain.balance(world.own)) == (PRICE, FUNDS - PRICE)


def test_a_lost_answer_is_found_on_the_chain(world: World, transport: PaymentTransport, draw: Draw) -> None:
    world.answers = False

    with pytest.raises(PaymentOutcomeUnknown):
        draw()
    world.chain.mine(40)
    (attempt,) = transport.recover()

    assert (attempt.money, attempt.settled_by) == ("settled", "chain")
    assert world.chain.balance(PAYEE) == PRICE
    assert len({request.headers["PAYMENT-SIGNATURE"] for request in world.paid}) == 1


def test_what_never_landed_is_paid_again_only_when_it_no_longer_can(
    world: World, transport: PaymentTransport, draw: Draw
) -> None:
    world.answers = world.settles = False
    with pytest.raises(PaymentOutcomeUnknown):
        draw()
    world.answers = world.settles = True

    world.chain.mine(150 + 32)
    (open_attempt,) = transport.recover()
    assert open_attempt.money == "unknown"
    world.chain.mine(1)
    (attempt,) = transport.recover()
    assert attempt.money == "void"

    assert draw().status_code == 200
    assert len({request.headers["PAYMENT-SIGNATURE"] for request in world.paid}) == 2
    assert world.chain.balance(PAYEE) == PRICE


OWN = payer().identity.address
LIES: list[tuple[str, dict[str, Any]]] = [
    ("no signature", {"transaction": "hello"}),
    ("a hash of another chain", {"transaction": "0x" + "ab" * 32}),
    ("an address", {"transaction": OWN}),
    ("another payer", {"payer": PAYEE}),
    ("a shorter payer", {"payer": OWN[:-1]}),
    ("the payer in other letters", {"payer": OWN.swapcase()}),
]


@pytest.mark.parametrize("lie", [entry[1] for entry in LIES], ids=[entry[0] for entry in LIES])
def test_t48_a_receipt_that_contradicts_is_looked_up_on_the_chain(
    world: World, transport: PaymentTransport, draw: Draw, lie: dict[str, Any]
) -> None:
    world.told = lie
    attempt = draw().extensions["coinslot"].attempt
    assert (attempt.money, attempt.delivery) == ("unknown", "finished")

    world.chain.mine(40)
    (found,) = transport.recover()
    assert (found.money, found.settled_by) == ("settled", "chain")
    assert found.transaction == world.chain.landed[-1].signature


def test_t48_a_receipt_may_name_who_paid_the_fee(world: World, draw: Draw) -> None:
    world.told = {"payer": world.fee_payer.address}

    assert draw().extensions["coinslot"].attempt.money == "settled"
