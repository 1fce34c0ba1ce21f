"""Which offers are passed over, each with a reason, and that reading one never fails in another way."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot.errors import PaymentRefused
from coinslot.offer import Asset, Offer
from tests.tempo.parts import NODE, OUSD, PATH_USD, PAYEE, USDC_E, drafted, offer, payer, returned

PAYING = payer()
PUSHING = payer({"COINSLOT_TEMPO_PUSH": "1", "COINSLOT_TEMPO_RPC": NODE})
TOKEN_ADDRESS = "0x20c0000000000000000000000000000000000007"
ZERO = "0x" + "0" * 40
OWN = PAYING.identity.address
SPLIT = {"amount": "1000", "recipient": PAYEE}
OTHERS_MEMO = "0xef1ed71201" + "11" * 27

PAYABLE: dict[str, dict[str, Any]] = {
    "plain": {},
    "sponsored": {"details": {"feePayer": True}},
    "not sponsored": {"details": {"feePayer": False}},
    "pathUSD": {"currency": PATH_USD},
    "no fee token": {"currency": OUSD},
    "test network": {"currency": PATH_USD, "details": {"chainId": 42431}},
    "upper case": {"currency": "0x" + USDC_E[2:].upper()},
    "lower case": {"recipient": PAYEE.lower()},
    "one split": {"details": {"splits": [SPLIT]}},
    "ten splits": {"details": {"splits": [SPLIT] * 10}},
    "no splits": {"details": {"splits": []}},
    "split with a memo": {"details": {"splits": [{**SPLIT, "memo": "0x" + "00" * 32}]}},
    "split to ourselves": {"details": {"splits": [{**SPLIT, "recipient": OWN}]}},
    "memo": {"details": {"memo": "0x" + "5a" * 32}},
    "both modes": {"details": {"supportedModes": ["push", "pull"]}},
    "a sponsor's address": {"details": {"feePayer": True, "feePayerUrl": "https://sponsor.example/sign"}},
    "unknown details": {"details": {"machineTokenEnabled": True, "further": {"x": 1}}},
    "largest amount": {"amount": 2**128 - 1},
}

REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "x402": ("protocol", {"protocol": "x402"}),
    "another version": ("protocol", {"version": 2}),
    "another method": ("method", {"scheme": "stripe/charge", "network": "stripe"}),
    "session": ("intent", {"scheme": "tempo/session"}),
    "subscription": ("intent", {"scheme": "tempo/subscription"}),
    "unknown intent": ("intent", {"scheme": "tempo/"}),
    "no chain": ("chain", {"details": {"chainId": None}}),
    "unknown chain": ("chain", {"details": {"chainId": 8453}}),
    "chain as text": ("chain", {"details": {"chainId": "4217"}}),
    "chain as float": ("chain", {"details": {"chainId": 4217.0}}),
    "chain as truth": ("chain", {"details": {"chainId": True}}),
    "another token": ("asset", {"currency": TOKEN_ADDRESS}),
    "token of the other network": ("asset", {"details": {"chainId": 42431}}),
    "no token": ("asset", {"currency": "USDC"}),
    "feePayer as text": ("details", {"details": {"feePayer": "true"}}),
    "feePayer as number": ("details", {"details": {"feePayer": 1}}),
    "no id": ("details", {"raw": {"id": None}}),
    "no realm": ("details", {"raw": {"realm": 7}}),
    "push only": ("mode", {"details": {"supportedModes": ["push"]}}),
    "no mode": ("mode", {"details": {"supportedModes": []}}),
    "modes as text": ("mode", {"details": {"supportedModes": "pull"}}),
    "nothing": ("amount", {"amount": 0}),
    "less than nothing": ("amount", {"amount": -5}),
    "more than there is": ("amount", {"amount": 2**128}),
    "zero payee": ("payee", {"recipient": ZERO}),
    "payee is the wallet": ("payee", {"recipient": OWN}),
    "payee is the wallet in lower case": ("payee", {"recipient": OWN.lower()}),
    "payee is a token": ("payee", {"recipient": TOKEN_ADDRESS}),
    "payee mistyped": ("payee", {"recipient": PAYEE[:-1] + "d"}),
    "payee of another kind": ("payee", {"recipient": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"}),
    "eleven splits": ("splits", {"details": {"splits": [SPLIT] * 11}}),
    "splits as object": ("splits", {"details": {"splits": SPLIT}}),
    "split as text": ("splits", {"details": {"splits": ["1000"]}}),
    "splits take all": ("splits", {"details": {"splits": [{**SPLIT, "amount": "134000"}]}}),
    "splits take more": ("splits", {"details": {"splits": [{**SPLIT, "amount": "134001"}]}}),
    "split of nothing": ("splits", {"details": {"splits": [{**SPLIT, "amount": "0"}]}}),
    "split below nothing": ("splits", {"details": {"splits": [{**SPLIT, "amount": "-1"}]}}),
    "split as number": ("splits", {"details": {"splits": [{**SPLIT, "amount": 1000}]}}),
    "split in hexadecimal": ("splits", {"details": {"splits": [{**SPLIT, "amount": "0x10"}]}}),
    "split with a fraction": ("splits", {"details": {"splits": [{**SPLIT, "amount": "1.0"}]}}),
    "split with an exponent": ("splits", {"details": {"splits": [{**SPLIT, "amount": "1e3"}]}}),
    "split in other digits": ("splits", {"details": {"splits": [{**SPLIT, "amount": "\u0661"}]}}),
    "split to nobody": ("payee", {"details": {"splits": [{"amount": "1000"}]}}),
    "split to zero": ("payee", {"details": {"splits": [{**SPLIT, "recipient": ZERO}]}}),
    "short memo": ("memo", {"details": {"memo": "0x" + "5a" * 31}}),
    "memo as number": ("memo", {"details": {"memo": 5}}),
    "memo of another challenge": ("memo", {"details": {"memo": OTHERS_MEMO}}),
    "split's memo of another challenge": (
        "memo",
        {"details": {"splits": [{**SPLIT, "memo": OTHERS_MEMO}]}},
    ),
}


@pytest.mark.parametrize("changes", PAYABLE.values(), ids=PAYABLE)
def test_payable(changes: dict[str, Any]) -> None:
    assert PAYING.refuses(offer(**changes)) is None


@pytest.mark.parametrize(("slug", "changes"), REFUSED.values(), ids=REFUSED)
def test_refused(slug: str, changes: dict[str, Any]) -> None:
    asked = offer(**changes)

    refusal = PAYING.refuses(asked)

    assert refusal is not None
    assert refusal.slug == slug
    assert refusal.reason
    with pytest.raises(PaymentRefused, match="Nothing was signed"):
        returned(PAYING.prepare(asked))


def test_a_reason_shows_nothing_unclean() -> None:
    refusal = PAYING.refuses(offer(currency="0x\x1b[2J\u202e" + "9" * 500))

    assert refusal is not None
    assert refusal.reason.isprintable()
    assert len(refusal.reason) <= 300


def test_networks_are_the_users_choice() -> None:
    asked = offer(currency=PATH_USD, details={"chainId": 42431})
    only_main = payer({"COINSLOT_TEMPO_NETWORKS": "eip155:4217"})

    refusal = only_main.refuses(asked)

    assert refusal is not None
    assert refusal.slug == "chain"


def test_t58_push_is_an_option_and_needs_a_node() -> None:
    only_push = offer(details={"supportedModes": ["push"]})

    nodeless = payer({"COINSLOT_TEMPO_PUSH": "1"}).refuses(only_push)

    assert PUSHING.refuses(only_push) is None
    assert nodeless is not None
    assert "COINSLOT_TEMPO_RPC" in nodeless.reason


def test_a_sponsored_payment_is_never_pushed() -> None:
    refusal = PUSHING.refuses(offer(details={"supportedModes": ["push"], "feePayer": True}))

    assert refusal is not None
    assert refusal.slug == "mode"


def test_the_asset_is_ours_and_not_the_offers() -> None:
    known = PAYING.asset(offer(currency=USDC_E.lower()))

    assert known == Asset("eip155:4217", USDC_E, "USDC.e", 6)
    assert PAYING.asset(offer(currency=TOKEN_ADDRESS)) is None
    assert PAYING.asset(offer(details={"chainId": None})) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["chainId", "feePayer", "splits", "memo", "supportedModes", "feePayerUrl"])
SPLITS = st.dictionaries(st.sampled_from(["amount", "recipient", "memo"]), JSON)


@given(
    details=st.dictionaries(NAMES, JSON | st.lists(SPLITS, max_size=3)),
    amount=st.integers(),
    text=st.text(),
    scheme=st.text() | st.just("tempo/charge"),
)
def test_any_offer_is_payable_or_refused(
    details: dict[str, Any], amount: int, text: str, scheme: str
) -> None:
    for changes in ({"currency": text}, {"recipient": text}, {"raw": {"id": text, "realm": text}}):
        members: dict[str, Any] = {"details": details, "amount": amount, "scheme": scheme, **changes}
        asked: Offer = offer(**members)
        if PAYING.refuses(asked) is None:
            assert PAYING.decode(PAYING.sign(drafted(asked, PAYING)), asked).amount == amount
        PAYING.asset(asked)
