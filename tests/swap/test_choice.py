"""Which of several offers is paid, and what is told of the others."""

from __future__ import annotations

import os
from itertools import permutations
from typing import Any

import httpx
import pytest

from coinslot import Quote
from coinslot.errors import ConfigurationError, PaymentRefused
from stablestudio import StableStudio
from tests.swap.shop import KEYS, NETWORKS, URL, Shop

ALL = tuple(NETWORKS)


def quote(shop: Shop, *, environ: dict[str, str] | None = None, **options: Any) -> Quote:
    """Ask what an image costs; nothing is signed for payment."""
    with client(shop, environ=environ, **options) as studio:
        return studio.nano_banana_pro.generate.quote(prompt="A sunset", image_size="2K")


def client(shop: Shop, *, environ: dict[str, str] | None = None, **options: Any) -> StableStudio:
    return StableStudio(
        base_url=URL,
        transport=httpx.MockTransport(shop),
        environ={**os.environ, **(KEYS if environ is None else environ)},
        **options,
    )


def reasons(quoted: Quote) -> dict[str, str]:
    return {offer.network: why.slug for offer, why in quoted.refused}


@pytest.mark.parametrize("name", ALL)
def test_one_name_decides_who_pays(name: str) -> None:
    quoted = quote(Shop(), pay_with=[name])

    assert (quoted.backend, quoted.network) == (name, NETWORKS[name])
    assert len(quoted.refused) == len(ALL) - 1
    assert all(why.reason for _, why in quoted.refused)


@pytest.mark.parametrize("order", list(permutations(ALL)), ids="-".join)
def test_the_order_of_names_is_the_order_of_preference(order: tuple[str, ...]) -> None:
    # The first one named is also the dearest.
    shop = Shop({name: 134_000 + 1000 * place for place, name in enumerate(reversed(order))})

    quoted = quote(shop, pay_with=list(order))

    assert quoted.backend == order[0]
    assert set(reasons(quoted).values()) == {"less-preferred"}
    assert f"but {order[0]} comes first" in quoted.refused[0][1].reason


def test_the_next_one_pays_where_the_first_one_cannot() -> None:
    quoted = quote(Shop({"base": 134_000, "solana": 134_000}), pay_with=["tempo", "solana", "base"])

    assert quoted.backend == "solana"
    assert reasons(quoted) == {NETWORKS["base"]: "less-preferred"}


def test_the_next_one_pays_where_the_first_ones_offer_is_too_dear() -> None:
    shop = Shop({"base": 134_000, "tempo": 900_000})

    quoted = quote(shop, pay_with=["tempo", "base"])

    assert quoted.backend == "base"
    assert {why.slug for offer, why in quoted.refused if offer.network == "tempo"} >= {"above-cap"}


@pytest.mark.parametrize("cheapest", ALL)
def test_without_names_the_cheapest_offer_is_paid(cheapest: str) -> None:
    quoted = quote(Shop({name: 134_000 - (name == cheapest) for name in ALL}))

    assert quoted.backend == cheapest
    assert set(reasons(quoted).values()) == {"dearer"}
    assert len(quoted.refused) == len(ALL) - 1


def test_without_names_only_backends_with_a_key_pay() -> None:
    environ = {"COINSLOT_SOLANA_KEY": KEYS["COINSLOT_SOLANA_KEY"]}

    quoted = quote(Shop({"base": 1000, "solana": 134_000, "tempo": 1000}), environ=environ)

    assert quoted.backend == "solana"
    assert len(quoted.refused) == len(ALL) - 1


def test_without_any_key_the_error_names_every_setting() -> None:
    with pytest.raises(ConfigurationError, match=r"COINSLOT_EVM_KEY.*COINSLOT_SOLANA_KEY"):
        quote(Shop(), environ={})


def test_every_offer_of_one_network_that_is_passed_over_has_a_reason() -> None:
    shop = Shop({"base": 134_000})
    asked = shop._base(134_000)
    shop.further = [{**asked, "amount": "135000"}, dict(asked), {**asked, "asset": "0x" + "11" * 20}]

    quoted = quote(shop, pay_with=["base"])

    assert [why.slug for _, why in quoted.refused] == ["dearer", "no-cheaper", "asset"]


def test_an_error_says_first_what_the_user_can_decide() -> None:
    shop = Shop({"solana": 134_000, "tempo": 134_000, "base": 900_000})

    with pytest.raises(PaymentRefused) as caught, client(shop, pay_with=["base"]) as studio:
        studio.nano_banana_pro.generate(prompt="A sunset", image_size="2K")

    told = str(caught.value)
    assert told.index("$0.90, more than the $0.24") < told.index("is not one that is paid on")
    assert "is not x402" not in told
    assert "protocol" in {why.slug for _, why in caught.value.refused}


def test_an_error_lists_every_offer_where_none_can_be_paid() -> None:
    shop = Shop({"base": 900_000, "solana": 900_000})

    asked = quote(shop, pay_with=["base", "tempo"])
    assert "$0.90" in (asked.above_cap or "")
    with client(shop, pay_with=["base", "tempo"]) as studio, pytest.raises(PaymentRefused) as raised:
        studio.nano_banana_pro.generate(prompt="A sunset", image_size="2K")

    assert {offer.network for offer, _ in raised.value.refused} == {NETWORKS["base"], NETWORKS["solana"]}
    assert f"exact on {NETWORKS['base']}: it asks $0.90" in str(raised.value)
    assert f"exact on {NETWORKS['solana']}: the network" in str(raised.value)
    assert str(raised.value).endswith("Nothing was signed and nothing was paid.")


@pytest.mark.parametrize(
    ("name", "kind"), [("base", "eip191"), ("solana", "ed25519"), ("tempo", "eip191")], ids=ALL
)
def test_the_wallet_that_would_pay_is_the_one_that_signs_in(name: str, kind: str) -> None:
    shop = Shop()
    quote(shop, pay_with=[name])
    assert shop.signed_in == [kind]


def test_an_offer_whose_result_could_not_be_fetched_is_refused() -> None:
    shop = Shop(closed_to="ed25519")

    quoted = quote(shop, pay_with=["solana", "base"])

    assert quoted.backend == "base"
    refused = {offer.network: why.slug for offer, why in quoted.refused if why.slug == "uncollectable"}
    assert refused == {NETWORKS["solana"]: "uncollectable"}
