"""A paid answer that broke off, of a route without a job: what came is kept, and never taken for all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from coinslot.attempt import Attempt, Conclusion, StoredAnswer
from coinslot.backend import Surroundings
from coinslot.errors import LedgerUnavailable, PaymentOutcomeUnknown
from coinslot.ledger import SqliteLedger
from coinslot.policy import Policy
from coinslot.transport import AsyncPaymentTransport, CallTerms, PaymentTransport
from tests.threats.coin import CoinBackend, CoinShop, receipt
from tests.threats.test_paying_once import PLAIN

from .conftest import DEVELOPMENT_KEY, ORIGIN, Answer, Clock, Shop, accepted, encode, status
from .conftest import receipt as x402_receipt

PART = b'{"drawing": "half of '
RECEIPTS = {"x402": {"PAYMENT-RESPONSE": encode(x402_receipt())}, "mpp": {"Payment-Receipt": receipt()}}


class Cut(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces
        message = "cut"
        raise httpx.RemoteProtocolError(message)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece


def cut(*pieces: bytes, code: int = 200, headers: dict[str, str] | None = None) -> Answer:
    return lambda _: httpx.Response(code, headers=headers, stream=Cut(*pieces))


class CutCoinShop(CoinShop):
    """Takes coins, and answers what it is told to."""

    answers: list[Answer]

    def __call__(self, request: httpx.Request) -> httpx.Response:
        answer = super().__call__(request)
        return self.answers.pop(0)(request) if answer.status_code == 200 else answer


class FullLedger(SqliteLedger):
    """A ledger whose disk is full from when it is told so."""

    full = False

    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        if self.full:
            message = "The disk is full."
            raise LedgerUnavailable(message)
        return super().conclude(attempt_id, owner, conclusion)


@pytest.fixture
def ledger(tmp_path: Path, clock: Clock) -> FullLedger:
    return FullLedger(tmp_path / "ledger.sqlite3", now=clock.now)


Draw = Callable[..., httpx.Response]


@pytest.fixture(params=["x402", "mpp"])
def protocol(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sold(protocol: str, shop: Shop) -> Any:
    return shop if protocol == "x402" else CutCoinShop()


@pytest.fixture(params=["sync", "async"])
def draw(request: pytest.FixtureRequest, ledger: FullLedger, clock: Clock, sold: Any, protocol: str) -> Draw:
    """Make the call on one of the two faces."""
    payer = "base" if protocol == "x402" else CoinBackend()
    options: dict[str, Any] = {
        "pay_with": [payer],
        "policy": Policy(payees={ORIGIN: "dynamic"}),
        "ledger": ledger,
        "environ": {"COINSLOT_EVM_KEY": DEVELOPMENT_KEY},
        "surroundings": Surroundings(now=clock.now, sleep=clock.sleep),
    }

    def call(**terms: Any) -> dict[str, Any]:
        extensions = {"coinslot": CallTerms(route=PLAIN, **terms)}
        return {"url": f"{ORIGIN}/api/draw", "json": {"prompt": "a cat"}, "extensions": extensions}

    def at_once(**terms: Any) -> httpx.Response:
        transport = PaymentTransport(httpx.MockTransport(sold), **options)
        with httpx.Client(transport=transport) as client:
            return client.post(**call(**terms))

    def awaited(**terms: Any) -> httpx.Response:
        async def made() -> httpx.Response:
            transport = AsyncPaymentTransport(httpx.MockTransport(sold), **options)
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.post(**call(**terms))

        return anyio.run(made)

    return at_once if request.param == "sync" else awaited


@pytest.mark.parametrize("key", [None, "order-7"], ids=["no key", "a key"])
def test_t11_what_came_of_a_cut_answer_is_in_the_error_and_on_record(
    sold: Any, draw: Draw, ledger: FullLedger, protocol: str, key: str | None
) -> None:
    sold.answers = [cut(PART, headers=RECEIPTS[protocol])]
    with pytest.raises(PaymentOutcomeUnknown, match=rf"{len(PART)} bytes of its answer came") as caught:
        draw(idempotency_key=key)
    (attempt,) = ledger.attempts()
    assert (attempt.money, attempt.delivery) == ("settled", "none")
    assert (caught.value.attempt_id, caught.value.body) == (attempt.id, PART)
    assert f"`coinslot ledger show {attempt.id} --save-answer FILE`" in str(caught.value)
    assert ledger.answer(attempt.id) == StoredAnswer(200, "", PART, partial=True)

    sold.answers = [status(404)]
    with pytest.raises(PaymentOutcomeUnknown) as again:
        draw(idempotency_key=key)
    assert (again.value.attempt_id, again.value.body) == (attempt.id, PART)

    sold.answers = [lambda _: httpx.Response(200, content=b"whole", headers=RECEIPTS[protocol])]
    assert draw(idempotency_key=key).content == b"whole"
    (attempt,) = ledger.attempts()
    assert (attempt.money, attempt.delivery) == ("settled", "finished")
    if key is not None:
        assert draw(idempotency_key=key).content == b"whole"
    assert (
        len({(one.headers.get("PAYMENT-SIGNATURE"), one.headers.get("Authorization")) for one in sold.paid})
        == 1
    )


def test_t11_the_longest_part_is_kept_however_long(sold: Any, draw: Draw, ledger: FullLedger) -> None:
    long = b"\x00\xff" * (512 * 1024)
    sold.answers = [cut(PART)]
    with pytest.raises(PaymentOutcomeUnknown):
        draw()
    for pieces in ((long,), (PART,), ()):
        sold.answers = [cut(*pieces)]
        with pytest.raises(PaymentOutcomeUnknown) as caught:
            draw()
        assert caught.value.body == long
        kept = ledger.answer(caught.value.attempt_id or "")
        assert (kept is not None, kept and kept.body) == (True, long)
    (attempt,) = ledger.attempts()
    assert (attempt.money, attempt.delivery) == ("unknown", "none")


def test_t11_a_part_that_cannot_be_put_on_record_is_in_the_error(
    sold: Any, draw: Draw, ledger: FullLedger
) -> None:
    sold.answers = [cut(PART)]
    ledger.full = True
    with pytest.raises(PaymentOutcomeUnknown, match="The disk is full") as caught:
        draw()

    assert caught.value.body == PART


def test_a_cut_refusal_is_no_part_of_an_answer(sold: Any, draw: Draw) -> None:
    sold.answers = [cut(b'{"error": "no', code=500)] * 5
    with pytest.raises(PaymentOutcomeUnknown) as caught:
        draw()

    assert caught.value.body == b""


def test_what_was_given_up_is_not_answered_with_a_part(
    sold: Any, draw: Draw, ledger: FullLedger, protocol: str
) -> None:
    sold.answers = [cut(PART, headers=RECEIPTS[protocol])]
    with pytest.raises(PaymentOutcomeUnknown):
        draw(idempotency_key="order-7")
    (attempt,) = ledger.attempts()
    ledger.resolve(attempt.id, "lost", "it never came")

    with pytest.raises(PaymentOutcomeUnknown, match="delivery: lost") as caught:
        draw(idempotency_key="order-7")
    assert caught.value.body == PART


def test_t11_where_a_job_is_looked_for_in_vain_the_part_is_there_too(shop: Shop, buyer: Any) -> None:
    shop.answers = [cut(PART)]
    with pytest.raises(PaymentOutcomeUnknown) as caught:
        buyer.draw()
    assert caught.value.body == PART

    shop.answers = [accepted()]
    assert buyer.draw().json()["jobId"] == "job-1"
