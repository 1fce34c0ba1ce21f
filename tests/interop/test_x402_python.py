"""The official x402 server takes what we pay: whole calls, settled on a local EVM chain."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from coinslot import AsyncPaymentTransport, PaymentTransport
from coinslot.attempt import Attempt
from coinslot.backend import Outcome, Setting
from coinslot.effects import Reply, Request
from coinslot.transport import CallTerms
from coinslot_base.backend import backend
from stablestudio import AsyncStableStudio, StableStudio
from tests.base.parts import driven
from tests.interop.evm import FUNDS, PAYEE, PRICE, Market
from tests.interop.proxy import GENERATE

pytestmark = pytest.mark.chain
BODY = {"prompt": "a lighthouse"}
TERMS = {"coinslot": CallTerms(max_price="0.20")}


def check_paid_once(here: Market, attempt: Attempt) -> None:
    """Balances moved by exactly the price, and every witness tells of the same transaction."""
    assert here.moved() == {PAYEE: PRICE}
    assert here.chain.balance(PAYEE) == PRICE
    assert here.chain.balance(here.payer) == FUNDS - PRICE
    assert (attempt.money, attempt.settled_by) == ("settled", "server")
    mined = here.chain.rpc("eth_getTransactionReceipt", attempt.transaction)
    assert (mined["status"], mined["to"]) == ("0x1", here.chain.asset.address.lower())
    assert outcome(here, attempt).money == "not known"
    here.chain.mine(2)
    told = outcome(here, attempt)
    assert (told.money, told.transaction) == ("settled", attempt.transaction)
    assert len(here.shop.jobs) == 1


def outcome(here: Market, attempt: Attempt) -> Outcome:
    """What the chain says of an attempt, through the wallet's own node."""

    def answer(request: Request) -> Reply:
        told = here.wire.post(request.url, content=request.body, headers=list(request.headers.items()))
        return Reply(told.status_code, body=told.content)

    paying = backend(Setting(here.options()["environ"]))
    found: Outcome = driven(paying.outcome(attempt), answer)
    return found


def only_attempt(here: Market) -> Attempt:
    (attempt,) = here.ledger.attempts()
    return attempt


def test_a_plain_client_pays(here: Market) -> None:
    with httpx.Client(transport=PaymentTransport(**here.options())) as client:
        answer = client.post(here.line.origin + GENERATE, json=BODY, extensions=TERMS)

    assert answer.json()["jobId"] == here.shop.jobs[0]["id"]
    assert answer.extensions["coinslot"].attempt == only_attempt(here)
    check_paid_once(here, only_attempt(here))


@pytest.mark.anyio
async def test_a_plain_async_client_pays(here: Market) -> None:
    async with httpx.AsyncClient(transport=AsyncPaymentTransport(**here.options())) as client:
        answer = await client.post(here.line.origin + GENERATE, json=BODY, extensions=TERMS)

    assert answer.json()["jobId"] == here.shop.jobs[0]["id"]
    check_paid_once(here, only_attempt(here))


def test_a_generated_client_pays_and_collects(here: Market) -> None:
    with StableStudio(base_url=here.line.origin, **here.options()) as studio:
        quote = studio.nano_banana_pro.generate.quote(prompt="a lighthouse")
        assert (quote.price, here.moved()) == (Decimal("0.134"), {})
        job = studio.nano_banana_pro.generate(prompt="a lighthouse")
        result = job.wait()
        listed = studio.jobs.list()

    assert result.image_url.startswith(here.line.origin)
    assert [item.id for item in listed.items] == [job.id]
    check_paid_once(here, only_attempt(here))


@pytest.mark.anyio
async def test_a_generated_async_client_pays_and_collects(here: Market) -> None:
    async with AsyncStableStudio(base_url=here.line.origin, **here.options()) as studio:
        job = await studio.nano_banana_pro.generate(prompt="a lighthouse")
        result = await job.wait()

    assert result.image_url.startswith(here.line.origin)
    check_paid_once(here, only_attempt(here))


def keyed(max_price: str = "0.20") -> dict[str, Any]:
    return {"coinslot": CallTerms(max_price=max_price, idempotency_key="order-1")}


def test_the_same_key_gives_the_same_answer_and_pays_once(here: Market) -> None:
    with httpx.Client(transport=PaymentTransport(**here.options())) as client:
        first = client.post(here.line.origin + GENERATE, json=BODY, extensions=keyed())
        second = client.post(here.line.origin + GENERATE, json=BODY, extensions=keyed())

    assert first.content == second.content
    assert here.line.count("paid") == 1
    check_paid_once(here, only_attempt(here))


def test_the_same_credential_buys_nothing_twice(here: Market) -> None:
    """The judge judges: what it took once it refuses, from whomever it comes."""
    with httpx.Client(transport=PaymentTransport(**here.options())) as client:
        client.post(here.line.origin + GENERATE, json=BODY, extensions=TERMS)
    credential = here.line.seen[-1].headers["PAYMENT-SIGNATURE"]
    paid = {"PAYMENT-SIGNATURE": credential}
    again = here.wire.post(here.line.origin + GENERATE, json=BODY, headers=paid)

    assert again.status_code == 402
    check_paid_once(here, only_attempt(here))


def test_two_equal_calls_are_two_payments_and_two_jobs(here: Market) -> None:
    with StableStudio(base_url=here.line.origin, **here.options()) as studio:
        jobs = [studio.nano_banana_pro.generate(prompt="a lighthouse") for _ in range(2)]

    assert len({job.id for job in jobs}) == 2
    assert here.moved() == {PAYEE: 2 * PRICE}
