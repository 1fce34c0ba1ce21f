"""The official MPP server takes what we pay: whole calls, over a real Tempo node.

Its challenge, its verification, its settlement and its receipt; our transport, ledger and backend.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import pytest

from coinslot import AsyncPaymentTransport
from coinslot.backend import Surroundings
from coinslot.errors import PaymentOutcomeUnknown
from coinslot.ledger import SqliteLedger
from coinslot.transport import CallTerms
from tests.tempo.chain import PAYER_KEY, SPONSOR, SPONSOR_KEY, TempoChain, tempo_chain
from tests.tempo.parts import PATH_USD, PAYEE

pytestmark = [
    pytest.mark.chain,
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:websockets.legacy is deprecated:DeprecationWarning"),
]

PAYER = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
FRIEND = "0x90F79bf6EB2c4f870365E785982E1f101E93b906"
PRICE = 134_000
SHOP = "http://shop.localhost"
EVERYBODY = (PAYER, PAYEE, SPONSOR, FRIEND)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def chain() -> Iterator[TempoChain]:
    with tempo_chain() as running:
        yield running


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[SqliteLedger]:
    with closing(SqliteLedger(tmp_path / "ledger.sqlite3")) as opened:
        yield opened


class Translating(httpx.AsyncHTTPTransport):
    """The server's way to its node, which lacks two things of a Tempo node's.

    It takes `eth_sendRawTransactionSync` without a time limit only, and does not simulate: in place of
    `tempo_simulateV1`, the payment's last call is tried alone.
    """

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        call = json.loads(await request.aread())
        if call["method"] == "eth_sendRawTransactionSync":
            return await self._ask(request, {**call, "params": call["params"][:1]})
        if call["method"] != "tempo_simulateV1":
            return await super().handle_async_request(request)
        wanted = call["params"][0]["blockStateCalls"][0]["calls"][0]
        last = {name: wanted[name] for name in ("from", "to", "data")}
        told = await self._ask(request, {**call, "method": "eth_call", "params": [last, "latest"]})
        status = "0x0" if "error" in json.loads(await told.aread()) else "0x1"
        result = {"blocks": [{"calls": [{"status": status}]}]}
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": call["id"], "result": result})

    async def _ask(self, request: httpx.Request, call: dict[str, Any]) -> httpx.Response:
        return await super().handle_async_request(httpx.Request("POST", request.url, json=call))


class Wires(httpx.AsyncBaseTransport):
    """Carries requests to the shop, which is in this process, or to the node, which is not."""

    def __init__(self, shop: Any) -> None:
        self.shop = httpx.ASGITransport(shop, raise_app_exceptions=False)
        self.node = httpx.AsyncHTTPTransport()
        self.credentials: list[str] = []
        self.cut: Literal["before", "after"] | None = None
        """Where paid requests are lost: before the shop has them, or after it answered."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "shop.localhost":
            return await self.node.handle_async_request(request)
        paid = request.headers.get_list("Authorization")
        self.credentials += paid
        if paid and self.cut == "before":
            raise httpx.ReadTimeout("lost on the way", request=request)
        answer = await self.shop.handle_async_request(request)
        if paid and self.cut == "after":
            raise httpx.ReadTimeout("lost on the way back", request=request)
        return answer

    async def aclose(self) -> None:
        await self.node.aclose()


@asynccontextmanager
async def shop(chain: TempoChain, **terms: Any) -> AsyncIterator[Any]:
    """The official server's application, which sells one thing at our price."""
    from mpp.methods.tempo import TempoAccount
    from mpp.methods.tempo import server as tempo
    from mpp.server.decorator import pay
    from mpp.server.mpp import Mpp
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async with httpx.AsyncClient(transport=Translating(), timeout=30) as to_node:
        methods = tempo.charge(
            recipient=PAYEE,
            chain_id=4217,
            rpc_url=chain.rpc_url,
            currency=PATH_USD,
            fee_payer=TempoAccount.from_key(SPONSOR_KEY),
            http_client=to_node,
        )
        till = Mpp(methods=methods, realm="shop.localhost", secret_key="worthless, and long enough")

        @pay(till.charge(amount="0.134", **terms))
        async def sell(request: Any, credential: Any, receipt: Any) -> JSONResponse:
            return JSONResponse({"payer": receipt.payer, "reference": receipt.reference})

        yield Starlette(routes=[Route("/draw", sell, methods=["POST"])])


@dataclass
class Buyer:
    """A client of ours whose waiting takes no time, and whose clock can be moved as the chain's can."""

    chain: TempoChain
    ledger: SqliteLedger
    wires: Wires
    environ: dict[str, str] = field(default_factory=dict)
    ahead: int = 0
    """Seconds."""

    async def buy(self) -> httpx.Response:
        keys = {"COINSLOT_EVM_KEY": PAYER_KEY, "COINSLOT_TEMPO_RPC": self.chain.rpc_url, **self.environ}
        transport = AsyncPaymentTransport(
            self.wires,
            pay_with=["tempo"],
            ledger=self.ledger,
            environ=keys,
            surroundings=Surroundings(now=lambda: time.time() + self.ahead, sleep=lambda _: None),
        )
        terms = {"coinslot": CallTerms(route=None, max_price="0.20")}
        async with httpx.AsyncClient(transport=transport) as client:
            return await client.post(f"{SHOP}/draw", json={"prompt": "a cat"}, extensions=terms)


async def bought(
    chain: TempoChain, ledger: SqliteLedger, application: Any, **environ: str
) -> tuple[httpx.Response, Wires]:
    wires = Wires(application)
    return await Buyer(chain, ledger, wires, environ).buy(), wires


@pytest.mark.parametrize("node", [True, False], ids=["node", "no-node"])
async def test_plain(chain: TempoChain, ledger: SqliteLedger, node: bool) -> None:  # noqa: FBT001 - a column
    before = {address: chain.balance(address) for address in EVERYBODY}
    async with shop(chain) as application:
        environ = {} if node else {"COINSLOT_TEMPO_RPC": ""}
        answer, wires = await bought(chain, ledger, application, **environ)

    (attempt,) = ledger.attempts()
    moved = {address: chain.balance(address) - held for address, held in before.items()}
    fee = -moved[PAYER] - PRICE
    assert answer.status_code == 200
    assert (attempt.money, attempt.transaction) == ("settled", answer.json()["reference"])
    assert attempt.transaction == attempt.evidence["transaction"]
    assert moved == {PAYER: -PRICE - fee, PAYEE: PRICE, SPONSOR: 0, FRIEND: 0}
    assert 0 < fee <= attempt.max_fee * 10**6
    assert len(wires.credentials) == 1


async def test_sponsored(chain: TempoChain, ledger: SqliteLedger) -> None:
    before = {address: chain.balance(address) for address in EVERYBODY}
    async with shop(chain, fee_payer=True) as application:
        answer, wires = await bought(chain, ledger, application)

    (attempt,) = ledger.attempts()
    moved = {address: chain.balance(address) - held for address, held in before.items()}
    assert answer.status_code == 200
    assert attempt.money == "settled"
    assert attempt.max_fee == 0
    assert (moved[PAYER], moved[PAYEE]) == (-PRICE, PRICE)
    assert moved[SPONSOR] < 0
    assert len(wires.credentials) == 1


async def test_splits(chain: TempoChain, ledger: SqliteLedger) -> None:
    before = {address: chain.balance(address) for address in EVERYBODY}
    async with shop(chain, splits=[{"amount": "34000", "recipient": FRIEND}]) as application:
        answer, _ = await bought(chain, ledger, application)

    moved = {address: chain.balance(address) - held for address, held in before.items()}
    assert answer.status_code == 200
    assert (moved[PAYEE], moved[FRIEND]) == (100_000, 34_000)
    assert moved[PAYER] < -PRICE


async def test_the_same_credential_buys_nothing_twice(chain: TempoChain, ledger: SqliteLedger) -> None:
    """The judge judges: what it took once, it refuses for another request and after another payment."""
    async with shop(chain) as application:
        _, wires = await bought(chain, ledger, application)
        before = chain.balance(PAYER)
        async with httpx.AsyncClient(transport=Wires(application)) as thief:
            fields = {"Authorization": wires.credentials[0]}
            again = await thief.post(f"{SHOP}/draw", json={"prompt": "a dog"}, headers=fields)

    assert again.status_code in (402, 403)
    assert chain.balance(PAYER) == before


@pytest.mark.parametrize("sponsored", [False, True], ids=["plain", "sponsored"])
async def test_what_was_paid_and_not_answered_is_found_on_the_chain(
    chain: TempoChain, ledger: SqliteLedger, *, sponsored: bool
) -> None:
    before = chain.balance(PAYEE)
    async with shop(chain, fee_payer=sponsored) as application:
        buyer = Buyer(chain, ledger, Wires(application))
        buyer.wires.cut = "after"
        with pytest.raises(PaymentOutcomeUnknown):
            await buyer.buy()
        chain.mine(3)
        with pytest.raises(PaymentOutcomeUnknown):
            await buyer.buy()

    (attempt,) = ledger.attempts()
    assert (attempt.money, attempt.settled_by) == ("settled", "chain")
    assert len(set(buyer.wires.credentials)) == 1
    assert chain.balance(PAYEE) - before == PRICE


@pytest.mark.parametrize("sponsored", [False, True], ids=["plain", "sponsored"])
async def test_what_was_never_paid_is_paid_once_it_is_proven(
    chain: TempoChain, ledger: SqliteLedger, *, sponsored: bool
) -> None:
    before = chain.balance(PAYEE)
    async with shop(chain, fee_payer=sponsored) as application:
        with chain.undone():
            buyer = Buyer(chain, ledger, Wires(application))
            buyer.wires.cut = "before"
            with pytest.raises(PaymentOutcomeUnknown):
                await buyer.buy()
            (unknown,) = ledger.attempts()
            buyer.wires.cut, buyer.ahead = None, 26
            chain.advance(26)
            chain.mine(3)
            answer = await buyer.buy()

            assert chain.balance(PAYEE) - before == PRICE

    assert (unknown.money, answer.status_code) == ("unknown", 200)
    assert sorted(attempt.money for attempt in ledger.attempts()) == ["settled", "void"]
    assert len(set(buyer.wires.credentials)) == 2
