"""The official sign-in extension lets us in: with a message of our own, and with its challenge."""

from __future__ import annotations

import httpx
import pytest

from coinslot.errors import SignInRefused
from stablestudio import AsyncStableStudio, StableStudio
from tests.interop.evm import PAYEE, PRICE, Market
from tests.interop.proxy import GENERATE, Answer, Asked, Forward

pytestmark = pytest.mark.chain


@pytest.mark.parametrize("challenges_only", [False, True], ids=["own-message", "challenge"])
def test_signed_in_and_never_paid(here: Market, challenges_only: bool) -> None:  # noqa: FBT001 - a column
    here.shop.challenges_only = challenges_only
    with StableStudio(base_url=here.line.origin, **here.options()) as studio:
        assert studio.jobs.list().items == []
        job = studio.nano_banana_pro.generate(prompt="a cat")
        assert [item.id for item in studio.jobs.list().items] == [job.id]
        assert job.wait().image_url

    # Each request is signed afresh, and a challenge costs one more only until it is known to be wanted.
    assert len(set(here.shop.signed_in)) == len(here.shop.signed_in)
    challenged = here.shop.challenged & set(here.shop.signed_in)
    assert len(challenged) == (len(here.shop.signed_in) if challenges_only else 0)
    assert len(here.shop.refused) == int(challenges_only)
    assert here.moved() == {PAYEE: PRICE}


@pytest.mark.anyio
@pytest.mark.parametrize("challenges_only", [False, True], ids=["own-message", "challenge"])
async def test_signed_in_async(here: Market, challenges_only: bool) -> None:  # noqa: FBT001 - a column
    here.shop.challenges_only = challenges_only
    async with AsyncStableStudio(base_url=here.line.origin, **here.options()) as studio:
        assert (await studio.jobs.list()).items == []
        assert (await studio.jobs.list()).items == []

    assert len(here.shop.signed_in) == 2
    assert here.moved() == {}


def test_a_wallet_sees_only_its_own_jobs(here: Market) -> None:
    stranger = here.options()["environ"] | {"COINSLOT_EVM_KEY": "test:" + "d1" * 32}
    with StableStudio(base_url=here.line.origin, **here.options()) as studio:
        studio.nano_banana_pro.generate(prompt="a cat")
    with StableStudio(base_url=here.line.origin, **here.options(environ=stranger)) as studio:
        assert studio.jobs.list().items == []


def test_a_list_that_asks_for_money_is_not_paid(here: Market) -> None:
    """The official clients pay here; a job's state is not for sale."""

    def for_sale(asked: Asked, forward: Forward) -> Answer | None:
        return priced(here)

    here.line.plan("list", *[for_sale] * 10)
    with (
        StableStudio(base_url=here.line.origin, **here.options()) as studio,
        pytest.raises(SignInRefused),
    ):
        studio.jobs.list()

    assert here.moved() == {}
    assert here.ledger.attempts() == []
    assert not [asked for asked in here.line.seen if "PAYMENT-SIGNATURE" in asked.headers]


def priced(here: Market) -> Answer:
    """Return the shop's own challenge for a paid call, in answer to something else."""
    told = here.wire.post(here.line.shop + GENERATE, json={}, headers={"Host": here.line.origin[7:]})
    return Answer(402, httpx.Headers({"PAYMENT-REQUIRED": told.headers["PAYMENT-REQUIRED"]}), b"{}")
