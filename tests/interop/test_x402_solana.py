"""The official x402 server and Solana facilitator take what we pay, over real token programs.

Everything runs in this thread, where the chain is: the shop is called without a network.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from coinslot.ledger import SqliteLedger
from coinslot_sandbox.solana import FeePayer, LocalSolana, SolanaNode
from stablestudio import AsyncStableStudio
from tests.interop.evm import SURROUNDINGS
from tests.solana.parts import MAINNET, NODE, PAYEE, TEST_KEY, USDC, payer

if TYPE_CHECKING:
    from tests.interop.shop import Shop

pytestmark = pytest.mark.anyio
ORIGIN = "http://shop.localhost"
FUNDS, PRICE = 1_000_000, 134_000


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Wires(httpx.AsyncBaseTransport):
    """Carries requests to the shop or to the wallet's node, and loses answers of the shop when told to."""

    def __init__(self, shop: Any, chain: LocalSolana) -> None:
        self.shop = httpx.ASGITransport(shop)
        self.node = SolanaNode(chain)
        self.losing = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if str(request.url) == NODE:
            return httpx.Response(200, content=self.node.answer(await request.aread()))
        answer = await self.shop.handle_async_request(request)
        if "PAYMENT-SIGNATURE" in request.headers and self.losing:
            self.losing -= 1
            raise httpx.ReadError("as told", request=request)
        return answer


@dataclass
class Here:
    """A shop, the chain, and who buys."""

    chain: LocalSolana
    shop: Shop
    wires: Wires
    ledger: SqliteLedger
    payer: str

    def studio(self) -> AsyncStableStudio:
        return AsyncStableStudio(
            base_url=ORIGIN,
            pay_with=["solana"],
            transport=self.wires,
            ledger=self.ledger,
            environ={"COINSLOT_SOLANA_KEY": TEST_KEY, "COINSLOT_SOLANA_RPC": NODE},
            surroundings=SURROUNDINGS,
        )

    def check(self, job_id: str) -> None:
        """Exactly the price has moved, for one job."""
        (attempt,) = self.ledger.attempts()
        assert [job["id"] for job in self.shop.jobs] == [job_id]
        assert (self.chain.balance(PAYEE), self.chain.balance(self.payer)) == (PRICE, FUNDS - PRICE)
        assert self.chain.lamports(self.payer) == 0
        assert attempt.job_id == job_id


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    from x402.mechanisms.svm.exact import ExactSvmFacilitatorScheme, ExactSvmServerScheme

    from tests.interop.shop import Shop, Till

    chain = LocalSolana(USDC)
    own = payer().identity.address
    chain.open_account(own, FUNDS)
    chain.open_account(PAYEE)
    till = Till(MAINNET, PAYEE, ExactSvmServerScheme(), lambda: ExactSvmFacilitatorScheme(FeePayer(chain)))
    shop = Shop(ORIGIN, [till])
    with closing(SqliteLedger(tmp_path / "ledger.sqlite3")) as ledger:
        yield Here(chain, shop, Wires(shop.application(), chain), ledger, own)


async def test_paid_and_collected(here: Here) -> None:
    async with here.studio() as studio:
        job = await studio.nano_banana_pro.generate(prompt="a lighthouse")
        assert (await job.wait()).image_url

    (attempt,) = here.ledger.attempts()
    here.check(job.id)
    assert (attempt.money, attempt.settled_by) == ("settled", "server")
    assert attempt.transaction == here.chain.landed[-1].signature


async def test_the_lost_answer_of_a_paid_call_is_found(here: Here) -> None:
    here.wires.losing = 2
    async with here.studio() as studio:
        job = await studio.nano_banana_pro.generate(prompt="a lighthouse")

    here.check(job.id)
