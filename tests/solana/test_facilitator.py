"""Official x402 code verifies and settles what we sign, on a chain that runs the real token programs."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from solders.keypair import Keypair
from x402.mechanisms.svm.exact.facilitator import ExactSvmScheme
from x402.mechanisms.svm.exact.v1.facilitator import ExactSvmSchemeV1
from x402.schemas import PaymentPayload, PaymentRequirements
from x402.schemas.v1 import PaymentPayloadV1, PaymentRequirementsV1

from coinslot.backend import Credential
from coinslot.offer import Offer
from coinslot_sandbox.solana import FeePayer, Refused
from coinslot_solana.addresses import TOKEN_2022_PROGRAM
from coinslot_solana.transaction import read
from tests.solana.chain import FUNDS, Shop
from tests.solana.parts import MAINNET, PAYEE, driven

PRICE = 134_000
T22 = "GhFJh9xhWQULf6W1WJLNTViiTWEs4wAj3FevZ616wxL2"


def _payment(credential: Credential, asked: Offer) -> tuple[PaymentPayload, PaymentRequirements]:
    accepted = dict(asked.raw)
    payload = PaymentPayload.model_validate(
        {"x402Version": 2, "accepted": accepted, "payload": dict(credential.payload)}
    )
    return payload, PaymentRequirements.model_validate(accepted)


@pytest.mark.parametrize(
    "memo",
    [
        ...,
        "pi_3abc123def456",
        "m" * 256,
        "é" * 128,
        "😀" * 64,
        "\x00" * 256,
        "\u202e" * 85,
        "line\n\t'\"\\",
        "0" * 33,
        "0" * 34,
        "\x7f" * 256,
        "\x85" * 128,
        "\ueee6" * 85,
        "\U0001ff89" * 64,
        "\u0300a" * 85,
    ],
    ids=[
        "random",
        "seller's",
        "longest",
        "accents",
        "emoji",
        "zeros",
        "overrides",
        "escapes",
        "33",
        "34",
        "deletes",
        "controls",
        "private",
        "pictures",
        "marks",
    ],
)
def test_verified_settled_and_paid_to_the_atom(memo: Any) -> None:
    shop = Shop()
    facilitator = ExactSvmScheme(shop.fee_payer)
    asked = shop.offer(told={"memo": memo})
    credential = shop.sign(asked)
    payment = _payment(credential, asked)

    verified = facilitator.verify(*payment)
    settled = facilitator.settle(*payment)

    assert (verified.is_valid, verified.payer) == (True, shop.own), verified.invalid_message
    assert settled.success
    assert shop.chain.balance(PAYEE) == PRICE
    assert shop.chain.balance(shop.own) == FUNDS - PRICE
    assert shop.chain.lamports(shop.own) == 0
    shop.finish()
    found = shop.outcome(credential)
    assert (found.money, found.transaction) == ("settled", settled.transaction)


def test_a_token_2022_mint() -> None:
    declared = {"COINSLOT_SOLANA_TOKENS": f"{MAINNET}:{T22}:T22:9:token-2022"}
    shop = Shop(T22, declared, decimals=9, program=TOKEN_2022_PROGRAM)
    facilitator = ExactSvmScheme(shop.fee_payer)
    asked = shop.offer()
    credential = shop.sign(asked)

    settled = facilitator.settle(*_payment(credential, asked))

    assert settled.success
    assert (shop.chain.balance(PAYEE), shop.chain.balance(shop.own)) == (PRICE, FUNDS - PRICE)
    assert read(credential.payload["transaction"])[0].program == TOKEN_2022_PROGRAM


def test_version_1() -> None:
    shop = Shop()
    facilitator = ExactSvmSchemeV1(shop.fee_payer)
    told = {"feePayer": shop.fee_payer.address, "recentBlockhash": shop.chain.blockhash}
    asked = shop.offer(version=1, network="solana", told=told)
    credential = shop.sign(asked)
    payload = PaymentPayloadV1.model_validate(
        {"x402Version": 1, "scheme": "exact", "network": "solana", "payload": dict(credential.payload)}
    )
    required = PaymentRequirementsV1.model_validate(
        {
            "scheme": "exact",
            "network": "solana",
            "maxAmountRequired": str(asked.amount),
            "resource": "https://api.example.com/paid",
            "description": "",
            "mimeType": "application/json",
            "payTo": asked.payee,
            "maxTimeoutSeconds": 60,
            "asset": asked.asset,
            "extra": told,
        }
    )

    assert facilitator.verify(payload, required).is_valid
    assert facilitator.settle(payload, required).success
    assert shop.chain.balance(PAYEE) == PRICE


def test_equal_payments_are_all_settled() -> None:
    """The same memo, blockhash and price three times over: three payments, not one and two duplicates."""
    shop = Shop()
    facilitator = ExactSvmScheme(shop.fee_payer)
    asked = shop.offer(told={"memo": "always the same"})

    settled = [facilitator.settle(*_payment(shop.sign(asked), asked)) for _ in range(3)]

    assert all(result.success for result in settled)
    assert shop.chain.balance(PAYEE) == 3 * PRICE


def test_a_blockhash_of_our_own_node_will_do() -> None:
    shop = Shop()
    facilitator = ExactSvmScheme(shop.fee_payer)
    asked = shop.offer(told={"recentBlockhash": ...})
    credential = shop.sign(asked)

    assert facilitator.settle(*_payment(credential, asked)).success
    assert read(credential.payload["transaction"])[0].blockhash in shop.chain.hashes


def test_a_wallet_without_money_is_told_so_and_nothing_moves() -> None:
    shop = Shop()
    asked = shop.offer(amount=str(FUNDS + 1))
    payment = _payment(shop.sign(asked), asked)

    verified = ExactSvmScheme(shop.fee_payer).verify(*payment)

    assert verified.invalid_reason == "transaction_simulation_failed"
    assert (shop.chain.balance(PAYEE), shop.chain.balance(shop.own)) == (0, FUNDS)


def test_another_fee_payer_cannot_use_it() -> None:
    shop = Shop()
    credential = shop.sign()
    stranger = FeePayer(shop.chain, Keypair())
    transaction = credential.payload["transaction"]

    with pytest.raises(Refused, match="signature"):
        shop.chain.land(base64.b64decode(stranger.sign_transaction(transaction, stranger.address, "")))


def test_the_balance_is_the_chains() -> None:
    shop = Shop()

    held = driven(shop.paying.balance(), shop.node)

    assert [(asset.address, amount) for asset, amount in held.items()] == [(shop.chain.mint, FUNDS)]
