"""Published vectors, made with the official SDK: the same key, terms and nonce give the same bytes."""

from __future__ import annotations

from typing import Any

import pytest

from coinslot.backend import Setting
from coinslot.effects import Headers, Reply
from coinslot.offer import Offer
from coinslot.x402 import credential_header, decode_header, read_challenge
from coinslot_base.assets import token_of
from coinslot_base.authorization import TRANSFER_TYPE, Authorization, domain_separator
from coinslot_base.backend import MAX_VALID_SECONDS, backend
from coinslot_base.wallet import signer_of
from tests.base.parts import offer, payer, returned, surroundings, vectors

EIP3009 = vectors("eip3009")
IDS = [vector["name"] for vector in EIP3009]


def _offer(given: dict[str, Any]) -> Offer:
    return offer(**given["requirements"])


@pytest.mark.parametrize("vector", EIP3009, ids=IDS)
def test_digest_and_signer(vector: dict[str, Any]) -> None:
    expected = vector["expected"]
    token = token_of(_offer(vector["input"]))
    assert token is not None
    authorization = Authorization.read(expected["payload"]["authorization"])

    assert "0x" + TRANSFER_TYPE.hex() == expected["typeHash"]
    assert "0x" + domain_separator(token).hex() == expected["domainSeparator"]
    assert "0x" + authorization.digest(token).hex() == expected["digest"]
    assert signer_of(authorization.digest(token), expected["payload"]["signature"]) == expected["payer"]


@pytest.mark.parametrize("vector", EIP3009, ids=IDS)
def test_payload(vector: dict[str, Any]) -> None:
    given, expected = vector["input"], vector["expected"]
    # We never sign for longer than 300 s, so a vector that does is moved to where it ends when ours would.
    longer = max(0, given["requirements"]["maxTimeoutSeconds"] - MAX_VALID_SECONDS)
    fixed = surroundings(given["now"] + longer, bytes.fromhex(given["nonce"][2:]))
    paying = backend(Setting({"COINSLOT_EVM_KEY": given["privateKey"]}, fixed))
    asked = _offer(given)

    credential = paying.sign(returned(paying.prepare(asked)))

    assert credential.payload == expected["payload"]
    assert credential.nonce == given["nonce"]
    assert paying.decode(credential, asked).payer == expected["payer"]


@pytest.mark.parametrize("vector", EIP3009, ids=IDS)
def test_header(vector: dict[str, Any]) -> None:
    """A 402 with the vector's terms is answered with the vector's `PAYMENT-SIGNATURE`."""
    given, expected = vector["input"], vector["expected"]
    declared = {"x402Version": 2, "resource": given["resource"], "accepts": [given["requirements"]]}
    challenge = read_challenge(_required(declared))
    assert challenge is not None

    name, value = credential_header(challenge, challenge.offers[0], expected["payload"])

    assert name == "PAYMENT-SIGNATURE"
    assert decode_header(value, name) == decode_header(expected["paymentSignatureHeader"], name)
    assert decode_header(value, name) == expected["paymentPayload"]


def test_the_payable_offer_of_a_published_challenge_is_found() -> None:
    vector = vectors("x402_headers")[0]
    challenge = read_challenge(Reply(402, Headers({vector["header"]: vector["pythonSdkBase64"]})))
    assert challenge is not None

    payable = [asked.network for asked in challenge.offers if payer().refuses(asked) is None]

    assert payable == ["eip155:8453"]


def _required(declared: dict[str, Any]) -> Reply:
    from coinslot.x402 import encode_header

    return Reply(402, Headers({"PAYMENT-REQUIRED": encode_header(declared)}))
