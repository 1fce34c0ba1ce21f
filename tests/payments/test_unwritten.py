"""A ledger that fails once the credential was sent: what is said then must not invite a second payment."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from coinslot import Route
from coinslot.attempt import Attempt, CallIdentity, Conclusion
from coinslot.backend import Surroundings
from coinslot.errors import LedgerUnavailable, PaymentOutcomeUnknown
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from coinslot.transport import AsyncPaymentTransport, CallTerms, PaymentTransport
from tests.threats.coin import CoinBackend, CoinShop
from tests.threats.test_paying_once import PLAIN

from .conftest import DEVELOPMENT_KEY, NOW, ORIGIN, Clock, MakeBuyer, Shop, accepted, broken, status
from .test_matching import LISTED, job, listing
from .test_recovery import recover

FULL = "The disk is full."


class FullLedger(SqliteLedger):
    """A ledger whose disk is full from when it is told so."""

    fails: frozenset[str] = frozenset()

    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        self._check("conclude")
        return super().conclude(attempt_id, owner, conclusion)

    def alike(self, call: CallIdentity) -> list[Attempt]:
        self._check("alike")
        return super().alike(call)

    def _check(self, method: str) -> None:
        if method in self.fails:
            raise LedgerUnavailable(FULL)


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> FullLedger:
    return FullLedger(tmp_path / "ledger.sqlite3", now=clock.now)


Answering = Callable[[httpx.Request], httpx.Response]
Draw = Callable[..., httpx.Response]


@pytest.fixture(params=["sync", "async"])
def draw(request: pytest.FixtureRequest, ledger: FullLedger, clock: Clock) -> Draw:
    """Make the call on one of the two faces."""
    options: dict[str, Any] = {
        "policy": Policy(payees={ORIGIN: "dynamic"}),
        "ledger": ledger,
        "environ": {"COINSLOT_EVM_KEY": DEVELOPMENT_KEY},
        "surroundings": Surroundings(now=clock.now, sleep=clock.sleep),
    }

    def call(route: Route[Any, Any]) -> dict[str, Any]:
        terms = {"coinslot": CallTerms(route=route)}
        return {"url": f"{ORIGIN}{route.path}", "json": {"prompt": "a cat"}, "extensions": terms}

    def at_once(shop: Answering, pay_with: Any, route: Route[Any, Any] = LISTED) -> httpx.Response:
        transport = PaymentTransport(httpx.MockTransport(shop), pay_with=[pay_with], **options)
        with httpx.Client(transport=transport) as client:
            return client.post(**call(route))

    def awaited(shop: Answering, pay_with: Any, route: Route[Any, Any] = LISTED) -> httpx.Response:
        async def made() -> httpx.Response:
            transport = AsyncPaymentTransport(httpx.MockTransport(shop), pay_with=[pay_with], **options)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.post(**call(route))

        return anyio.run(made)

    return at_once if request.param == "sync" else awaited


def unknown() -> AbstractContextManager[pytest.ExceptionInfo[PaymentOutcomeUnknown]]:
    return pytest.raises(PaymentOutcomeUnknown, match=rf"{FULL}.*may have been taken")


def check(error: PaymentOutcomeUnknown, ledger: FullLedger, expires_at: int) -> None:
    """Hold an error to the one attempt that is on record."""
    (attempt,) = ledger.attempts()
    assert (error.attempt_id, error.offer, error.expires_at) == (attempt.id, attempt.offer, expires_at)
    assert isinstance(error.__cause__, LedgerUnavailable)
    assert attempt.money == "signed"


@pytest.mark.parametrize(
    "answer",
    [status(400), status(402), status(500), broken(httpx.ReadTimeout)],
    ids=["400", "402", "500", "silence"],
)
def test_an_answer_that_cannot_be_written_leaves_the_outcome_unknown(
    shop: Shop, ledger: FullLedger, draw: Draw, answer: Any
) -> None:
    shop.answers = [answer]
    ledger.fails = frozenset({"conclude"})
    with unknown() as caught:
        draw(shop, "base")
    check(caught.value, ledger, int(NOW) + 300)

    shop.answers = [status(500)]
    with unknown() as again:
        draw(shop, "base")
    check(again.value, ledger, int(NOW) + 300)

    ledger.fails, shop.answers = frozenset(), [accepted()]
    assert draw(shop, "base").json()["jobId"] == "job-1"
    assert len(shop.credentials) == 1


def test_the_same_holds_for_mpp(ledger: FullLedger, draw: Draw) -> None:
    def lose() -> None:
        message = "as told"
        raise httpx.ReadTimeout(message)

    backend, shop = CoinBackend(), CoinShop(on_paid=lose)
    ledger.fails = frozenset({"conclude"})
    with unknown() as caught:
        draw(shop, backend, PLAIN)

    check(caught.value, ledger, 1_800_000_200)
    assert len(backend.signed) == 1


def test_nor_does_a_job_list_that_cannot_be_compared(shop: Shop, ledger: FullLedger, draw: Draw) -> None:
    shop.answers = [broken(httpx.ReadTimeout)] * 5
    shop.look = listing(job())
    ledger.fails = frozenset({"alike"})
    with unknown() as caught:
        draw(shop, "base")

    (attempt,) = ledger.attempts()
    assert (caught.value.attempt_id, attempt.money) == (attempt.id, "unknown")
    ledger.fails = frozenset()
    assert len(shop.credentials) == 1


def test_nor_is_it_kept_from_whoever_recovers(shop: Shop, ledger: FullLedger, make_buyer: MakeBuyer) -> None:
    buyer = make_buyer(ledger=ledger)
    shop.answers = [broken(httpx.ReadTimeout)] * 5
    with pytest.raises(PaymentOutcomeUnknown):
        buyer.draw()
    shop.answers = [accepted()]
    ledger.fails = frozenset({"conclude"})

    assert recover(buyer) == [("unknown", "none", None)]
    shop.answers = [status(500)]
    with unknown() as caught:
        recover(buyer)
    assert caught.value.attempt_id == ledger.attempts()[0].id
