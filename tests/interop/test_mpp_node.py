"""The official MPP server of npm takes what we pay on Tempo, with the fee and without."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import AsyncPaymentTransport, PaymentTransport, PriceRange, Route
from coinslot.attempt import Attempt
from coinslot.ledger import SqliteLedger
from coinslot.transport import CallTerms
from tests.interop.evm import SURROUNDINGS
from tests.interop.node import node_server
from tests.tempo.chain import PAYER_KEY, SPONSOR, SPONSOR_KEY, TempoChain, fee_of, tempo_chain
from tests.tempo.parts import PATH_USD, PAYEE

pytestmark = pytest.mark.chain
PAYER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
PRICE = 134_000
BODY = {"prompt": "a lighthouse"}


@dataclass
class Here:
    """A shop on a chain, and who buys there."""

    chain: TempoChain
    origin: str
    ledger: SqliteLedger
    before: dict[str, int]

    def options(self) -> dict[str, Any]:
        environ = {"COINSLOT_EVM_KEY": PAYER_KEY, "COINSLOT_TEMPO_RPC": self.chain.rpc_url}
        return {
            "pay_with": ["tempo"],
            "ledger": self.ledger,
            "environ": environ,
            "surroundings": SURROUNDINGS,
        }

    def bought(self, path: str) -> httpx.Response:
        with httpx.Client(transport=PaymentTransport(**self.options())) as client:
            return client.post(self.origin + path, json=BODY, extensions=terms(path))

    def moved(self) -> dict[str, int]:
        return {address: self.chain.balance(address) - held for address, held in self.before.items()}

    def attempt(self) -> Attempt:
        (attempt,) = self.ledger.attempts()
        return attempt


def terms(path: str) -> dict[str, Any]:
    route: Route[Any, Any] = Route("POST", path, access="paid", price=PriceRange("0.13", "0.24"))
    return {"coinslot": CallTerms(route=route)}


@pytest.fixture(scope="module")
def chain() -> Iterator[TempoChain]:
    with tempo_chain() as running:
        yield running


@pytest.fixture(scope="module")
def origin(chain: TempoChain) -> Iterator[str]:
    with node_server("mpp_shop.mjs", chain.rpc_url, PAYEE, SPONSOR_KEY, PATH_USD) as address:
        yield address


@pytest.fixture
def here(chain: TempoChain, origin: str, tmp_path: Path) -> Iterator[Here]:
    before = {address: chain.balance(address) for address in (PAYER, PAYEE, SPONSOR)}
    with closing(SqliteLedger(tmp_path / "ledger.sqlite3")) as ledger:
        yield Here(chain, origin, ledger, before)


def test_plain(here: Here) -> None:
    answer = here.bought("/draw")

    attempt = here.attempt()
    assert answer.json() == {"drawn": True}
    assert (attempt.money, attempt.settled_by) == ("settled", "server")
    mined = here.chain.rpc("eth_getTransactionReceipt", attempt.transaction)
    assert mined["status"] == "0x1"
    assert here.moved() == {PAYER: -PRICE - fee_of(mined), PAYEE: PRICE, SPONSOR: 0}
    assert fee_of(mined) <= attempt.max_fee * 10**6


def test_sponsored(here: Here) -> None:
    answer = here.bought("/sponsored")

    attempt = here.attempt()
    assert answer.json() == {"drawn": True}
    assert attempt.money == "settled"
    assert attempt.max_fee == 0
    mined = here.chain.rpc("eth_getTransactionReceipt", attempt.transaction)
    assert here.moved() == {PAYER: -PRICE, PAYEE: PRICE, SPONSOR: -fee_of(mined)}


@pytest.mark.anyio
@pytest.mark.parametrize("path", ["/draw", "/sponsored"])
async def test_async(here: Here, path: str) -> None:
    async with httpx.AsyncClient(transport=AsyncPaymentTransport(**here.options())) as client:
        answer = await client.post(here.origin + path, json=BODY, extensions=terms(path))

    assert answer.json() == {"drawn": True}
    assert here.attempt().money == "settled"
    assert here.moved()[PAYEE] == PRICE


def test_the_same_credential_buys_nothing_twice(here: Here) -> None:
    seen: list[str] = []

    class Watching(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            seen.extend(request.headers.get_list("Authorization"))
            return super().handle_request(request)

    with httpx.Client(transport=PaymentTransport(Watching(), **here.options())) as client:
        client.post(f"{here.origin}/draw", json=BODY, extensions=terms("/draw"))
    again = httpx.post(f"{here.origin}/draw", json=BODY, headers={"Authorization": seen[0]})

    assert again.status_code in (402, 403)
    assert here.moved()[PAYEE] == PRICE
