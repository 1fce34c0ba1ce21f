"""What is signed is what was offered, and a credential that was touched proves nothing."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from solders.keypair import Keypair
from solders.message import MessageV0, to_bytes_versioned
from solders.signature import Signature
from solders.transaction import VersionedTransaction

from coinslot.backend import Backend, Credential
from coinslot.errors import PaymentRefused
from coinslot.offer import Offer
from coinslot_solana import base58
from coinslot_solana.addresses import TOKEN_2022_PROGRAM, TOKEN_PROGRAM, token_account
from coinslot_solana.transaction import Transfer, envelop, read
from tests.solana.parts import (
    BLOCKHASH,
    CHANCE,
    DEVNET,
    DEVNET_USDC,
    FEE_PAYER,
    MAINNET,
    NOW,
    PAYEE,
    TEST_KEY,
    USDC,
    extra,
    offer,
    payer,
    returned,
    signed,
)

PAYING = payer()
OWN = PAYING.identity.address
OFFER = offer()
CREDENTIAL = signed(PAYING, OFFER)
RAW = base64.b64decode(CREDENTIAL.payload["transaction"])
SIGNER = Keypair.from_seed(bytes.fromhex(TEST_KEY.removeprefix("test:")))


def test_the_backend_protocol_is_whole() -> None:
    paying: Backend = PAYING

    assert isinstance(paying, Backend)
    assert (paying.name, paying.test_key) == ("solana", True)


keys = st.binary(min_size=32, max_size=32).map(lambda seed: str(Keypair.from_seed(seed).pubkey()))


@given(
    amount=st.integers(1, 2**64 - 1),
    payee=keys,
    fee_payer=keys,
    blockhash=st.binary(min_size=32, max_size=32).filter(any).map(base58.encode),
    memo=st.none() | st.text(max_size=64).filter(lambda text: len(text.encode(errors="replace")) <= 256),
    now=st.integers(0, 2**40),
    chance=st.binary(min_size=16, max_size=16),
)
def test_decoding_gives_back_the_terms(
    *, amount: int, payee: str, fee_payer: str, blockhash: str, memo: str | None, now: int, chance: bytes
) -> None:
    paying = payer(now=now + 0.9, chance=chance)
    told = extra(feePayer=fee_payer, recentBlockhash=blockhash, memo=memo)
    asked = offer(amount=str(amount), payTo=payee, extra=told)
    refusal = paying.refuses(asked)
    if refusal is not None:
        assert refusal.slug == "memo"
        return

    draft = returned(paying.prepare(asked))
    credential = paying.sign(draft)
    terms = paying.decode(credential, asked)

    assert (terms.network, terms.asset) == (MAINNET, USDC)
    assert (terms.amount, terms.payee, terms.payer) == (amount, payee, paying.identity.address)
    assert terms.expires_at == draft.expires_at == now + 90
    assert returned(paying.submit(credential)) is credential
    transfer, signature = read(credential.payload["transaction"])
    assert credential.nonce == signature
    assert transfer.memo == (memo.encode() if memo else chance.hex().encode())
    assert (transfer.fee_payer, transfer.blockhash) == (fee_payer, blockhash)


def test_what_is_kept_is_json_without_signed_material() -> None:
    draft = returned(PAYING.prepare(OFFER))
    credential = PAYING.sign(draft)

    assert json.loads(json.dumps(dict(draft.fields))) == draft.fields
    assert json.loads(json.dumps(credential.payload)) == credential.payload
    assert credential.evidence == {
        "network": MAINNET,
        "payer": OWN,
        "source": token_account(OWN, USDC, TOKEN_PROGRAM),
        "expiresAt": NOW + 90,
        "bound": None,
    }
    assert str(credential.payload["transaction"]) not in repr(credential)
    assert draft.max_fee == 0


def test_a_name_of_version_1_is_decoded_as_the_network_it_means() -> None:
    asked = offer(version=1, network="solana-devnet", asset=DEVNET_USDC)

    assert PAYING.decode(signed(PAYING, asked), asked).network == DEVNET


def _transfer(**changes: Any) -> Transfer:
    return replace(read(CREDENTIAL.payload["transaction"])[0], **changes)


def _forged(transfer: Transfer, signer: Keypair = SIGNER) -> Credential:
    """A credential whose signature is good, of this wallet unless told otherwise."""
    message = transfer.message()
    signature = str(signer.sign_message(message))
    return replace(CREDENTIAL, payload={"transaction": envelop(message, signature)}, nonce=signature)


OTHER = str(Keypair.from_seed(bytes([7]) * 32).pubkey())
CHANGED: list[dict[str, Any]] = [
    {"fee_payer": OTHER},
    {"source": token_account(OTHER, USDC, TOKEN_PROGRAM)},
    {"destination": token_account(OTHER, USDC, TOKEN_PROGRAM)},
    {"destination": PAYEE},
    {"mint": DEVNET_USDC},
    {"program": TOKEN_2022_PROGRAM},
    {"amount": 134001},
    {"amount": 133999},
    {"decimals": 9},
    {"blockhash": base58.encode(bytes(range(32)))},
    {"memo": b""},
    {"memo": b"m"},
    {"memo": b"0" * 31 + b"G"},
    {"units": 19_999},
    {"units": 30_000},
    {"units": 2**32 - 1},
]


def test_an_unchanged_forgery_is_the_credential() -> None:
    assert _forged(_transfer()) == CREDENTIAL


@pytest.mark.parametrize("changes", CHANGED, ids=str)
def test_a_good_signature_over_other_terms_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"payment|pays"):
        PAYING.decode(_forged(_transfer(**changes)), OFFER)


@pytest.mark.parametrize(
    "asked",
    [
        offer(amount="134001"),
        offer(payTo=FEE_PAYER),
        offer(network=DEVNET, asset=DEVNET_USDC),
        offer(asset=PAYEE),
        offer(extra=extra(feePayer=PAYEE)),
        offer(extra=extra(memo="m")),
        offer(extra=extra(recentBlockhash=base58.encode(bytes(range(32))))),
    ],
    ids=["amount", "payee", "network", "asset", "fee payer", "memo", "blockhash"],
)
def test_a_credential_for_another_offer_is_refused(asked: Offer) -> None:
    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(CREDENTIAL, asked)


def test_another_wallets_credential_is_refused() -> None:
    other = payer({"COINSLOT_SOLANA_KEY": "test:" + "d1d2" * 16})

    with pytest.raises(ValueError, match="not signed by this wallet"):
        other.decode(CREDENTIAL, OFFER)


def test_evidence_without_expiry_is_refused() -> None:
    with pytest.raises(ValueError, match="expiry"):
        PAYING.decode(replace(CREDENTIAL, evidence={}), OFFER)


def test_a_nonce_that_is_not_the_signature_is_refused() -> None:
    with pytest.raises(ValueError, match="not signed by this wallet"):
        PAYING.decode(replace(CREDENTIAL, nonce=str(Signature.new_unique())), OFFER)


@given(position=st.integers(0, len(RAW) - 1), bit=st.integers(0, 7))
def test_any_changed_bit_is_refused(position: int, bit: int) -> None:
    changed = bytearray(RAW)
    changed[position] ^= 1 << bit

    with pytest.raises(ValueError, match=r"."):
        read(base64.b64encode(changed).decode())


@given(raw=st.binary(max_size=1300) | st.binary(max_size=200).map(lambda tail: RAW[:130] + tail))
def test_bytes_that_are_no_payment_raise_only_value_errors(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        read(base64.b64encode(raw).decode())


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"transaction": None},
        {"transaction": 7},
        {"transaction": ""},
        {"transaction": "AQ=="},
        {"transaction": "no base64"},
        {"transaction": base64.b64encode(RAW).decode() + "\n"},
        {"transaction": base64.urlsafe_b64encode(RAW + b"\xff").decode()},
        {"transaction": base64.b64encode(RAW + b"\0").decode()},
        {"transaction": base64.b64encode(RAW).decode(), "further": "member"},
    ],
    ids=map(str, range(10)),
)
def test_what_is_no_transaction_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        PAYING.decode(replace(CREDENTIAL, payload=payload), OFFER)


def _rebuilt(change: Any) -> str:
    """The transaction with its message changed by `change`, and signed by the wallet again."""
    message = VersionedTransaction.from_bytes(RAW).message
    assert isinstance(message, MessageV0)
    parts = (message.header, message.account_keys, message.recent_blockhash, message.instructions)
    header, keys, blockhash, steps = change(*parts)
    changed = MessageV0(header, keys, blockhash, steps, [])
    signature = SIGNER.sign_message(to_bytes_versioned(changed))
    return base64.b64encode(
        bytes(VersionedTransaction.populate(changed, [Signature.default(), signature]))
    ).decode()


REBUILT: dict[str, Any] = {
    "no memo": lambda header, keys, blockhash, steps: (header, keys, blockhash, steps[:3]),
    "two transfers": lambda header, keys, blockhash, steps: (
        header,
        keys,
        blockhash,
        [*steps[:3], steps[2], steps[3]],
    ),
    "a transfer for a memo": lambda header, keys, blockhash, steps: (
        header,
        keys,
        blockhash,
        [*steps[:3], steps[2]],
    ),
    "the other order": lambda header, keys, blockhash, steps: (
        header,
        keys,
        blockhash,
        [steps[1], steps[0], *steps[2:]],
    ),
    "memo before transfer": lambda header, keys, blockhash, steps: (
        header,
        keys,
        blockhash,
        [*steps[:2], steps[3], steps[2]],
    ),
    "no instructions": lambda header, keys, blockhash, steps: (header, keys, blockhash, []),
    "a further account": lambda header, keys, blockhash, steps: (
        header,
        [*keys, keys[0].new_unique()],
        blockhash,
        steps,
    ),
    "an account twice": lambda header, keys, blockhash, steps: (
        header,
        [*keys[:7], keys[6]],
        blockhash,
        steps,
    ),
}


def test_the_rebuilt_transaction_is_ours() -> None:
    assert _rebuilt(lambda *parts: parts) == CREDENTIAL.payload["transaction"]


@pytest.mark.parametrize("change", REBUILT.values(), ids=REBUILT)
def test_t50_a_transaction_of_another_shape_is_refused(change: Any) -> None:
    with pytest.raises(ValueError, match=r"transaction"):
        read(_rebuilt(change))


def test_a_draft_that_was_changed_is_not_signed() -> None:
    draft = returned(PAYING.prepare(OFFER))
    fields = dict(draft.fields)
    changed = [
        replace(draft, payer=PAYEE),
        replace(draft, offer=offer(asset=PAYEE)),
        replace(draft, offer=offer(extra=extra(memo="m"))),
        replace(draft, fields={}),
        replace(draft, fields={**fields, "blockhash": USDC}),
        replace(draft, fields={**fields, "blockhash": None}),
        replace(draft, fields={**fields, "memo": "m"}),
        replace(draft, fields={**fields, "units": 2**32}),
        replace(draft, fields={**fields, "units": "20000"}),
        replace(draft, fields={**fields, "units": 1_400_000}),
        replace(draft, fields={**fields, "bound": {"firstSlot": 1}}),
        replace(draft, fields={**fields, "bound": 7}),
    ]
    for other in changed:
        with pytest.raises(PaymentRefused):
            PAYING.sign(other)


def test_no_two_payments_are_the_same_bytes() -> None:
    """Memo and blockhash are the server's, and chance gives the same bytes each time."""
    paying = payer()
    asked = offer(extra=extra(memo="m"))

    credentials = [signed(paying, asked) for _ in range(50)]

    assert len({credential.nonce for credential in credentials}) == 50
    units = [read(credential.payload["transaction"])[0].units for credential in credentials]
    assert units[0] == 20_000
    assert all(20_000 < more <= 20_000 + 4096 for more in units[1:])
    assert all(paying.decode(credential, asked) for credential in credentials)


def test_a_payment_that_differs_anyway_is_left_as_it_is() -> None:
    paying = payer()
    asked = [
        offer(extra=extra(memo="m")),
        offer(extra=extra(memo="n")),
        offer(extra=extra(memo="m", recentBlockhash=USDC)),
        offer(extra=extra(memo="m"), amount="1"),
        offer(extra=extra(memo="m"), payTo=FEE_PAYER),
    ]

    units = [returned(paying.prepare(one)).fields["units"] for one in asked]

    assert units == [20_000] * 5


def test_random_memos_are_32_letters_of_their_own() -> None:
    from coinslot.backend import Setting
    from coinslot_solana.backend import backend

    paying = backend(Setting({"COINSLOT_SOLANA_KEY": TEST_KEY}))

    memos = {returned(paying.prepare(OFFER)).fields["memo"] for _ in range(50)}

    assert len(memos) == 50
    assert returned(PAYING.prepare(OFFER)).fields["memo"] == CHANCE[:16].hex()
    assert returned(PAYING.prepare(OFFER)).fields["blockhash"] == BLOCKHASH
