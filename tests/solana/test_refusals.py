"""Every offer that is passed over, with the slug that programs read."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coinslot.backend import Setting
from coinslot.errors import PaymentRefused
from coinslot_solana.addresses import (
    MEMO_PROGRAM,
    PROGRAMS,
    SYSTEM_PROGRAM,
    TOKEN_2022_PROGRAM,
    TOKEN_PROGRAM,
    token_account,
)
from coinslot_solana.backend import backend
from tests.solana.parts import (
    BLOCKHASH,
    DEVNET,
    DEVNET_USDC,
    FEE_PAYER,
    MAINNET,
    NODE,
    PAYEE,
    USDC,
    extra,
    offer,
    payer,
    returned,
)

PAYING = payer()
OWN = PAYING.identity.address
OWN_ACCOUNT = token_account(OWN, USDC, TOKEN_PROGRAM)
PAYEES_ACCOUNT = token_account(PAYEE, USDC, TOKEN_PROGRAM)

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("protocol", {"protocol": "mpp"}),
    ("protocol", {"version": 3}),
    ("scheme", {"scheme": "upto"}),
    ("scheme", {"scheme": "Exact"}),
    ("network", {"network": "solana:*"}),
    ("network", {"network": "solana"}),
    ("network", {"network": "solana-devnet"}),
    ("network", {"network": "solana-testnet", "version": 1}),
    ("network", {"network": "solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z"}),
    ("network", {"network": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"}),
    ("network", {"network": "Solana", "version": 1}),
    ("network", {"network": "eip155:8453"}),
    ("asset", {"asset": DEVNET_USDC}),
    ("asset", {"asset": USDC.lower()}),
    ("asset", {"asset": USDC + " "}),
    ("asset", {"asset": "So11111111111111111111111111111111111111112"}),
    ("asset", {"asset": "USDC"}),
    ("token", {"told": {"decimals": 9}}),
    ("token", {"told": {"decimals": "6"}}),
    ("token", {"told": {"tokenProgram": TOKEN_2022_PROGRAM}}),
    ("token", {"told": {"tokenProgram": [TOKEN_PROGRAM]}}),
    ("amount", {"amount": "0"}),
    ("amount", {"amount": "-1"}),
    ("amount", {"amount": str(2**64)}),
    ("payee", {"payTo": PAYEE[:-2]}),
    ("payee", {"payTo": PAYEE + "\n"}),
    ("payee", {"payTo": "1" + PAYEE}),
    ("payee", {"payTo": PAYEE.replace("8SF", "0SF")}),
    ("payee", {"payTo": "z" * 44}),
    ("payee", {"payTo": "z" * 5000}),
    ("payee", {"payTo": ""}),
    ("payee", {"payTo": "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"}),
    ("payee", {"payTo": "payee.sol"}),
    ("payee", {"payTo": OWN}),
    ("payee", {"payTo": USDC}),
    ("payee", {"payTo": SYSTEM_PROGRAM}),
    ("payee", {"payTo": TOKEN_PROGRAM}),
    ("fee-payer", {"extra": {}}),
    ("fee-payer", {"told": {"feePayer": None}}),
    ("fee-payer", {"told": {"feePayer": ""}}),
    ("fee-payer", {"told": {"feePayer": FEE_PAYER + "1"}}),
    ("fee-payer", {"told": {"feePayer": [FEE_PAYER]}}),
    ("fee-payer", {"told": {"feePayer": 7}}),
    ("fee-payer", {"told": {"feePayer": OWN}}),
    ("fee-payer", {"told": {"feePayer": OWN_ACCOUNT}}),
    ("fee-payer", {"told": {"feePayer": PAYEES_ACCOUNT}}),
    ("fee-payer", {"told": {"feePayer": USDC}}),
    ("fee-payer", {"told": {"feePayer": MEMO_PROGRAM}}),
    ("memo", {"told": {"memo": "x" * 257}}),
    ("memo", {"told": {"memo": "é" * 129}}),
    ("memo", {"told": {"memo": "\ud800"}}),
    ("memo", {"told": {"memo": 7}}),
    ("memo", {"told": {"memo": ["m"]}}),
    ("memo", {"told": {"memo": False}}),
    ("blockhash", {"told": {"recentBlockhash": ...}}),
    ("blockhash", {"told": {"recentBlockhash": None}}),
    ("blockhash", {"told": {"recentBlockhash": ""}}),
    ("blockhash", {"told": {"recentBlockhash": BLOCKHASH[:-2]}}),
    ("blockhash", {"told": {"recentBlockhash": "1" * 32}}),
    ("blockhash", {"told": {"recentBlockhash": {"value": BLOCKHASH}}}),
]


@pytest.mark.parametrize(("slug", "changes"), REFUSED, ids=lambda value: str(value)[:100])
def test_refused(slug: str, changes: dict[str, Any]) -> None:
    asked = offer(**changes)

    refusal = PAYING.refuses(asked)

    assert refusal is not None
    assert refusal.slug == slug
    with pytest.raises(PaymentRefused, match="Nothing was signed") as refused:
        returned(PAYING.prepare(asked))
    assert refused.value.slug == slug


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"told": {"memo": "m"}},
        {"told": {"memo": ""}},
        {"told": {"memo": None}},
        {"told": {"memo": "é" * 128}},
        {"told": {"memo": "line\nbreak\x00"}},
        {"told": {"lastValidBlockHeight": "430352420", "further": {"members": 1}}},
        {"told": {"lastValidBlockHeight": ["nonsense"]}},
        {"told": {"decimals": 6, "tokenProgram": TOKEN_PROGRAM}},
        {"told": {"feePayer": PAYEE}},
        {"network": DEVNET, "asset": DEVNET_USDC},
        {"network": "solana", "version": 1},
        {"network": "solana-devnet", "asset": DEVNET_USDC, "version": 1},
        {"amount": "1"},
        {"amount": str(2**64 - 1)},
        {"maxTimeoutSeconds": 1},
    ],
    ids=str,
)
def test_payable(changes: dict[str, Any]) -> None:
    asked = offer(**changes)

    assert PAYING.refuses(asked) is None
    credential = PAYING.sign(returned(PAYING.prepare(asked)))
    assert PAYING.decode(credential, asked).amount == asked.amount


def test_a_node_of_the_network_stands_in_for_the_blockhash() -> None:
    asked = offer(extra=extra(recentBlockhash=...))

    assert payer({"COINSLOT_SOLANA_RPC": NODE}).refuses(asked) is None
    refusal = payer({"COINSLOT_SOLANA_DEVNET_RPC": NODE}).refuses(asked)
    assert refusal is not None
    assert "COINSLOT_SOLANA_RPC" in refusal.reason


def test_a_vault_without_a_key_may_be_paid_but_not_pay_fees() -> None:
    """Multisig vaults are program accounts; they own token accounts and sign nothing."""
    assert PAYING.refuses(offer(payTo=OWN_ACCOUNT)) is None


def test_t23_mainnet_alone_is_paid_with_a_live_key() -> None:
    live = backend(Setting({"COINSLOT_SOLANA_KEY": "c0d1" * 16}))

    assert live.refuses(offer()) is None
    refusal = live.refuses(offer(network=DEVNET, asset=DEVNET_USDC))
    assert refusal is not None
    assert refusal.slug == "network"
    assert live.identity.chains == (MAINNET,)


def test_other_networks_are_paid_when_named() -> None:
    named = payer({"COINSLOT_SOLANA_NETWORKS": DEVNET})

    assert named.refuses(offer(network=DEVNET, asset=DEVNET_USDC)) is None
    assert named.refuses(offer()) is not None
    assert named.identity.chains == (DEVNET,)


def test_the_asset_comes_from_our_table() -> None:
    asset = PAYING.asset(offer(network="solana", version=1, extra=extra(decimals=0)))

    assert asset is not None
    assert (asset.network, asset.address, asset.symbol, asset.decimals) == (MAINNET, USDC, "USDC", 6)
    assert PAYING.asset(offer(asset=PAYEE)) is None


def test_a_declared_token_is_payable_where_it_was_declared() -> None:
    mint = "GhFJh9xhWQULf6W1WJLNTViiTWEs4wAj3FevZ616wxL2"
    paying = payer({"COINSLOT_SOLANA_TOKENS": f"{MAINNET}:{mint}:XUSD:9:token-2022"})

    asset = paying.asset(offer(asset=mint))

    assert asset is not None
    assert (asset.symbol, asset.decimals) == ("XUSD", 9)
    assert paying.refuses(offer(asset=mint)) is None
    assert paying.refuses(offer(asset=mint, network=DEVNET)) is not None
    assert PAYING.refuses(offer(asset=mint)) is not None


def test_a_reason_is_one_clean_line_whatever_the_server_wrote() -> None:
    for changes in (
        {"payTo": "\x1b[2J\nfree\u202e" + "x" * 5000},
        {"told": {"feePayer": "\x1b[2J\nfree\u202e" + "x" * 5000}},
    ):
        refusal = PAYING.refuses(offer(**changes))

        assert refusal is not None
        assert refusal.reason.isprintable()
        assert len(refusal.reason) <= 300


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
MEMBERS = ("feePayer", "recentBlockhash", "memo", "decimals", "tokenProgram", "lastValidBlockHeight")


@given(
    members=st.dictionaries(st.sampled_from(MEMBERS), JSON),
    payee=st.text() | st.sampled_from([PAYEE, *sorted(PROGRAMS)]),
    asset=st.text() | st.just(USDC),
    amount=st.integers(),
)
def test_no_offer_raises_anything_but_a_refusal(
    members: dict[str, Any], payee: str, asset: str, amount: int
) -> None:
    asked = offer(extra={**extra(), **members}, payTo=payee, asset=asset, amount=str(amount))

    refusal = PAYING.refuses(asked)

    if refusal is None:
        returned(PAYING.prepare(asked))
    else:
        assert refusal.reason.isprintable()
        with pytest.raises(PaymentRefused):
            returned(PAYING.prepare(asked))
