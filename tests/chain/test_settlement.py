"""The sandbox on a real chain: the official web3 signer settles, and the token's balances tell."""

from __future__ import annotations

import pytest
from eth_account import Account

from coinslot_sandbox import Sandbox
from coinslot_sandbox.chain import LocalChain
from tests.sandbox.buyer import PRINT, Buyer, decoded

pytestmark = pytest.mark.chain

BODY = {"prompt": "A lighthouse", "imageSize": "2K"}


def test_balances_move_by_exactly_the_price(evm_chain: LocalChain, example_document: bytes) -> None:
    sandbox = Sandbox(example_document, chain=evm_chain)
    buyer = Buyer(sandbox)
    price = int(decoded(buyer.challenge(PRINT, BODY).headers["PAYMENT-REQUIRED"])["accepts"][0]["amount"])
    before = evm_chain.balance(buyer.address), evm_chain.balance(sandbox.options.pay_to)
    answer = buyer.pay(PRINT, BODY)
    assert answer.status_code == 200
    after = evm_chain.balance(buyer.address), evm_chain.balance(sandbox.options.pay_to)
    assert price == 50_000
    assert (before[0] - after[0], after[1] - before[1]) == (price, price)
    receipt = decoded(answer.headers["PAYMENT-RESPONSE"])
    mined = evm_chain.rpc("eth_getTransactionReceipt", receipt["transaction"])
    assert mined["status"] == "0x1"


def test_a_credential_settles_once(evm_chain: LocalChain, example_document: bytes) -> None:
    sandbox = Sandbox(example_document, chain=evm_chain)
    buyer = Buyer(sandbox)
    header = buyer.credential(buyer.challenge(PRINT, BODY))
    assert buyer.http.post(PRINT, json=BODY, headers=header).status_code == 200
    again = buyer.http.post(PRINT, json=BODY, headers=header)
    assert decoded(again.headers["PAYMENT-RESPONSE"])["errorReason"] == "invalid_exact_evm_nonce_already_used"
    assert evm_chain.balance(sandbox.options.pay_to) == 50_000
    assert len(sandbox.jobs) == 1


def test_an_empty_wallet_is_refused(evm_chain: LocalChain, example_document: bytes) -> None:
    sandbox = Sandbox(example_document, chain=evm_chain)
    answer = Buyer(sandbox, key=Account.create().key.hex()).pay(PRINT, BODY)
    assert answer.status_code == 402
    error = decoded(answer.headers["PAYMENT-REQUIRED"])["error"]
    assert error == "invalid_exact_evm_insufficient_balance"


def test_the_chain_refuses_what_has_expired(evm_chain: LocalChain, example_document: bytes) -> None:
    sandbox = Sandbox(example_document, chain=evm_chain)
    buyer = Buyer(sandbox)
    header = buyer.credential(buyer.challenge(PRINT, BODY))
    evm_chain.advance(600)
    assert buyer.http.post(PRINT, json=BODY, headers=header).status_code == 402
    assert not sandbox.jobs
