"""Another transaction, signature, payload or draft than the one that was allowed is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from coinslot.errors import PaymentRefused
from coinslot.evm_key import ORDER
from coinslot_tempo import rlp
from coinslot_tempo.addresses import address_bytes
from tests.tempo.parts import OUSD, PATH_USD, PAYEE, USDC_E, drafted, offer, payer, signed
from tests.tempo.signing import BOTH, OFFER, PAYING, SPONSORED, having


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
    touched = replace(having(credential, sent[:1] + rlp.encode(items)), nonce=nonce)

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
            PAYING.decode(having(credential, sent[:-65] + other), OFFER)


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


def _keccak(data: bytes) -> bytes:
    from eth_hash.auto import keccak

    return bytes(keccak(data))
