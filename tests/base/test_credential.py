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
from coinslot.errors import PaymentRefused
from coinslot.evm_key import ORDER
from coinslot_base.addresses import checksummed
from tests.base.parts import NONCE, NOW, PAYEE, USDC, offer, payer, returned

PAYING = payer()
OFFER = offer()


def _signed(**changes: Any) -> Credential:
    return PAYING.sign(returned(PAYING.prepare(offer(**changes))))


def test_the_backend_protocol_is_whole() -> None:
    paying: Backend = PAYING

    assert isinstance(paying, Backend)
    assert (paying.name, paying.test_key) == ("base", True)


@given(
    amount=st.integers(1, 2**256 - 1),
    payee=st.binary(min_size=20, max_size=20).filter(any).map(checksummed),
    seconds=st.integers(10, 10**9),
    now=st.integers(0, 2**40),
    chance=st.binary(min_size=32, max_size=32),
)
def test_decoding_gives_back_the_terms(
    amount: int, payee: str, seconds: int, now: int, chance: bytes
) -> None:
    paying = payer(now=now + 0.9, chance=chance)
    asked = offer(amount=str(amount), payTo=payee, maxTimeoutSeconds=seconds)

    draft = returned(paying.prepare(asked))
    credential = paying.sign(draft)
    terms = paying.decode(credential, asked)

    assert (terms.network, terms.asset) == (asked.network, asked.asset)
    assert (terms.amount, terms.payee, terms.payer) == (amount, payee, paying.identity.address)
    assert terms.expires_at == draft.expires_at == now + min(seconds, 300)
    assert credential.nonce == f"0x{chance.hex()}"
    assert returned(paying.submit(credential)) is credential


def test_what_is_kept_is_json_without_signed_material() -> None:
    draft = returned(PAYING.prepare(OFFER))
    credential = PAYING.sign(draft)

    assert json.loads(json.dumps(dict(draft.fields))) == {"nonce": f"0x{NONCE.hex()}"}
    assert json.loads(json.dumps(credential.payload)) == credential.payload
    assert credential.evidence == {
        "network": "eip155:8453",
        "asset": USDC,
        "from": PAYING.identity.address,
        "nonce": f"0x{NONCE.hex()}",
        "validBefore": NOW + 300,
    }
    assert str(credential.payload["signature"])[2:] not in repr(credential)


def test_the_payee_is_sent_back_letter_for_letter() -> None:
    assert _signed(payTo=PAYEE.lower()).payload["authorization"]["to"] == PAYEE.lower()


TAMPERED: list[tuple[str, Any]] = [
    ("from", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
    ("to", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"),
    ("to", PAYEE.lower()),
    ("value", "134001"),
    ("value", "0134000"),
    ("value", "1.34e5"),
    ("value", 134000),
    ("value", "٣"),
    ("validAfter", "1"),
    ("validBefore", str(NOW + 301)),
    ("validBefore", str(2**256)),
    ("nonce", "0x" + "00" * 32),
    ("nonce", NONCE.hex()),
    ("nonce", None),
    ("further", "member"),
]


@pytest.mark.parametrize(("member", "value"), TAMPERED, ids=str)
def test_a_changed_field_is_refused(member: str, value: object) -> None:
    credential = _signed()
    authorization = {**credential.payload["authorization"], member: value}

    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(_having(credential, {**credential.payload, "authorization": authorization}), OFFER)


def test_any_other_signature_is_refused() -> None:
    credential = _signed()
    signature = str(credential.payload["signature"])
    r, s, v = signature[2:66], int(signature[66:130], 16), int(signature[130:], 16)
    others = [
        signature[:-2] + f"{55 - v:02x}",
        signature[:-2] + f"{v - 27:02x}",
        signature.upper().replace("0X", "0x"),
        signature[:-1],
        signature + "00",
        # The same point from the other side: chains take only the lower half.
        f"0x{r}{ORDER - s:064x}{55 - v:02x}",
        "0x" + "00" * 65,
        "0x" + "ff" * 64 + "1b",
        f"0x{'00' * 32}{s:064x}{v:02x}",
    ]
    for other in others:
        with pytest.raises(ValueError, match=r"signature|signed"):
            PAYING.decode(_having(credential, {**credential.payload, "signature": other}), OFFER)


@given(position=st.integers(2, 131), digit=st.sampled_from("0123456789abcdef"))
def test_any_changed_digit_of_the_signature_is_refused(position: int, digit: str) -> None:
    credential = _signed()
    signature = str(credential.payload["signature"])
    changed = signature[:position] + digit + signature[position + 1 :]
    if changed != signature:
        with pytest.raises(ValueError, match=r"."):
            PAYING.decode(_having(credential, {**credential.payload, "signature": changed}), OFFER)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "134001"},
        {"payTo": "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"},
        {"network": "eip155:84532", "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e"},
        {"asset": PAYEE},
    ],
    ids=str,
)
def test_a_credential_for_another_offer_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(_signed(), offer(**changes))


def test_another_wallets_credential_is_refused() -> None:
    other = payer({"COINSLOT_EVM_KEY": "test:" + "d1" * 32})

    with pytest.raises(ValueError, match="not signed by this wallet"):
        other.decode(_signed(), OFFER)


@pytest.mark.parametrize(
    "payload",
    [{}, {"signature": "0x"}, {"authorization": [], "signature": "0x"}, {"transaction": "AQ=="}],
    ids=str,
)
def test_what_is_no_authorization_is_refused(payload: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(_having(_signed(), payload), OFFER)


def test_a_draft_that_was_changed_is_not_signed() -> None:
    draft = returned(PAYING.prepare(OFFER))
    changed = [
        replace(draft, payer=PAYEE),
        replace(draft, fields={"nonce": "0x12"}),
        replace(draft, fields={}),
        replace(draft, expires_at=-1),
        replace(draft, offer=offer(asset=PAYEE)),
    ]
    for other in changed:
        with pytest.raises(PaymentRefused):
            PAYING.sign(other)


def test_every_payment_has_its_own_nonce() -> None:
    from coinslot.backend import Setting
    from coinslot_base.backend import backend

    paying = backend(Setting({"COINSLOT_EVM_KEY": "test:" + "c0" * 32}))

    nonces = {returned(paying.prepare(OFFER)).fields["nonce"] for _ in range(50)}

    assert len(nonces) == 50


def _having(credential: Credential, payload: Mapping[str, Any]) -> Credential:
    return replace(credential, payload=payload)


@pytest.mark.parametrize("told", ["0x" + "aB" * 32, "ab" * 32])
def test_t48_a_transaction_is_named_by_its_hash(told: str) -> None:
    assert PAYING.is_transaction(told)


@pytest.mark.parametrize("told", ["hello", "0x" + "ab" * 31, "0x" + "ab" * 33, "0x" + "zz" * 32, ""])
def test_t48_nothing_else_names_one(told: str) -> None:
    assert not PAYING.is_transaction(told)
