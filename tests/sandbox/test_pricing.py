from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from coinslot_sandbox.pricing import atomic
from tests.sandbox.buyer import PRINT, Buyer, decoded
from tests.sandbox.conftest import MakeSandbox


def asked(make: MakeSandbox, path: str, **given: Any) -> str:
    challenge = Buyer(make()).challenge(path, {"prompt": "x", **given})
    amount: str = decoded(challenge.headers["PAYMENT-REQUIRED"])["accepts"][0]["amount"]
    return amount


@pytest.mark.parametrize(
    ("size", "amount"), [(None, "20000"), ("1K", "20000"), ("2K", "50000"), ("4K", "80000")]
)
def test_choices_move_the_price_through_its_range(make: MakeSandbox, size: str | None, amount: str) -> None:
    assert asked(make, PRINT, **({"imageSize": size} if size else {})) == amount


def test_what_is_no_matter_of_size_does_not_move_it(make: MakeSandbox) -> None:
    assert asked(make, PRINT, aspectRatio="9:16", output_format="webp") == "20000"


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ({}, "400000"),
        ({"duration": "8"}, "800000"),
        ({"resolution": "720p"}, "1200000"),
        ({"duration": "8", "resolution": "720p"}, "2400000"),
    ],
)
def test_prices_per_second_are_multiplied(make: MakeSandbox, given: dict[str, str], amount: str) -> None:
    assert asked(make, "/api/generate/lantern/show", **given) == amount


def test_a_fixed_price_is_asked_as_it_is(make: MakeSandbox) -> None:
    challenge = Buyer(make()).challenge("/api/upload", {"filename": "a", "contentType": "image/png"})
    assert decoded(challenge.headers["PAYMENT-REQUIRED"])["accepts"][0]["amount"] == "10000"


@pytest.mark.parametrize(("dollars", "units"), [("0.134", 134000), ("10.00", 10_000_000), ("0.0000005", 1)])
def test_dollars_become_atomic_units(dollars: str, units: int) -> None:
    assert atomic(Decimal(dollars), 6) == units
