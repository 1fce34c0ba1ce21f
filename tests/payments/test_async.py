"""The asynchronous transport does what the synchronous one does, and is cancelled safely."""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path

import anyio
import httpx
import pytest

from coinslot.backend import Surroundings
from coinslot.errors import PaymentOutcomeUnknown
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from coinslot.transport import AsyncPaymentTransport, CallTerms

from .conftest import DEVELOPMENT_KEY, ORIGIN, PAYEE, ROUTE, Clock, Shop, accepted, broken

pytestmark = pytest.mark.anyio

Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> SqliteLedger:
    return SqliteLedger(tmp_path / "ledger.sqlite3", now=clock.now)


def client(inner: httpx.AsyncBaseTransport, ledger: SqliteLedger, clock: Clock) -> httpx.AsyncClient:
    transport = AsyncPaymentTransport(
        inner,
        pay_with=["base"],
        policy=Policy(payees={ORIGIN: [PAYEE]}),
        ledger=ledger,
        environ={"COINSLOT_EVM_KEY": DEVELOPMENT_KEY},
        surroundings=Surroundings(now=clock.now, sleep=clock.sleep),
    )
    return httpx.AsyncClient(transport=transport)


async def draw(buyer: httpx.AsyncClient, prompt: str = "a cat") -> httpx.Response:
    terms = {"coinslot": CallTerms(route=ROUTE)}
    return await buyer.post(f"{ORIGIN}/api/draw", json={"prompt": prompt}, extensions=terms)


async def test_pays_once_and_resends_the_same_bytes(shop: Shop, ledger: SqliteLedger, clock: Clock) -> None:
    shop.answers = [broken(httpx.ReadTimeout), accepted()]
    async with client(httpx.MockTransport(shop), ledger, clock) as buyer:
        response = await draw(buyer)

    assert response.json()["jobId"] == "job-1"
    assert (len(shop.paid), len(shop.credentials)) == (2, 1)
    assert [attempt.money for attempt in ledger.attempts()] == ["settled"]


async def test_equal_calls_at_the_same_time_are_distinct(
    shop: Shop, ledger: SqliteLedger, clock: Clock
) -> None:
    shop.answers = [accepted(f"job-{number}") for number in range(5)]
    async with client(httpx.MockTransport(shop), ledger, clock) as buyer, anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(draw, buyer)

    assert len(shop.credentials) == len(ledger.attempts()) == 5


class Sending(httpx.AsyncBaseTransport):
    """Takes the first piece of a body, and never the next."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async for piece in request.stream:  # type: ignore[union-attr]
            self.pieces.append(piece)
            await anyio.sleep_forever()
        raise AssertionError


async def test_a_call_that_is_cancelled_while_it_is_sent_leaves_nothing_behind(
    ledger: SqliteLedger, clock: Clock
) -> None:
    """Trio warns of an asynchronous generator that nobody went through."""
    sending = Sending()
    async with client(sending, ledger, clock) as buyer, anyio.create_task_group() as tasks:
        tasks.start_soon(draw, buyer)
        await anyio.wait_all_tasks_blocked()
        tasks.cancel_scope.cancel()
    gc.collect()
    await anyio.wait_all_tasks_blocked()

    assert sending.pieces == [b'{"prompt":"a cat"}']


class Silent(httpx.AsyncBaseTransport):
    """Asks for payment, and never answers a paid request."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.waiting = anyio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if "PAYMENT-SIGNATURE" in request.headers:
            self.shop.paid.append(request)
            self.waiting.set()
            await anyio.sleep_forever()
        return self.shop(request)


async def test_t54_a_cancelled_call_is_on_record_as_unknown(
    shop: Shop, ledger: SqliteLedger, clock: Clock
) -> None:
    silent = Silent(shop)
    async with client(silent, ledger, clock) as buyer:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(draw, buyer)
            await silent.waiting.wait()
            tasks.cancel_scope.cancel()
        (attempt,) = ledger.attempts()
        assert (attempt.money, attempt.delivery) == ("unknown", "none")

    shop.answers = [accepted()]
    async with client(httpx.MockTransport(shop), ledger, clock) as buyer:
        assert (await draw(buyer)).json()["jobId"] == "job-1"
    assert len(shop.credentials) == 1


async def test_unknown_outcomes_are_raised(shop: Shop, ledger: SqliteLedger, clock: Clock) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 5
    async with client(httpx.MockTransport(shop), ledger, clock) as buyer:
        with pytest.raises(PaymentOutcomeUnknown):
            await draw(buyer)
