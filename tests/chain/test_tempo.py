"""The sandbox on a native Tempo node: the official server settles, and the token's balances tell."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from mpp.client.transport import Mpp
from mpp.methods.tempo import TempoAccount
from mpp.methods.tempo import client as tempo

from coinslot_sandbox import Options, Sandbox
from coinslot_sandbox.chain.tempo import PATH_USD, TempoChain, tempo_chain
from tests.sandbox.buyer import PRINT

pytestmark = pytest.mark.chain

# The node takes no transaction that is good for longer than 30 s, and the official client makes it good for
# as long as the challenge says, up to a minute.
SECONDS = 25
BODY = {"prompt": "A lighthouse", "imageSize": "2K"}
PRICE = 50_000


@pytest.fixture(scope="module")
def chain() -> Iterator[TempoChain]:
    with tempo_chain() as running:
        yield running


def bought(sandbox: Sandbox, chain: TempoChain, url: str) -> httpx.Response:
    async def paid() -> httpx.Response:
        account = TempoAccount.from_key(sandbox.wallets[0].key.removeprefix("test:"))
        async with Mpp(methods=[tempo.charge(account=account, rpc_url=chain.rpc_url)]) as client:
            return await client.fetch(url + PRINT, method="POST", json=BODY)

    return asyncio.run(paid())


@pytest.mark.parametrize("sponsored", [False, True], ids=["self-paid", "sponsored"])
def test_balances_move_by_price_and_fee(
    chain: TempoChain, example_document: bytes, *, sponsored: bool
) -> None:
    options = Options(networks=["tempo"], tempo_chain=chain, max_timeout_seconds=SECONDS)
    sandbox = Sandbox(example_document, options, sponsored=sponsored)
    payer, payee = sandbox.wallets[0].address, sandbox.options.pay_to
    before = chain.balance(PATH_USD, payer), chain.balance(PATH_USD, payee)
    assert before[0] == 1_000_000_000
    with sandbox.serve() as server:
        answer = bought(sandbox, chain, server.url)
    assert answer.status_code == 200, answer.text
    after = chain.balance(PATH_USD, payer), chain.balance(PATH_USD, payee)
    assert after[1] - before[1] == PRICE
    fee = before[0] - after[0] - PRICE
    assert fee == 0 if sponsored else 0 < fee < 50_000
    (payment,) = sandbox.payments
    assert chain.rpc("eth_getTransactionReceipt", payment.transaction)["status"] == "0x1"


def test_money_stays_where_it_is_until_it_is_settled(chain: TempoChain, example_document: bytes) -> None:
    sandbox = Sandbox(
        example_document, networks=["tempo"], tempo_chain=chain, faults=["error-before-settlement"]
    )
    payer = sandbox.wallets[0].address
    before = chain.balance(PATH_USD, payer)
    with sandbox.serve() as server:
        assert bought(sandbox, chain, server.url).status_code == 503
    assert chain.balance(PATH_USD, payer) == before
