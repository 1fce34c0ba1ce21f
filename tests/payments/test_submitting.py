"""Signed material that others than the paid origin get first: whatever happens there, it is on record."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from coinslot.backend import Credential, Surroundings
from coinslot.effects import Flow, Request, Send
from coinslot.errors import PaymentOutcomeUnknown
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from coinslot.transport import AsyncPaymentTransport, CallTerms
from tests.threats.coin import CoinBackend, CoinShop
from tests.threats.test_paying_once import PLAIN, buy, coin_client

from .conftest import ORIGIN, Clock

NODE = "http://127.0.0.1:9/node"


@dataclass
class PushingBackend(CoinBackend):
    """Sends what it signed to a node before the paid request goes out."""

    def submit(self, credential: Credential) -> Flow[Credential]:
        yield Send(Request("POST", NODE, body=b"signed"))
        return credential


@dataclass
class Street(CoinShop):
    """A shop, and the node beside it, which does what it is told to."""

    at_node: Callable[[], None] = lambda: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == NODE:
            self.at_node()
            return httpx.Response(200, json={})
        return super().__call__(request)


def press() -> None:
    raise KeyboardInterrupt


def stumble() -> None:
    message = "no such word"
    raise LookupError(message)


def test_t54_ctrl_c_while_it_is_submitted_is_on_record_first(clock: Clock, tmp_path: Path) -> None:
    path, backend, shop = tmp_path / "ledger.sqlite3", PushingBackend(), Street(at_node=press)
    with coin_client(shop, backend, clock, path) as client:
        with pytest.raises(KeyboardInterrupt):
            buy(client)
        (attempt,) = SqliteLedger(path).attempts()
        assert (attempt.money, attempt.delivery, shop.paid) == ("unknown", "none", [])

        shop.at_node = lambda: None
        assert buy(client).status_code == 200
    assert len(backend.signed) == len(shop.paid) == 1


@pytest.mark.parametrize("loop", ["asyncio", "trio"])
def test_t54_so_is_a_call_that_is_cancelled_then(clock: Clock, tmp_path: Path, loop: str) -> None:
    ledger, backend, shop = SqliteLedger(tmp_path / "ledger.sqlite3"), PushingBackend(), CoinShop()

    class Silent(httpx.AsyncBaseTransport):
        def __init__(self) -> None:
            self.asked = anyio.Event()

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            if str(request.url) == NODE:
                self.asked.set()
                await anyio.sleep_forever()
            return shop(request)

    async def cancelled() -> None:
        silent = Silent()
        transport = AsyncPaymentTransport(
            silent,
            pay_with=[backend],
            policy=Policy(payees={ORIGIN: "dynamic"}),
            ledger=ledger,
            surroundings=Surroundings(now=clock.now, sleep=clock.sleep),
        )
        terms: dict[str, Any] = {"coinslot": CallTerms(route=PLAIN)}
        async with httpx.AsyncClient(transport=transport) as client, anyio.create_task_group() as tasks:

            async def make() -> None:
                await client.post(f"{ORIGIN}/api/draw", json={}, extensions=terms)

            tasks.start_soon(make)
            await silent.asked.wait()
            tasks.cancel_scope.cancel()

    anyio.run(cancelled, backend=loop)
    assert [(attempt.money, attempt.delivery) for attempt in ledger.attempts()] == [("unknown", "none")]
    assert (len(backend.signed), shop.paid) == (1, [])


def test_a_backend_that_fails_there_leaves_the_outcome_unknown(clock: Clock, tmp_path: Path) -> None:
    path, backend, shop = tmp_path / "ledger.sqlite3", PushingBackend(), Street(at_node=stumble)
    with coin_client(shop, backend, clock, path) as client:
        with pytest.raises(PaymentOutcomeUnknown, match=r"failed to submit it \(LookupError\)") as caught:
            buy(client)
        (attempt,) = SqliteLedger(path).attempts()
        assert (attempt.money, caught.value.attempt_id) == ("unknown", attempt.id)
        assert caught.value.expires_at == attempt.terms.expires_at

        shop.at_node = lambda: None
        assert buy(client).status_code == 200
    assert len(backend.signed) == len(shop.paid) == 1
