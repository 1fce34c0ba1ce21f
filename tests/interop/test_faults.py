"""Between our client and the official x402 server, whatever can go wrong does.

What must hold each time, by the chain's own word: one logical call is paid for at most once, to nobody
but its payee; a plain retry loop ends with the job in hand; no credential comes to another origin.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Iterator
from random import Random
from typing import TypeVar

import httpx
import pytest

from coinslot.errors import CoinslotError, PaymentRefused
from stablestudio import AsyncStableStudio, StableStudio
from tests.interop import faults
from tests.interop.evm import PAYEE, PRICE, THIEF, Market
from tests.interop.proxy import GENERATE, Answer, Fault, Stranger, stranger

pytestmark = pytest.mark.chain
T = TypeVar("T")
TRIES = 3
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Everything is on this machine; reading the certificates of authorities takes longer than a call."""


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
    wire = httpx.HTTPTransport(verify=NO_TLS)
    return StableStudio(base_url=here.line.origin, max_price="0.24", transport=wire, **here.options())


def check(here: Market, job_id: str, *, calls: int = 1) -> None:
    """One payment and one job for each logical call, and this is one of the jobs."""
    assert here.moved() == {PAYEE: calls * PRICE}
    assert len(here.shop.jobs) == calls
    assert job_id in [job["id"] for job in here.shop.jobs]
    credentials = {asked.headers["PAYMENT-SIGNATURE"] for asked in here.line.seen if asked.leg == "paid"}
    assert len(credentials) == calls


STATUSES = (400, 401, 402, 403, 404, 408, 409, 410, 412, 422, 425, 429, 500, 502, 503, 504, 520, 204)
REDIRECTS = (302, 307)

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


@pytest.mark.anyio
@pytest.mark.parametrize(
    "name", ["lost", "lost twice", "cut in the body", "second 402", "500 after settlement"]
)
async def test_the_paid_request_async(here: Market, name: str) -> None:
    here.line.plan("paid", *PAID[name])

    async with AsyncStableStudio(base_url=here.line.origin, max_price="0.24", **here.options()) as studio:
        job = await naive_async(lambda: studio.nano_banana_pro.generate(prompt="a lighthouse"))
        assert (await job.wait()).image_url

    check(here, job.id)


@pytest.mark.parametrize("code", REDIRECTS)
@pytest.mark.parametrize("after", [True, False], ids=["settled", "not-settled"])
@pytest.mark.parametrize("leg", ["unpaid", "paid", "list", "poll"])
def test_no_credential_follows_a_redirect(
    here: Market,
    elsewhere: Stranger,
    leg: str,
    code: int,
    after: bool,  # noqa: FBT001 - a column
) -> None:
    here.line.plan(leg, faults.redirect(code, f"{elsewhere.origin}/api/jobs", after=after))

    with studio_of(here) as studio:
        job = naive(lambda: studio.nano_banana_pro.generate(prompt="a lighthouse"))
        assert naive(lambda: job.wait().image_url)

    check(here, job.id)
    assert elsewhere.credentials() == []
    assert job.id != "job_stolen"


UNPAID: dict[str, list[Fault]] = {
    "lost": [faults.lost] * 2,
    "never came": [faults.never_came] * 2,
    "500": [faults.status(500, after=True)] * 2,
    "429": [faults.status(429, after=False, Retry_After="1")] * 2,
    "bare 402": [faults.status(402, after=False)] * 2,
    "no offer": [faults.no_offer] * 2,
    "cut in the head": [faults.cut_in_head] * 2,
    "above the cap": [faults.other_terms(amount="240001")] * 2,
    "far above the cap": [faults.other_terms(amount="1" + "0" * 30)] * 2,
    "no amount": [faults.other_terms(amount="0")] * 2,
    "another asset": [faults.other_terms(asset=THIEF)] * 2,
    "another domain": [faults.other_terms(extra={"name": "USDC", "version": "1"})] * 2,
    "permit2": [
        faults.other_terms(extra={"name": "USD Coin", "version": "2", "assetTransferMethod": "permit2"})
    ]
    * 2,
    "another scheme": [faults.other_terms(scheme="upto")] * 2,
    "another resource": [faults.other_resource("http://127.0.0.1:1/api/generate")] * 2,
}


@pytest.mark.parametrize("name", UNPAID)
def test_the_challenge(here: Market, name: str) -> None:
    here.line.plan("unpaid", *UNPAID[name])

    with studio_of(here) as studio:
        job = naive(lambda: studio.nano_banana_pro.generate(prompt="a lighthouse"))

    check(here, job.id)


def test_a_changed_payee_is_never_paid(here: Market) -> None:
    """Known from the first payment on: another address is refused, however often it is asked for."""
    with studio_of(here) as studio:
        studio.nano_banana_pro.generate(prompt="a lighthouse")
        here.line.plan("unpaid", *[faults.other_terms(payTo=THIEF)] * TRIES)
        with pytest.raises(PaymentRefused, match=THIEF[2:]):
            naive(lambda: studio.nano_banana_pro.generate(prompt="a mill"))
        job = naive(lambda: studio.nano_banana_pro.generate(prompt="a mill"))

    check(here, job.id, calls=2)


LISTS: dict[str, list[Fault]] = {
    "lost": [faults.lost] * 20,
    "500": [faults.status(500, after=True)] * 20,
    "402": [faults.status(402, after=False)] * 20,
    "cut in the body": [faults.cut_in_body] * 20,
    "unreadable": [faults.unreadable] * 20,
    "empty": [faults.empty_list] * 20,
}


@pytest.mark.parametrize("name", LISTS)
def test_the_list_fails_as_well(here: Market, name: str) -> None:
    """The answer is lost and so is the job, until the list is there again; nothing is paid in between."""
    with studio_of(here) as studio:
        studio.jobs.list()
        here.line.plan("paid", *[faults.lost] * 30)
        here.line.plan("list", faults.fine, *LISTS[name])
        with pytest.raises(CoinslotError):
            studio.nano_banana_pro.generate(prompt="a lighthouse")
        here.line.heal()
        job = naive(lambda: studio.nano_banana_pro.generate(prompt="a lighthouse"))

    check(here, job.id)


POLLS: dict[str, list[Fault]] = {
    "lost": [faults.lost],
    "500": [faults.status(500, after=True)],
    "429": [faults.status(429, after=False, Retry_After="1")],
    "cut in the body": [faults.cut_in_body],
    "unreadable": [faults.unreadable],
}


@pytest.mark.parametrize("name", POLLS)
def test_polling(here: Market, name: str) -> None:
    here.line.plan("poll", *POLLS[name])

    with studio_of(here) as studio:
        job = studio.nano_banana_pro.generate(prompt="a lighthouse")
        assert naive(lambda: job.wait().image_url)

    check(here, job.id)


def test_a_poll_that_asks_for_money_is_never_paid(here: Market) -> None:
    with studio_of(here) as studio:
        job = studio.nano_banana_pro.generate(prompt="a lighthouse")
        here.line.plan("poll", *[faults.sold(here.line, payTo=THIEF)] * 2)
        with pytest.raises(CoinslotError):
            job.wait()
        assert job.wait().image_url

    check(here, job.id)


AT_RANDOM: list[Fault] = [
    faults.fine,
    faults.lost,
    faults.never_came,
    faults.twice,
    faults.cut_in_body,
    faults.cut_in_head,
    faults.status(500, after=True),
    faults.status(503, after=False),
    faults.status(429, after=True),
    faults.status(404, after=True),
]
ON_PAID: list[Fault] = [
    *AT_RANDOM,
    faults.challenge_again(after=True),
    faults.challenge_again(after=False, changes={"payTo": THIEF}),
    faults.no_receipt,
    faults.other_receipt(payer=THIEF),
]


@pytest.mark.parametrize("seed", range(5))
def test_faults_at_random(here: Market, seed: int) -> None:
    """Many calls, each with a run of faults on every leg; each is asked for until its job is there."""
    chance = Random(seed)  # noqa: S311 - the same on every run
    found: list[str] = []
    with studio_of(here) as studio:
        for number in range(8):
            for leg, pool in (("unpaid", AT_RANDOM), ("paid", ON_PAID), ("list", AT_RANDOM)):
                here.line.plan(leg, *chance.choices(pool, k=chance.randrange(5)))
            prompt = f"lighthouse {number // 2}"
            for _ in range(8):
                try:
                    found.append(studio.nano_banana_pro.generate(prompt=prompt).id)
                    break
                except CoinslotError:
                    continue
            here.line.heal()

    assert len(found) == len(set(found)) == 8
    check(here, found[-1], calls=8)


def test_the_bench_bites(here: Market) -> None:
    """The official client, called the same way over the same line, pays twice for one image."""
    from eth_account import Account
    from x402 import x402ClientSync
    from x402.http.clients.requests import PaymentError, x402_requests
    from x402.mechanisms.evm import EthAccountSigner
    from x402.mechanisms.evm.exact import ExactEvmClientScheme

    from tests.interop.evm import KEY

    client = x402ClientSync()
    signer = EthAccountSigner(Account.from_key(KEY.removeprefix("test:")))
    client.register("eip155:8453", ExactEvmClientScheme(signer))
    here.line.plan("paid", faults.lost)

    def call() -> None:
        with x402_requests(client) as session:
            session.post(here.line.origin + GENERATE, json={"prompt": "a lighthouse"}).raise_for_status()

    with pytest.raises(PaymentError, match="aborted"):
        call()
    call()

    assert here.moved() == {PAYEE: 2 * PRICE}
    assert len(here.shop.jobs) == 2
