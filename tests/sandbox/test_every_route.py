"""A whole document, route by route: what is priced can be paid, and its job ends in real files."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_sandbox import Sandbox
from coinslot_sandbox.schema.dialect import Dialect
from coinslot_sandbox.schema.example import Examples
from tests.sandbox.buyer import Buyer, decoded

DOCUMENT = Path(__file__).parents[2] / "generated" / "stablestudio.openapi.json"
API: Api = read(DOCUMENT.read_bytes())
PAID = [route for route in API.routes if route.access == "paid"]
SIGNED = [route for route in API.routes if route.access == "signed"]
SECONDS = Decimal(15)


@pytest.fixture(scope="module")
def buyer() -> Buyer:
    return Buyer(Sandbox(API, time_scale=0))


def body(route: RouteSpec) -> Any:
    examples = Examples(Dialect(API.document))
    return examples.of(route.bodies[0].schema) if route.bodies else None


def test_there_are_as_many_as_there_should_be() -> None:
    assert (len(PAID), len(SIGNED), len(API.routes)) == (26, 4, 30)


@pytest.mark.parametrize("route", PAID, ids=lambda route: route.path)
def test_a_paid_route_asks_within_its_range(buyer: Buyer, route: RouteSpec) -> None:
    challenge = buyer.challenge(route.path, body(route), route.method)
    asked = Decimal(decoded(challenge.headers["PAYMENT-REQUIRED"])["accepts"][0]["amount"]) / 10**6
    assert route.price is not None
    low, high = Decimal(route.price.low), Decimal(route.price.high or route.price.low)
    most = high * SECONDS if route.price.unit == "second" else high
    assert low <= asked <= most


@pytest.mark.parametrize("route", [route for route in PAID if route.job], ids=lambda route: route.path)
def test_a_paid_job_ends_in_real_files(buyer: Buyer, route: RouteSpec) -> None:
    assert route.result is not None
    accepted = buyer.pay(route.path, body(route), route.method).json()
    state = buyer.signed("GET", f"/api/jobs/{accepted['jobId']}").json()
    assert state["status"] == "complete"
    assert tuple(state["result"]) == route.result.members
    for member, url in state["result"].items():
        file = buyer.http.get(url)
        if member == "videoUrl":
            assert file.content[4:8] == b"ftyp"
            continue
        with Image.open(io.BytesIO(file.content)) as image:
            image.load()


@pytest.mark.parametrize("route", SIGNED, ids=lambda route: f"{route.method} {route.path}")
def test_a_signed_route_asks_who_is_there(buyer: Buyer, route: RouteSpec) -> None:
    path = route.path.replace("{jobId}", "none")
    challenge = buyer.challenge(path, body(route), route.method)
    assert challenge.json()["accepts"] == []
