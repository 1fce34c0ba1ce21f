"""Between our client and the official x402 server, whatever can go wrong does.

What must hold each time, by the chain's own word: one logical call is paid for at most once, to nobody
but its payee; a plain retry loop ends with the job in hand; no credential comes to another origin.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from coinslot.errors import CoinslotError
from stablestudio import StableStudio
from tests.interop import faults
from tests.interop.evm import PAYEE, PRICE, THIEF, Market
from tests.interop.proxy import Answer, Fault, Stranger, stranger

pytestmark = pytest.mark.chain
T = TypeVar("T")
TRIES = 3
ELSEWHERE = "ELSEWHERE"
"""Stands for the origin that must never see a credential."""


@pytest.fixture
def elsewhere() -> Iterator[Stranger]:
    accepted = Answer(200, body=b'{"success":true,"jobId":"job_stolen","status":"pending"}')
    with stranger(accepted.having(Content_Type="application/json")) as other:
        yield other


def naive(call: Callable[[], T]) -> T:
    """Do what a typical program does."""
    for _ in range(TRIES - 1):
        try:
            return call()
        except CoinslotError:
            continue
    return call()


async def naive_async(call: Callable[[], Awaitable[T]]) -> T:
    for _ in range(TRIES - 1):
        try:
            return await call()
        except CoinslotError:
            continue
    return await call()


def studio_of(here: Market) -> StableStudio:
    return StableStudio(base_url=here.line.origin, max_price="0.24", **here.options())


def check(here: Market, job_id: str, *, calls: int = 1) -> None:
    """One payment and one job for each logical call, and this is one of the jobs."""
    assert here.moved() == {PAYEE: calls * PRICE}
    assert len(here.shop.jobs) == calls
    assert job_id in [job["id"] for job in here.shop.jobs]
    credentials = {asked.headers["PAYMENT-SIGNATURE"] for asked in here.line.seen if asked.leg == "paid"}
    assert len(credentials) == calls


STATUSES = (400, 401, 402, 403, 404, 408, 409, 410, 412, 422, 425, 429, 500, 502, 503, 504, 520, 204)
REDIRECTS = (301, 302, 303, 307, 308)

PAID: dict[str, list[Fault]] = {
    "lost": [faults.lost],
    "lost twice": [faults.lost] * 2,
    "lost six times": [faults.lost] * 6,
    "never came": [faults.never_came],
    "never came twice": [faults.never_came] * 2,
    "never came six times": [faults.never_came] * 6,
    "never came and lost": [faults.never_came, faults.lost],
    "delivered twice": [faults.twice],
    "delivered twice, first answer": [faults.twice_and_first],
    "cut in the body": [faults.cut_in_body],
    "cut in the body twice": [faults.cut_in_body] * 2,
    "cut before the body": [faults.cut_before_body],
    "cut in the head": [faults.cut_in_head],
    "no receipt": [faults.no_receipt],
    "unreadable": [faults.unreadable],
    "receipt of failure": [faults.other_receipt(success=False, errorReason="as_told", transaction="")],
    "receipt of another payer": [faults.other_receipt(payer=THIEF)],
    "receipt of another network": [faults.other_receipt(network="eip155:1")],
    "receipt of no transaction": [faults.other_receipt(transaction="")],
    "settlement pending": [
        faults.status(402, after=True, PAYMENT_RESPONSE=faults.encoded({"errorReason": "settlement_pending"}))
    ],
    "second 402": [faults.challenge_again(after=True)],
    "second 402 twice": [faults.challenge_again(after=True)] * 2,
    "second 402, nothing settled": [faults.challenge_again(after=False)],
    "second 402 three times, nothing settled": [faults.challenge_again(after=False)] * 3,
    "another payee on the retry": [faults.challenge_again(after=False, changes={"payTo": THIEF})],
    "another payee after settlement": [faults.challenge_again(after=True, changes={"payTo": THIEF})],
    "another price on the retry": [faults.challenge_again(after=False, changes={"amount": "240000"})],
    "another price after settlement": [faults.challenge_again(after=True, changes={"amount": "240000"})],
    **{f"{code} after settlement": [faults.status(code, after=True)] for code in STATUSES},
    **{f"{code}, nothing settled": [faults.status(code, after=False)] for code in STATUSES if code != 204},
    "429 with Retry-After": [faults.status(429, after=False, Retry_After="1")] * 2,
    "503 with a long Retry-After": [faults.status(503, after=True, Retry_After="3600")],
    "500 six times after settlement": [faults.status(500, after=True)] * 6,
    "500 and second 402": [faults.status(500, after=True), faults.challenge_again(after=True)],
    "lost, second 402, cut": [faults.lost, faults.challenge_again(after=True), faults.cut_in_body],
}


@pytest.mark.parametrize("name", PAID)
def test_the_paid_request(here: Market, name: str) -> None:
    here.line.plan("paid", *PAID[name])

    with studio_of(here) as studio:
        job = naive(lambda: studio.nano_banana_pro.generate(prompt="a lighthouse"))
        assert job.wait().image_url

    check(here, job.id)
