"""The official x402 server of npm takes what we pay, and its own facilitator settles it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from coinslot import AsyncPaymentTransport, PaymentTransport, PriceRange, Route
from coinslot.backend import Setting
from coinslot.ledger import SqliteLedger
from coinslot.transport import CallTerms
from coinslot_base.backend import backend
from tests.interop.evm import FUNDS, KEY, PAYEE, PRICE, SURROUNDINGS
from tests.interop.node import node_server

if TYPE_CHECKING:
    from coinslot_sandbox.chain import LocalChain

pytestmark = pytest.mark.chain
FACILITATOR_KEY = "0x" + "fa" * 32
BODY = {"prompt": "a lighthouse"}
ROUTE: Route[Any, Any] = Route("POST", "/draw", access="paid", price=PriceRange("0.13", "0.24"))
TERMS = {"coinslot": CallTerms(route=ROUTE)}


@dataclass
class Here:
    chain: LocalChain
    origin: str
    payer: str
    options: dict[str, Any]

    def check(self, answer: httpx.Response) -> None:
        """Exactly the price has moved, and everybody tells of the same transaction."""
        attempt = answer.extensions["coinslot"].attempt
        assert answer.json() == {"drawn": "a lighthouse"}
        assert (attempt.money, attempt.settled_by) == ("settled", "server")
        mined = self.chain.rpc("eth_getTransactionReceipt", attempt.transaction)
        assert mined["status"] == "0x1"
        assert self.chain.balance(self.payer) == FUNDS - PRICE
        assert self.chain.balance(PAYEE) == PRICE


@pytest.fixture
def here(evm_chain: LocalChain, tmp_path: Path) -> Iterator[Here]:
    facilitator = backend(Setting({"COINSLOT_EVM_KEY": f"test:{FACILITATOR_KEY}"})).identity.address
    payer = backend(Setting({"COINSLOT_EVM_KEY": KEY})).identity.address
    evm_chain.rpc("anvil_setBalance", facilitator, hex(10**21))
    evm_chain.mint(payer, FUNDS)
    with (
        node_server("x402_shop.mjs", evm_chain.rpc_url, PAYEE, FACILITATOR_KEY) as origin,
        closing(SqliteLedger(tmp_path / "ledger.sqlite3")) as ledger,
    ):
        environ = {"COINSLOT_EVM_KEY": KEY, "COINSLOT_BASE_RPC": evm_chain.rpc_url}
        options = {
            "pay_with": ["base"],
            "ledger": ledger,
            "environ": environ,
            "surroundings": SURROUNDINGS,
        }
        yield Here(evm_chain, origin, payer, options)


def test_paid(here: Here) -> None:
    with httpx.Client(transport=PaymentTransport(**here.options)) as client:
        answer = client.post(f"{here.origin}/draw", json=BODY, extensions=TERMS)

    here.check(answer)


@pytest.mark.anyio
async def test_paid_async(here: Here) -> None:
    async with httpx.AsyncClient(transport=AsyncPaymentTransport(**here.options)) as client:
        answer = await client.post(f"{here.origin}/draw", json=BODY, extensions=TERMS)

    here.check(answer)


def test_the_same_credential_buys_nothing_twice(here: Here) -> None:
    seen: list[str] = []

    class Watching(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            seen.extend(request.headers.get_list("PAYMENT-SIGNATURE"))
            return super().handle_request(request)

    with httpx.Client(transport=PaymentTransport(Watching(), **here.options)) as client:
        answer = client.post(f"{here.origin}/draw", json=BODY, extensions=TERMS)
    again = httpx.post(f"{here.origin}/draw", json=BODY, headers={"PAYMENT-SIGNATURE": seen[0]})

    assert again.status_code == 402
    here.check(answer)
