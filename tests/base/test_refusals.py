"""Every offer that is passed over, with the slug that programs read."""

from __future__ import annotations

from typing import Any

import pytest

from coinslot.errors import PaymentRefused
from tests.base.parts import PAYEE, USDC, offer, payer, returned

OWN = payer().identity.address
DOMAIN = {"name": "USD Coin", "version": "2"}

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("protocol", {"protocol": "mpp"}),
    ("protocol", {"version": 3}),
    ("scheme", {"scheme": "upto"}),
    ("scheme", {"scheme": "Exact"}),
    ("network", {"network": "eip155:*"}),
    ("network", {"network": "eip155:1"}),
    ("network", {"network": "eip155:08453"}),
    ("network", {"network": "base"}),
    ("network", {"network": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp"}),
    ("asset", {"asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e"}),
    ("asset", {"asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02914"}),
    ("asset", {"asset": USDC[2:]}),
    ("asset", {"asset": USDC + " "}),
    ("signing-domain", {"extra": {"name": "USDC", "version": "2"}}),
    ("signing-domain", {"extra": {"name": "USD Coin", "version": "1"}}),
    ("signing-domain", {"extra": {"name": "USD Coin", "version": 2}}),
    ("signing-domain", {"extra": {"name": ""}}),
    ("transfer-method", {"extra": {**DOMAIN, "assetTransferMethod": "permit2"}}),
    ("transfer-method", {"extra": {**DOMAIN, "assetTransferMethod": "erc7710"}}),
    ("transfer-method", {"extra": {**DOMAIN, "assetTransferMethod": ["eip3009"]}}),
    ("amount", {"amount": "0"}),
    ("amount", {"amount": "-1"}),
    ("amount", {"amount": str(2**256)}),
    ("payee", {"payTo": "0x" + "0" * 40}),
    ("payee", {"payTo": PAYEE[:-1]}),
    ("payee", {"payTo": PAYEE + "\n"}),
    ("payee", {"payTo": PAYEE.replace("Bc6", "bc6")}),
    ("payee", {"payTo": "0X" + PAYEE[2:]}),
    ("payee", {"payTo": "payee.eth"}),
    ("payee", {"payTo": OWN}),
    ("payee", {"payTo": OWN.lower()}),
    ("payee", {"payTo": USDC}),
    ("validity", {"maxTimeoutSeconds": 9}),
    ("validity", {"maxTimeoutSeconds": -300}),
]


@pytest.mark.parametrize(("slug", "changes"), REFUSED, ids=str)
def test_refused(slug: str, changes: dict[str, Any]) -> None:
    asked = offer(**changes)

    refusal = payer().refuses(asked)

    assert refusal is not None
    assert refusal.slug == slug
    with pytest.raises(PaymentRefused) as refused:
        returned(payer().prepare(asked))
    assert refused.value.slug == slug


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"extra": {}},
        {"extra": {"name": None, "version": None}},
        {"extra": {**DOMAIN, "assetTransferMethod": "eip3009", "further": {"members": 1}}},
        {"asset": USDC.lower(), "payTo": PAYEE.lower()},
        {"network": "eip155:84532", "asset": "0x036CbD53842c5426634e7929541eC2318f3dCF7e", "extra": {}},
        {"network": "base", "version": 1},
        {"maxTimeoutSeconds": 10},
        {"maxTimeoutSeconds": 86400},
        {"amount": "1"},
    ],
    ids=str,
)
def test_payable(changes: dict[str, Any]) -> None:
    assert payer().refuses(offer(**changes)) is None


def test_a_reason_is_one_clean_line_whatever_the_server_wrote() -> None:
    refusal = payer().refuses(offer(payTo="\x1b[2J\nfree\u202e" + "x" * 5000))

    assert refusal is not None
    assert refusal.reason.isprintable()
    assert len(refusal.reason) <= 300


def test_t23_base_alone_is_paid_with_a_live_key() -> None:
    from coinslot.backend import Setting
    from coinslot_base.backend import backend

    live = backend(Setting({"COINSLOT_EVM_KEY": "0b" * 32}))
    sepolia = offer(network="eip155:84532", asset="0x036CbD53842c5426634e7929541eC2318f3dCF7e", extra={})

    assert live.refuses(offer()) is None
    assert live.refuses(sepolia) is not None
    assert live.identity.chains == ("eip155:8453",)


def test_other_networks_are_paid_when_named() -> None:
    named = payer({"COINSLOT_EVM_NETWORKS": "eip155:42161, eip155:1"})
    arbitrum = offer(network="eip155:42161", asset="0xaf88d065e77c8cC2239327C5EDb3A432268e5831")

    assert named.refuses(arbitrum) is None
    assert named.refuses(offer()) is not None
    assert named.identity.chains == ("eip155:42161", "eip155:1")


def test_the_asset_comes_from_our_table() -> None:
    asset = payer().asset(offer(asset=USDC.lower(), network="base", version=1))

    assert asset is not None
    assert (asset.network, asset.address, asset.symbol, asset.decimals) == ("eip155:8453", USDC, "USDC", 6)
    assert payer().asset(offer(asset=PAYEE)) is None
