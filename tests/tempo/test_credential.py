"""What is signed is what was offered, and a credential that was touched proves nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot.backend import Backend, Credential
from coinslot.effects import NoReply
from coinslot.errors import PaymentRefused
from coinslot.evm_key import ORDER
from coinslot_tempo import rlp
from coinslot_tempo.addresses import address_bytes, checksummed
from coinslot_tempo.memo import attribution
from coinslot_tempo.networks import TOKEN_PREFIX
from coinslot_tempo.transaction import EXPIRING, Signed
from tests.tempo.parts import (
    CHALLENGE,
    NODE,
    NOW,
    OUSD,
    PATH_USD,
    PAYEE,
    REALM,
    USDC_E,
    Answers,
    drafted,
    driven,
    offer,
    payer,
    returned,
    signed,
)

PAYING = payer()
OFFER = offer()
SPONSORED = offer(details={"feePayer": True})
BOTH = pytest.mark.parametrize("asked", [OFFER, SPONSORED], ids=["plain", "sponsored"])
ADDRESSES = st.binary(min_size=20, max_size=20).filter(
    lambda raw: any(raw) and not raw.startswith(TOKEN_PREFIX)
)


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
                PAYING.decode(_having(credential, bytes(changed)), asked)


@given(sent=st.binary(max_size=200))
def test_any_bytes_are_refused(sent: bytes) -> None:
    credential = signed(OFFER)

    for kind in (b"", b"\x76", b"\x78"):
        with pytest.raises(ValueError, match=r"."):
            PAYING.decode(_having(credential, kind + sent), OFFER)


def _items(position: int, value: Any) -> Any:
    def change(items: list[Any]) -> None:
        items[position] = value

    return change


CHANGES: dict[str, Any] = {
    "another chain": _items(0, rlp.number(42431)),
    "no tip": _items(1, b""),
    "more gas": _items(3, rlp.number(1_000_001)),
    "too much gas": _items(3, rlp.number(2_000_001)),
    "an access list": _items(5, [[bytes(20), [bytes(32)]]]),
    "a counted nonce": _items(6, b""),
    "a nonce": _items(7, b"\x01"),
    "no end": _items(8, b""),
    "a start": _items(9, b"\x01"),
    "another fee token": _items(10, address_bytes(PATH_USD)),
    "a sponsor": _items(11, b"\x00"),
    "an authorization": _items(12, [b"\x01"]),
    "a key authorization": lambda items: items.insert(13, [b"\x01"]),
    "a further item": lambda items: items.append(b""),
    "one call more": lambda items: items[4].append([address_bytes(USDC_E), b"", b""]),
    "the call twice": lambda items: items[4].append(items[4][0]),
    "no call": _items(4, []),
    "money with the call": lambda items: items[4][0].__setitem__(1, b"\x01"),
    "another token": lambda items: items[4][0].__setitem__(0, address_bytes(PATH_USD)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("resign", [True, False], ids=["signed", "unsigned"])
@BOTH
def test_another_transaction_is_refused(asked: Any, change: Any, resign: bool) -> None:  # noqa: FBT001 - a column
    """Also where we signed it: what was not offered is not sent."""
    credential = signed(asked)
    sent = bytes.fromhex(str(credential.payload["signature"])[2:])
    items: Any = rlp.decode(sent[1:])
    items[4] = [list(call) for call in items[4]]
    change(items)
    nonce = credential.nonce
    if resign:
        body = list(items[:-1])
        body[11:12] = [b"\x00" if asked is SPONSORED else body[11]]
        digest = _keccak(b"\x76" + rlp.encode(body))
        items[-1], nonce = PAYING._wallet.sign(digest), "0x" + digest.hex()
    touched = replace(_having(credential, sent[:1] + rlp.encode(items)), nonce=nonce)

    if resign and change in (CHANGES["more gas"], CHANGES["no tip"]):
        # Within our limits, so it is ours; the number is the draft's business.
        assert PAYING.decode(touched, asked).amount == asked.amount
        return
    if resign and change is CHANGES["another fee token"] and asked is OFFER:
        assert PAYING.decode(touched, asked).amount == asked.amount
        return
    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(touched, asked)


def test_any_other_signature_is_refused() -> None:
    credential = signed(OFFER)
    sent = bytes.fromhex(str(credential.payload["signature"])[2:])
    r, s, v = sent[-65:-33], int.from_bytes(sent[-33:-1]), sent[-1]
    others = [
        r + (ORDER - s).to_bytes(32) + bytes([55 - v]),
        r + s.to_bytes(32) + bytes([v - 27]),
        bytes(64) + bytes([v]),
        b"\xff" * 64 + bytes([v]),
    ]

    for other in others:
        with pytest.raises(ValueError, match=r"signature|signed"):
            PAYING.decode(_having(credential, sent[:-65] + other), OFFER)


def test_another_wallets_payment_is_refused() -> None:
    other = payer({"COINSLOT_EVM_KEY": "test:" + "d1" * 32})

    for asked in (OFFER, SPONSORED):
        with pytest.raises(ValueError, match="this wallet"):
            PAYING.decode(signed(asked, other), asked)


@pytest.mark.parametrize(
    "other",
    [
        offer(amount=134_001),
        offer(recipient="0x70997970C51812dc3A010C7d01b50e0d17dc79C8"),
        offer(currency=PATH_USD),
        offer(details={"chainId": 42431}, currency=PATH_USD),
        offer(raw={"id": "another"}),
        offer(raw={"realm": "another.example"}),
        offer(details={"memo": "0x" + "5a" * 32}),
        offer(details={"splits": [{"amount": "1", "recipient": PAYEE}]}),
        offer(scheme="tempo/session"),
        SPONSORED,
    ],
    ids=["amount", "payee", "token", "chain", "challenge", "realm", "memo", "splits", "intent", "sponsor"],
)
def test_a_payment_of_another_offer_is_refused(other: Any) -> None:
    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(signed(OFFER), other)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "hash", "hash": "0x" + "ab" * 32},
        {"type": "transaction"},
        {"type": "transaction", "signature": None},
        {"type": "transaction", "signature": "0x"},
        {"type": "transaction", "signature": "0xzz"},
        {"type": "proof", "signature": "SIGNED"},
        {"type": "transaction", "signature": "SIGNED", "further": 1},
        {"type": "transaction", "signature": "UPPER"},
        {"type": "transaction", "signature": "SPACED"},
        {"type": "transaction", "signature": "BARE"},
    ],
    ids=str,
)
def test_another_payload_is_refused(payload: dict[str, Any]) -> None:
    credential = signed(OFFER)
    whole = str(credential.payload["signature"])
    spellings = {
        "SIGNED": whole,
        "UPPER": whole.upper(),
        "SPACED": f"{whole[:10]} {whole[10:]}",
        "BARE": whole[2:],
    }
    given = {name: spellings.get(str(value), value) for name, value in payload.items()}

    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(replace(credential, payload=given), OFFER)


def test_another_nonce_or_payer_beside_the_payload_is_refused() -> None:
    credential = signed(OFFER)

    for touched in (replace(credential, nonce="0x" + "00" * 32), replace(credential, source=None)):
        with pytest.raises(ValueError, match="another transaction or payer"):
            PAYING.decode(touched, OFFER)


@pytest.mark.parametrize(
    "fields",
    [
        {"gasLimit": 2_000_001},
        {"gasLimit": 1e6},
        {"gasLimit": "1000000"},
        {"gasLimit": -1},
        {"gasPrice": 100_000_000_001},
        {"gasPrice": 50_000_000_001},
        {"tip": 40_000_000_001},
        {"feeToken": None},
        {"feeToken": OUSD},
        {"feeToken": "0x" + "11" * 20},
        {"feeToken": 7},
    ],
    ids=str,
)
def test_a_draft_past_our_limits_is_not_signed(fields: Mapping[str, Any]) -> None:
    draft = drafted(OFFER)

    with pytest.raises(PaymentRefused) as refused:
        PAYING.sign(replace(draft, fields={**draft.fields, **fields}))

    assert refused.value.slug == "draft"


def test_another_wallets_draft_is_not_signed() -> None:
    with pytest.raises(PaymentRefused, match="another wallet"):
        PAYING.sign(replace(drafted(OFFER), payer=PAYEE))


def test_no_fallback_between_sponsored_and_self_paid() -> None:
    with pytest.raises(PaymentRefused, match="somebody else"):
        PAYING.sign(replace(drafted(OFFER), offer=SPONSORED))
    with pytest.raises(PaymentRefused, match="somebody else"):
        PAYING.sign(replace(drafted(SPONSORED), offer=OFFER))


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


def _read(credential: Credential) -> Signed:
    return Signed.read(bytes.fromhex(str(credential.payload["signature"])[2:]))


def _having(credential: Credential, sent: bytes) -> Credential:
    return replace(credential, payload={"type": "transaction", "signature": "0x" + sent.hex()})


def _keccak(data: bytes) -> bytes:
    from eth_hash.auto import keccak

    return bytes(keccak(data))


@pytest.mark.parametrize("told", ["0x" + "aB" * 32, "ab" * 32])
def test_t48_a_transaction_is_named_by_its_hash(told: str) -> None:
    assert PAYING.is_transaction(told)


@pytest.mark.parametrize("told", ["hello", "0x" + "ab" * 31, "0x" + "ab" * 33, "0x" + "zz" * 32, ""])
def test_t48_nothing_else_names_one(told: str) -> None:
    assert not PAYING.is_transaction(told)
