"""What is signed is what was offered, and a credential that was touched proves nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot.backend import Backend, Credential
from coinslot.errors import PaymentRefused
from coinslot_tempo import rlp
from coinslot_tempo.addresses import checksummed
from coinslot_tempo.memo import attribution
from coinslot_tempo.transaction import EXPIRING, Signed
from tests.tempo.parts import CHALLENGE, NOW, PAYEE, REALM, USDC_E, drafted, offer, payer, returned, signed
from tests.tempo.signing import ADDRESSES, BOTH, OFFER, PAYING, SPONSORED, having


def test_the_backend_protocol_is_whole() -> None:
    paying: Backend = PAYING

    assert isinstance(paying, Backend)
    assert (paying.name, paying.test_key) == ("tempo", True)


@given(
    amount=st.integers(1, 2**127),
    payee=ADDRESSES.map(checksummed),
    parts=st.lists(st.tuples(st.integers(1, 2**120), ADDRESSES.map(checksummed)), max_size=10),
    now=st.integers(1, 2**40),
    tied=st.tuples(st.text(min_size=1), st.booleans()),
)
def test_decoding_gives_back_the_terms(
    amount: int, payee: str, parts: list[tuple[int, str]], now: int, tied: tuple[str, bool]
) -> None:
    challenge, sponsored = tied
    paying = payer(now=now + 0.9)
    splits = [{"amount": str(part), "recipient": to} for part, to in parts]
    total = amount + sum(part for part, _ in parts)
    asked = offer(
        amount=total,
        recipient=payee,
        details={"splits": splits, "feePayer": sponsored},
        raw={"id": challenge},
    )

    draft = drafted(asked, paying)
    credential = paying.sign(draft)
    terms = paying.decode(credential, asked)

    assert (terms.network, terms.asset) == ("eip155:4217", USDC_E)
    assert (terms.amount, terms.payee, terms.payer) == (total, payee, paying.identity.address)
    assert terms.expires_at == draft.expires_at == now + 25
    assert returned(paying.submit(credential)) is credential
    assert str(credential.payload["signature"]).startswith("0x78" if sponsored else "0x76")


@BOTH
def test_what_is_kept_is_json_without_signed_material(asked: Any) -> None:
    credential = signed(asked)

    assert json.loads(json.dumps(credential.payload)) == credential.payload
    kept = json.loads(json.dumps(dict(credential.evidence)))
    assert kept == credential.evidence
    assert str(credential.payload["signature"])[-130:] not in json.dumps(kept)
    assert str(credential.payload["signature"])[2:] not in repr(credential)
    assert (kept["transaction"] is None) is (asked is SPONSORED)


@BOTH
def test_lists_are_empty_and_the_nonce_expires(asked: Any) -> None:
    sent = bytes.fromhex(str(signed(asked).payload["signature"])[2:])

    items = rlp.decode(sent[1:])

    assert (items[5], items[9], items[12]) == ([], b"", [])
    assert items[6:8] == [rlp.number(EXPIRING), b""]
    assert len(items) == 14


def test_without_a_node_the_fee_is_from_our_table() -> None:
    plain, sponsored = drafted(OFFER), drafted(SPONSORED)

    assert plain.fields == {
        "gasLimit": 1_000_000,
        "gasPrice": 40_000_000_000,
        "tip": 1_000_000_000,
        "feeToken": USDC_E,
        "since": None,
    }
    assert (plain.max_fee, sponsored.max_fee) == (40_000, 0)
    assert sponsored.fields == {**plain.fields, "feeToken": None}


def test_the_challenge_caps_the_life() -> None:
    assert drafted(offer(expires_at=NOW + 10)).expires_at == NOW + 11
    assert drafted(offer(expires_at=NOW + 600)).expires_at == NOW + 25
    configured = payer({"COINSLOT_TEMPO_VALID_SECONDS": "300"})
    assert drafted(OFFER, configured).expires_at == NOW + 300


@pytest.mark.parametrize(
    ("asked", "left"),
    [
        (offer(expires_at=NOW + 3), 4),
        (offer(expires_at=NOW - 9), 0),
        (offer(details={"feePayer": True}, expires_at=NOW + 13), 14),
    ],
    ids=["short", "over", "short for a sponsor"],
)
def test_too_short_a_life_is_not_signed(asked: Any, left: int) -> None:
    with pytest.raises(PaymentRefused, match=f"live {left} s") as refused:
        drafted(asked)

    assert refused.value.slug == "validity"


def test_memos() -> None:
    own = attribution(CHALLENGE, REALM)
    fixed = bytes([0x5A]) * 32
    splits = [
        {"amount": "1", "recipient": PAYEE},
        {"amount": "2", "recipient": PAYEE, "memo": "0x" + fixed.hex()},
    ]

    memos = [
        [one.memo for one in _read(signed(offer(details=details))).transaction.transfers]
        for details in ({}, {"splits": splits}, {"memo": fixed.hex()}, {"memo": "0x" + own.hex()})
    ]

    assert memos == [[own], [own, own, fixed], [fixed], [own]]


def test_the_clients_name_stands_in_the_memo() -> None:
    named = payer({"COINSLOT_TEMPO_CLIENT": " metered-client "})

    memo = _read(signed(OFFER, named)).transaction.transfers[0].memo

    assert memo == attribution(CHALLENGE, REALM, "metered-client") != attribution(CHALLENGE, REALM)


@BOTH
def test_any_other_byte_is_refused(asked: Any) -> None:
    credential = signed(asked)
    sent = bytes.fromhex(str(credential.payload["signature"])[2:])

    for position in range(len(sent)):
        for flipped in (1, 0x80):
            changed = bytearray(sent)
            changed[position] ^= flipped
            with pytest.raises(ValueError, match=r"."):
                PAYING.decode(having(credential, bytes(changed)), asked)


@given(sent=st.binary(max_size=200))
def test_any_bytes_are_refused(sent: bytes) -> None:
    credential = signed(OFFER)

    for kind in (b"", b"\x76", b"\x78"):
        with pytest.raises(ValueError, match=r"."):
            PAYING.decode(having(credential, kind + sent), OFFER)


def test_no_fallback_between_sponsored_and_self_paid() -> None:
    with pytest.raises(PaymentRefused, match="somebody else"):
        PAYING.sign(replace(drafted(OFFER), offer=SPONSORED))
    with pytest.raises(PaymentRefused, match="somebody else"):
        PAYING.sign(replace(drafted(SPONSORED), offer=OFFER))


def _read(credential: Credential) -> Signed:
    return Signed.read(bytes.fromhex(str(credential.payload["signature"])[2:]))


@pytest.mark.parametrize("told", ["0x" + "aB" * 32, "ab" * 32])
def test_t48_a_transaction_is_named_by_its_hash(told: str) -> None:
    assert PAYING.is_transaction(told)


@pytest.mark.parametrize("told", ["hello", "0x" + "ab" * 31, "0x" + "ab" * 33, "0x" + "zz" * 32, ""])
def test_t48_nothing_else_names_one(told: str) -> None:
    assert not PAYING.is_transaction(told)
