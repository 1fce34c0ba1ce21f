"""What a payment may cost above its price, asked from a node that may be wrong, and capped by our table."""

from __future__ import annotations

from typing import Any

import pytest

from coinslot.backend import Draft
from coinslot.effects import Reply
from coinslot.errors import PaymentRefused
from tests.tempo.parts import (
    NODE,
    NOW,
    OUSD,
    PATH_USD,
    PAYEE,
    USDC_E,
    Answers,
    drafted,
    driven,
    offer,
    payer,
    word,
)

ASKING = payer({"COINSLOT_TEMPO_RPC": NODE})
OFFER = offer()
SPONSORED = offer(details={"feePayer": True})
GWEI = 10**9


def node(**results: Any) -> Answers:
    """A node with usual answers, and these in their place."""
    usual = {
        "eth_chainId": hex(4217),
        "eth_gasPrice": hex(20 * GWEI),
        "eth_estimateGas": hex(300_000),
        "eth_call": word(10**9),
    }
    return Answers({**usual, **results})


def draft(asked: Any = OFFER, **results: Any) -> Draft:
    return drafted(asked, ASKING, node(**results))


def test_price_limit_and_token() -> None:
    plain, sponsored = draft(), draft(SPONSORED)

    assert plain.fields == {
        "gasLimit": 1_000_000,
        "gasPrice": 20 * GWEI,
        "tip": 20 * GWEI,
        "feeToken": USDC_E,
        "since": None,
    }
    assert plain.max_fee == 20_000
    assert sponsored.fields == {**plain.fields, "tip": 10 * GWEI, "feeToken": None}
    assert sponsored.max_fee == 0


def test_a_fee_is_rounded_up() -> None:
    assert draft(eth_gasPrice="0x1").max_fee == 1


def test_a_large_estimate_raises_the_limit() -> None:
    assert draft(eth_estimateGas=hex(1_200_000)).fields["gasLimit"] == 1_205_000


def test_every_split_is_estimated_and_raises_the_limit() -> None:
    splits = [{"amount": "1", "recipient": PAYEE}] * 10
    found = draft(offer(details={"splits": splits}), eth_estimateGas=hex(552_000))

    assert found.fields["gasLimit"] == 11 * 557_000
    assert found.max_fee == 11 * 557_000 * 20 // 1000


def test_a_node_that_cannot_estimate_is_forgiven() -> None:
    refused = {"code": 3, "message": "execution reverted"}

    assert draft(eth_estimateGas=refused).fields["gasLimit"] == 1_000_000


def test_only_the_users_node_is_asked() -> None:
    """A sponsor's address in a challenge is ignored."""
    telling = offer(details={"feePayer": True, "feePayerUrl": "https://sponsor.example/sign"})
    asked = node()

    driven(ASKING.prepare(telling), asked)

    assert [method for method, _ in asked.asked] == [
        "eth_chainId",
        "eth_gasPrice",
        "eth_estimateGas",
        "eth_call",
        "eth_getBlockByNumber",
    ]
    assert drafted(telling, payer()).max_fee == 0


REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "another chain": ("chain 1, not 4217", {"eth_chainId": "0x1"}),
    "no chain": ("chain id is malformed", {"eth_chainId": None}),
    "dear gas": ("passes the", {"eth_gasPrice": hex(101 * GWEI)}),
    "dear in all": ("is the most that is allowed", {"eth_gasPrice": hex(51 * GWEI)}),
    "much gas": ("needs 2000001 gas", {"eth_estimateGas": hex(1_995_001), "eth_gasPrice": "0x1"}),
    "no gas price": ("refuses eth_gasPrice", {"eth_gasPrice": {"code": -32601, "message": "what?"}}),
    "a gas price that is none": ("gas price is malformed", {"eth_gasPrice": "20"}),
    "an estimate that is none": ("gas estimate is malformed", {"eth_estimateGas": -1}),
    "a gateway": ("no JSON", {"eth_gasPrice": Reply(502, body=b"<html>")}),
    "an empty wallet": ("the wallet holds 0.000000 USDC.e", {"eth_call": word(0)}),
    "no money for the fee": ("may take 0.154000", {"eth_call": word(153_999)}),
}


@pytest.mark.parametrize(("reason", "results"), REFUSED.values(), ids=REFUSED)
def test_refused_before_anything_is_signed(reason: str, results: dict[str, Any]) -> None:
    with pytest.raises(PaymentRefused, match=reason) as refused:
        draft(OFFER, **results)

    assert refused.value.slug in {"fee", "node"}
    assert "secret-token" not in str(refused.value)


def test_a_wallet_with_just_enough_pays() -> None:
    assert draft(eth_call=word(154_000)).max_fee == 20_000
    assert draft(SPONSORED, eth_call=word(134_000)).max_fee == 0


def test_a_node_that_does_not_tell_the_balance_is_forgiven() -> None:
    assert draft(eth_call="0x").max_fee == 20_000


def _balances(**held: int) -> Any:
    addresses = {"pathUSD": PATH_USD, "USDC_e": USDC_E, "OUSD": OUSD}
    table = {addresses[name].lower(): word(amount) for name, amount in held.items()}
    return lambda call, _: table.get(call["to"].lower(), word(0))


@pytest.mark.parametrize(
    ("held", "token"),
    [({"pathUSD": 20_000}, PATH_USD), ({"pathUSD": 19_999, "USDC_e": 20_000}, USDC_E)],
    ids=["first", "second"],
)
def test_a_charge_in_no_fee_token_takes_a_funded_one(held: dict[str, int], token: str) -> None:
    found = draft(offer(currency=OUSD), eth_call=_balances(OUSD=134_000, **held))

    assert found.fields["feeToken"] == token
    assert found.max_fee == 20_000
    assert ASKING.decode(ASKING.sign(found), offer(currency=OUSD)).asset == OUSD


def test_a_charge_in_no_fee_token_without_a_funded_one_is_refused() -> None:
    with pytest.raises(PaymentRefused, match=r"pathUSD or USDC\.e"):
        draft(offer(currency=OUSD), eth_call=_balances(OUSD=10**9, pathUSD=1))


def test_a_charge_in_no_fee_token_needs_a_node_unless_it_is_sponsored() -> None:
    with pytest.raises(PaymentRefused, match="set COINSLOT_TEMPO_RPC"):
        drafted(offer(currency=OUSD))

    assert drafted(offer(currency=OUSD, details={"feePayer": True})).max_fee == 0


@pytest.mark.parametrize("sponsored", [True, False])
@pytest.mark.parametrize("count", range(11))
def test_without_a_node_every_number_of_splits_stays_below_the_limits(count: int, sponsored: bool) -> None:  # noqa: FBT001 - a column
    splits = [{"amount": "1", "recipient": PAYEE}] * count
    asked = offer(details={"splits": splits, "feePayer": sponsored})
    paying = payer()

    found = drafted(asked, paying)

    assert paying.decode(paying.sign(found), asked).amount == asked.amount
    # The base fee is fixed at 20 gwei, and the tip comes above it.
    assert found.fields["gasPrice"] >= 21 * GWEI


def test_the_test_networks_node_is_another() -> None:
    asked = offer(currency=PATH_USD, details={"chainId": 42431})

    found = drafted(asked, ASKING)

    assert (found.expires_at, found.max_fee) == (NOW + 25, 40_000)


def test_balance() -> None:
    held = _balances(pathUSD=1, USDC_e=2, OUSD=3)

    found = driven(ASKING.balance(), node(eth_call=held))

    assert {asset.symbol: amount for asset, amount in found.items()} == {"pathUSD": 1, "USDC.e": 2, "OUSD": 3}


def test_balance_leaves_out_what_no_node_tells() -> None:
    assert driven(ASKING.balance(), node(eth_chainId="0x1")) == {}
    assert driven(payer().balance(), node()) == {}
