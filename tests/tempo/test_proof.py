"""A proof of who asks is signed for the host that was asked, and moves no money."""

from __future__ import annotations

from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from coinslot.errors import PaymentRefused
from tests.tempo.parts import CHALLENGE, REALM, offer, payer

PAYING = payer()
URL = f"https://{REALM}/api/jobs/7"
ASKED = offer(amount=0)


def test_the_newest_shape_is_the_usual_one() -> None:
    proof = PAYING.prove(ASKED, URL)

    typed = encode_typed_data(
        {"name": "MPP", "version": "3", "chainId": 4217},
        {
            "Proof": [
                {"name": "account", "type": "address"},
                {"name": "challengeId", "type": "string"},
                {"name": "realm", "type": "string"},
            ]
        },
        {"account": PAYING.identity.address, "challengeId": CHALLENGE, "realm": REALM},
    )
    signer = Account.recover_message(typed, signature=proof.payload["signature"])
    assert signer == PAYING.identity.address
    assert proof.source == f"did:pkh:eip155:4217:{signer}"


@pytest.mark.parametrize(
    ("asked", "url"),
    [
        (offer(amount=1), URL),
        (ASKED, "https://elsewhere.example/api/jobs/7"),
        (offer(amount=0, details={"chainId": None}), URL),
        (offer(amount=0, details={"chainId": 1}), URL),
        (offer(amount=0, scheme="tempo/session"), URL),
        (offer(amount=0, protocol="x402"), URL),
        (offer(amount=0, raw={"digest": "sha-256=AAAA"}), URL),
    ],
    ids=["money", "host", "no chain", "chain", "intent", "protocol", "body"],
)
def test_refused(asked: Any, url: str) -> None:
    with pytest.raises(PaymentRefused, match="Nothing was signed") as refused:
        PAYING.prove(asked, url)

    assert refused.value.slug == "proof"


def test_a_proof_is_no_payment() -> None:
    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(PAYING.prove(ASKED, URL), ASKED)
