"""Networks, assets and payees that only samples of a challenge in the guidance show."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from coinslot_codegen.commands.inspect import inspect
from coinslot_codegen.diff import compare
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.generating import PAID, document, operation

FILE = Path(__file__).resolve().parents[2] / "generated" / "stablestudio.openapi.json"
OFFER = {"scheme": "exact", "network": "red:1", "asset": "0xaa", "payTo": "0xbb", "amount": "5"}


def guided(text: str) -> Api:
    content = document({"/api/thing/make": {"post": operation(**PAID)}})
    content["info"]["x-guidance"] = text
    return read(json.dumps(content).encode())


def shown(*offers: Any) -> Api:
    sample = json.dumps({"x402Version": 2, "accepts": offers}, indent=2)
    return guided(f"# Paying\n\nIt looks like this:\n\n```json\n{sample}\n```\n")


def told(old: Api, new: Api) -> list[tuple[str, str, str]]:
    return [(one.impact, one.kind, one.message) for one in compare(old, new)]


def test_a_sample_of_a_challenge_is_read_with_its_place() -> None:
    (offer,) = shown(OFFER).offers
    assert (offer.scheme, offer.network, offer.asset, offer.payee) == ("exact", "red:1", "0xaa", "0xbb")
    assert offer.provenance == "#/info/x-guidance, line 5"


@pytest.mark.parametrize(
    "text",
    [
        'As `{"network": "red:1", "asset": "0xaa"}` says.',
        '```json\n{"method": "red:1", "intent": "charge", "currency": "0xaa"}\n```',
        '```json\n{"a": [{"b": {"network": "red:1", "asset": "0xaa", "payTo": "<address>"}}]}\n```',
    ],
    ids=["in a sentence", "of the other protocol", "deep inside"],
)
def test_wherever_it_stands(text: str) -> None:
    (offer,) = guided(text).offers
    assert (offer.network, offer.asset, offer.payee) == ("red:1", "0xaa", None)


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"network": "mobile", "speed": 5}\n```',
        '```json\n{"method": "POST", "currency": "USD"}\n```',
        '```json\n{"network": "<network>", "asset": "0xaa"}\n```',
        '```json\n{"network": ["red:1"], "asset": {"payTo": 5}}\n```',
        '```\n{"network": "red:1", "asset"\n```',
    ],
)
def test_what_is_none(text: str) -> None:
    assert guided(text).offers == ()


@pytest.mark.parametrize(
    ("now", "kind", "message"),
    [
        ({"network": "red:2"}, "network", "the guidance shows payments on red:2 (was red:1)"),
        ({"asset": "0xcc"}, "asset", "the guidance shows payments in 0xcc (was 0xaa)"),
        ({"payTo": "0xcc"}, "payee", "the guidance shows payments to 0xcc (was 0xbb)"),
    ],
)
def test_another_one_is_money(now: dict[str, str], kind: str, message: str) -> None:
    found = told(shown(OFFER), shown({**OFFER, **now}))
    assert found == [("money", f"offer-{kind}", message)]


def test_one_more_and_one_less_are_money() -> None:
    second = {**OFFER, "network": "blue:1", "asset": "0xdd"}
    message = "payments on blue:1 in 0xdd to 0xbb by exact"
    assert told(shown(OFFER), shown(OFFER, second)) == [
        ("money", "offer-added", f"the guidance shows {message}")
    ]
    assert told(shown(second, OFFER), shown(OFFER)) == [
        ("money", "offer-removed", f"the guidance no longer shows {message}")
    ]


def test_amounts_and_places_of_samples_say_nothing() -> None:
    assert [one[1] for one in told(shown(OFFER), shown({**OFFER, "amount": "9"}))] == ["guidance"]


def test_a_real_guidance(tmp_path: Path) -> None:
    text = FILE.read_text()
    old = read(text.encode())
    (offer,) = old.offers
    later = text.replace(f'\\"network\\": \\"{offer.network}\\"', f'\\"network\\": \\"{offer.network}2\\"')
    assert later != text
    message = f"the guidance shows payments on {offer.network}2 (was {offer.network})"
    assert told(old, read(later.encode())) == [("money", "offer-network", message)]

    path = tmp_path / "api.json"
    path.write_text(text)
    page = CliRunner().invoke(inspect, [str(path)]).stdout
    assert f"exact on {offer.network} in {offer.asset} to {offer.payee} (from {offer.provenance})" in page
    data = json.loads(CliRunner().invoke(inspect, [str(path), "--json"]).stdout)
    assert [one["network"] for one in data["offers"]] == [offer.network]
