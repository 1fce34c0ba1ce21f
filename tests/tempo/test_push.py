"""Payments that are sent to the node show the hash of what was sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coinslot.effects import NoReply
from tests.tempo.parts import NODE, Answers, driven, offer, payer, signed
from tests.tempo.signing import OFFER

PUSHING = payer({"COINSLOT_TEMPO_PUSH": "1", "COINSLOT_TEMPO_RPC": NODE})
PUSHED = offer(details={"supportedModes": ["push"]})
QUIET = Answers({"eth_chainId": hex(4217), "eth_gasPrice": hex(10**9)})


def test_push_shows_the_hash_of_what_it_sends() -> None:
    credential = signed(PUSHED, PUSHING, QUIET)
    node = Answers({"eth_sendRawTransactionSync": {"status": "0x1"}})

    submitted = driven(PUSHING.submit(credential), node)

    assert submitted is credential
    assert credential.to_submit is not None
    assert credential.payload == {"type": "hash", "hash": credential.evidence["transaction"]}
    assert credential.to_submit.hex() not in repr(credential)
    assert node.asked == [("eth_sendRawTransactionSync", ["0x" + credential.to_submit.hex()])]
    assert PUSHING.decode(credential, PUSHED).amount == PUSHED.amount


def test_push_shows_no_other_hash() -> None:
    credential = signed(PUSHED, PUSHING, QUIET)
    other = signed(OFFER, PUSHING, QUIET)

    for touched in (
        replace(credential, payload=other.payload),
        replace(credential, payload={"type": "hash", "hash": "0x" + "ab" * 32}),
        replace(credential, to_submit=None),
        replace(other, to_submit=credential.to_submit),
    ):
        for asked in (PUSHED, OFFER):
            with pytest.raises(ValueError, match=r"."):
                PUSHING.decode(touched, asked)


def test_push_that_the_node_does_not_confirm_is_an_unanswered_request() -> None:
    credential = signed(PUSHED, PUSHING, QUIET)

    with pytest.raises(NoReply, match="refuses"):
        driven(PUSHING.submit(credential), Answers())
