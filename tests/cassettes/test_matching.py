"""A cassette replays what was recorded and nothing else, and never by halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from coinslot import PaymentRefused
from tests.cassettes.calls import PICTURES
from tests.cassettes.recorder import VCR, Cassette, NotRecorded, assert_played, configure, options
from tests.cassettes.seller import Seller
from tests.cassettes.tape import deserialize
from tests.cassettes.terms import read, write

RECORDINGS = Path(__file__).parent / "recordings"
NAME = "generate_nano-banana-pro_generate"
STRANGER = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"


@contextmanager
def playing(path: Path, shop: Seller) -> Iterator[Cassette]:
    vcr = VCR(record_mode="none")
    configure(vcr)
    with vcr.use_cassette(path, **options(shop.recorder)) as cassette:
        yield cassette


def altered(tmp_path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """Return a copy of a cassette whose challenge asks for something else."""
    content = yaml.safe_load((RECORDINGS / f"{NAME}.yaml").read_text("utf-8"))
    change(content["interactions"][0]["response"]["headers"]["payment-required"]["accepts"][0])
    path = tmp_path / "altered.yaml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    return path


def buy(shop: Seller, max_price: str = "0.24") -> None:
    with shop.studio(max_price) as studio:
        PICTURES[NAME].call(studio)


@pytest.mark.parametrize(
    ("member", "value"),
    [("amount", "134001"), ("payTo", STRANGER), ("maxTimeoutSeconds", 60)],
    ids=["another amount", "another payee", "another expiry"],
)
def test_a_payment_of_other_terms_does_not_replay(
    member: str, value: Any, shop: Seller, tmp_path: Path
) -> None:
    path = altered(tmp_path, lambda offer: offer.update({member: value}))
    with (
        playing(path, shop),
        pytest.raises(NotRecorded, match="payment-signature"),
    ):
        buy(shop)


@pytest.mark.parametrize(
    ("member", "value"),
    [("asset", STRANGER), ("network", "eip155:84532")],
    ids=["another asset", "another network"],
)
def test_an_offer_that_was_not_recorded_is_not_even_signed(
    member: str, value: Any, shop: Seller, tmp_path: Path
) -> None:
    path = altered(tmp_path, lambda offer: offer.update({member: value}))
    with playing(path, shop), pytest.raises(PaymentRefused):
        buy(shop)


def test_a_lower_cap_leaves_the_cassette_unplayed(shop: Seller) -> None:
    with playing(RECORDINGS / f"{NAME}.yaml", shop) as cassette:
        with pytest.raises(PaymentRefused):
            buy(shop, max_price="0.13")
        assert cassette.play_count == 1
        with pytest.raises(AssertionError, match=r"not played: .*GET.*/api/jobs"):
            assert_played(cassette)


def test_other_words_do_not_replay(shop: Seller) -> None:
    with (
        playing(RECORDINGS / f"{NAME}.yaml", shop),
        shop.studio("0.24") as studio,
        pytest.raises(NotRecorded),
    ):
        studio.nano_banana_pro.generate(prompt="A sunset over the sea", aspect_ratio="16:9", image_size="4K")


PAID = "payment-signature"
SIGNED = "sign-in-with-x"
TERMS = [
    (PAID, "payload.authorization.from", STRANGER),
    (PAID, "payload.authorization.to", STRANGER),
    (PAID, "payload.authorization.value", "1"),
    (PAID, "payload.authorization.validAfter", "1"),
    (PAID, "payload.authorization.validBefore", "now+310 s"),
    (PAID, "payload.authorization.validBefore", "1770000310"),
    (PAID, "accepted.amount", "1"),
    (PAID, "accepted.asset", STRANGER),
    (PAID, "accepted.network", "eip155:1"),
    (PAID, "accepted.payTo", STRANGER),
    (PAID, "accepted.scheme", "upto"),
    (PAID, "resource.url", "http://127.0.0.1:4020/api/upload"),
    (PAID, "x402Version", 1),
    (SIGNED, "address", STRANGER),
    (SIGNED, "chainId", "eip155:1"),
    (SIGNED, "domain", "elsewhere.example"),
    (SIGNED, "expirationTime", "now+300 s"),
    (SIGNED, "uri", "http://127.0.0.1:4020/api/jobs/other"),
]


@pytest.mark.parametrize(
    ("header", "member", "value"), TERMS, ids=[f"{member}={value}" for _, member, value in TERMS]
)
def test_a_credential_of_other_terms_does_not_replay(
    header: str, member: str, value: Any, shop: Seller
) -> None:
    request = recorded(header)
    terms = read(header, request["headers"][header])
    *path, last = member.split(".")
    target = terms
    for step in path:
        target = target[step]
    assert target[last] != value
    target[last] = value
    request["headers"][header] = write(header, terms)

    with (
        playing(RECORDINGS / f"{NAME}.yaml", shop),
        pytest.raises(NotRecorded),
    ):
        send(request)


@pytest.mark.parametrize("header", [PAID, SIGNED])
def test_a_credential_of_the_same_terms_replays_whatever_its_signature(header: str, shop: Seller) -> None:
    request = recorded(header)
    terms = read(header, request["headers"][header])
    (terms["payload"] if header == PAID else terms)["signature"] = "0x" + "ab" * 65
    request["headers"][header] = write(header, terms)

    with playing(RECORDINGS / f"{NAME}.yaml", shop):
        assert send(request).status_code == 200


@pytest.mark.parametrize("header", [PAID, SIGNED])
def test_a_request_without_its_credential_is_another_one(header: str, shop: Seller) -> None:
    request = recorded(header)
    del request["headers"][header]
    with playing(RECORDINGS / f"{NAME}.yaml", shop) as cassette:
        if header == PAID:
            assert send(request).status_code == 402
        with pytest.raises(NotRecorded):
            send(request)
        assert cassette.play_count == (header == PAID)


def recorded(header: str) -> dict[str, Any]:
    """Return the first recorded request that carries a credential, as it went over the wire."""
    content = deserialize((RECORDINGS / f"{NAME}.yaml").read_text("utf-8"))
    request = next(
        each["request"] for each in content["interactions"] if header in each["request"]["headers"]
    )
    return {**deepcopy(request), "headers": {name: value for name, (value,) in request["headers"].items()}}


def send(request: dict[str, Any]) -> httpx.Response:
    with httpx.Client() as client:
        return client.request(
            request["method"], request["uri"], headers=request["headers"], content=request["body"]
        )
