from __future__ import annotations

from typing import Any

import pytest

from coinslot_codegen.document.payment import read_payment

AT = "#/paths/~1a/post"
STRUCTURED = [{"x402": {}}, {"mpp": {"method": "chain", "intent": "charge", "currency": "0x20c0"}}]


def price_of(info: Any) -> tuple[str, str | None] | None:
    read = read_payment({"x-payment-info": info}, AT)
    assert read is not None
    assert (read.spec.price is None) == bool(read.findings), "an unknown price is always listed"
    return (read.spec.price.low, read.spec.price.high) if read.spec.price else None


@pytest.mark.parametrize(
    ("info", "price"),
    [
        (
            {"price": {"mode": "fixed", "currency": "USD", "amount": "0.13"}, "protocols": STRUCTURED},
            ("0.13", None),
        ),
        ({"price": {"mode": "fixed", "amount": "5"}}, ("5", None)),
        ({"price": {"amount": 0.02}}, ("0.02", None)),
        ({"price": {"mode": "dynamic", "min": "0.10", "max": "0.30"}}, ("0.10", "0.30")),
        ({"price": {"mode": "dynamic", "min": "0.10", "max": "0.10"}}, ("0.10", None)),
        ({"price": {"mode": "dynamic", "min": "0.10", "max": "0.31"}}, None),
        ({"price": {"mode": "dynamic", "min": "0", "max": "10.00"}}, None),
        ({"price": {"mode": "dynamic", "min": "0", "max": "0"}}, None),
        ({"price": {"mode": "dynamic"}}, None),
        ({"price": {"mode": "fixed", "currency": "EUR", "amount": "1"}}, None),
        ({"price": {"mode": "fixed", "amount": "0"}}, None),
        ({"pricingMode": "fixed", "price": "$0.01", "protocols": ["x402"]}, ("0.01", None)),
        ({"pricingMode": "fixed", "price": "0.01"}, ("0.01", None)),
        ({"pricingMode": "fixed", "price": 0.0000001}, ("0.0000001", None)),
        ({"price": "0.01"}, ("0.01", None)),
        ({"price": "$0.01 - $0.02"}, ("0.01", "0.02")),
        ({"price": "ask us"}, None),
        ({"pricingMode": "range", "price": "0.10", "minPrice": "0.10", "maxPrice": "1000.00"}, None),
        ({"pricingMode": "range", "minPrice": "0.10", "maxPrice": "0.20"}, ("0.10", "0.20")),
        ({"pricingMode": "range", "minPrice": "0.10"}, None),
        ({"pricingMode": "quote"}, None),
        ({"pricingMode": "quote", "price": "0.01"}, None),
        ({"pricingMode": "dynamic", "network": "n", "asset": "a", "assetDecimals": 6}, None),
        (
            {"offers": [{"intent": "charge", "method": "chain", "amount": "100000", "currency": "0x20c0"}]},
            None,
        ),
        ({"intent": "charge", "method": "chain", "amount": "100000", "currency": "usd"}, None),
        ({"intent": "charge", "method": "chain", "amount": None}, None),
        ({"amount": "100000", "currency": "0x20c0"}, None),
        ({}, None),
        ("0.01", None),
        ([], None),
        (None, None),
    ],
)
def test_every_shape(info: Any, price: tuple[str, str | None] | None) -> None:
    assert price_of(info) == price


def test_the_stated_bounds_are_kept_where_they_mean_nothing() -> None:
    read = read_payment({"x-payment-info": {"price": {"mode": "dynamic", "min": "0", "max": "10.00"}}}, AT)

    assert read is not None
    assert (read.spec.low, read.spec.high) == ("0", "10.00")


@pytest.mark.parametrize(
    ("info", "names"),
    [
        ({"protocols": STRUCTURED}, ["x402", "mpp"]),
        ({"protocols": ["x402", "mpp"]}, ["x402", "mpp"]),
        ({"protocols": {"mpp": {}, "x402": {}}}, ["mpp", "x402"]),
        ({"offers": [{"intent": "charge", "method": "chain"}]}, ["mpp"]),
        ({"intent": "charge", "method": "chain", "amount": "1"}, ["mpp"]),
        ({"protocols": "x402"}, []),
    ],
)
def test_protocols_become_one_object_each(info: Any, names: list[str]) -> None:
    read = read_payment({"x-payment-info": info}, AT)

    assert read is not None
    assert [next(iter(one)) for one in read.spec.protocols] == names


def test_members_of_a_challenge_in_the_operation_itself() -> None:
    accepts = [{"scheme": "exact", "network": "n", "amount": "10000", "asset": "a"}]
    read = read_payment({"x402Version": 2, "accepts": accepts}, AT)

    assert read is not None
    assert read.spec.price is None
    assert read.spec.raw["accepts"] == accepts
    assert "unknown" in read.findings[0].message


def test_an_operation_that_says_nothing() -> None:
    assert read_payment({"summary": "free"}, AT) is None


@pytest.mark.parametrize(
    ("info", "told"),
    [
        ({"price": {"mode": "fixed", "amount": "NaN"}}, "a price of 'NaN'"),
        ({"price": {"mode": "fixed", "amount": "-1"}}, "a price of '-1'"),
        ({"price": {"mode": "fixed"}}, "a fixed price without an amount"),
        ({"price": {"mode": "dynamic", "min": "x", "max": "0.20"}}, "a price with an end at 'x'"),
        ({"minPrice": "0.30", "maxPrice": "0.20"}, "a price from 0.30 to 0.20 dollars is no range"),
        ({"price": ["0.02"]}, "a price of \"['0.02']\""),
    ],
)
def test_what_is_no_amount_is_a_flaw(info: Any, told: str) -> None:
    read = read_payment({"x-payment-info": info}, AT)
    assert read is not None
    (found,) = read.findings
    assert (found.kind, found.message) == ("flaw", f"{told}; the document's price is unknown")
    assert read.spec.price is None
