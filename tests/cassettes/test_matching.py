"""A cassette replays what was recorded and nothing else, and never by halves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest
import yaml

from coinslot import PaymentError, PaymentRefused
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


def recorded(header: str, name: str = NAME) -> dict[str, Any]:
    """Return the first recorded request that carries a credential, as it went over the wire."""
    content = deserialize((RECORDINGS / f"{name}.yaml").read_text("utf-8"))
    request = next(
        each["request"] for each in content["interactions"] if header in each["request"]["headers"]
    )
    return {**deepcopy(request), "headers": {name: value for name, (value,) in request["headers"].items()}}


def send(request: dict[str, Any]) -> httpx.Response:
    with httpx.Client() as client:
        return client.request(
            request["method"], request["uri"], headers=request["headers"], content=request["body"]
        )


Changes: TypeAlias = dict[str, dict[str, tuple[Any, ...]]]
"""By backend and name: the way to a member, and what stands there instead."""
SOLANA_STRANGER = "8SFqwqnq4whPhs8icwHA2hQg3hUoN1qrCLK1SBx3WKwe"
X402 = ("payment-required", "accepts", 1)
MPP = ("www-authenticate", "challenges", 0, "request")
CHALLENGES: Changes = {
    "solana": {
        "another amount": (*X402, "amount", "185001"),
        "another payee": (*X402, "payTo", SOLANA_STRANGER),
        "another fee payer": (*X402, "extra", "feePayer", SOLANA_STRANGER),
        "a memo": (*X402, "extra", "memo", "order 7"),
    },
    "tempo": {
        "another amount": (*MPP, "amount", "185001"),
        "another payee": (*MPP, "recipient", STRANGER),
        "a sponsor": (*MPP, "methodDetails", "feePayer", True),
        "another memo": (*MPP, "methodDetails", "memo", "0x" + "7a" * 32),
        "another expiry": ("www-authenticate", "challenges", 0, "expires", "2026-02-02T02:40:20.000Z"),
    },
}
UNPAYABLE: Changes = {
    "solana": {
        "another mint": (*X402, "asset", SOLANA_STRANGER),
        "another network": (*X402, "network", "solana:" + "2" * 32),
    },
    "tempo": {
        "another token": (*MPP, "currency", STRANGER),
        "another chain": (*MPP, "methodDetails", "chainId", 42431),
        "an unknown chain": (*MPP, "methodDetails", "chainId", 1),
        "another realm": ("www-authenticate", "challenges", 0, "realm", "elsewhere.example"),
        "the past": ("www-authenticate", "challenges", 0, "expires", "2026-02-02T02:39:59.000Z"),
    },
}
TRANSACTION = ("payload", "transaction")
ENVELOPE = ("payload", "signature")
CREDENTIALS: Changes = {
    "solana": {
        "amount": (*TRANSACTION, "instructions", 2, "transferChecked", "amount", "1"),
        "decimals": (*TRANSACTION, "instructions", 2, "transferChecked", "decimals", 9),
        "source": (*TRANSACTION, "instructions", 2, "accounts", 0, f"{SOLANA_STRANGER}, changes"),
        "mint": (*TRANSACTION, "instructions", 2, "accounts", 1, SOLANA_STRANGER),
        "destination": (*TRANSACTION, "instructions", 2, "accounts", 2, f"{SOLANA_STRANGER}, changes"),
        "owner": (*TRANSACTION, "instructions", 2, "accounts", 3, f"{SOLANA_STRANGER}, signs"),
        "program": (*TRANSACTION, "instructions", 2, "program", SOLANA_STRANGER),
        "memo": (*TRANSACTION, "instructions", 3, "memo", "order 7"),
        "fee": (*TRANSACTION, "instructions", 1, "computePrice", 5_000_000),
        "fee payer": (*TRANSACTION, "feePayer", SOLANA_STRANGER),
        "signer": (*TRANSACTION, "signatures", 1, "by", SOLANA_STRANGER),
        "unsigned": (*TRANSACTION, "signatures", 1, "signature", ""),
        "accepted amount": ("accepted", "amount", "1"),
        "accepted payee": ("accepted", "payTo", SOLANA_STRANGER),
    },
    "tempo": {
        "amount": (*ENVELOPE, "calls", 0, "transferWithMemo", "amount", "1"),
        "payee": (*ENVELOPE, "calls", 0, "transferWithMemo", "to", STRANGER),
        "token": (*ENVELOPE, "calls", 0, "to", STRANGER),
        "value": (*ENVELOPE, "calls", 0, "value", 1),
        "challenge": (*ENVELOPE, "calls", 0, "transferWithMemo", "memo", "challenge", "other"),
        "chain": (*ENVELOPE, "chainId", 42431),
        "fee": (*ENVELOPE, "maxFeePerGas", 1),
        "fee token": (*ENVELOPE, "feeToken", STRANGER),
        "sponsor": (*ENVELOPE, "type", "0x78"),
        "expiry": (*ENVELOPE, "validBefore", "now+300 s"),
        "nonce key": (*ENVELOPE, "nonceKey", 0),
        "source": ("source", f"did:pkh:eip155:4217:{STRANGER}"),
        "echoed amount": ("challenge", "request", "amount", "1"),
        "echoed realm": ("challenge", "realm", "elsewhere.example"),
    },
}
CARRIED = {"solana": PAID, "tempo": "authorization"}


def each_change(table: Changes) -> pytest.MarkDecorator:
    cases = [
        pytest.param(backend, change, id=f"{backend}, {name}")
        for backend, changes in table.items()
        for name, change in changes.items()
    ]
    return pytest.mark.parametrize(("backend", "change"), cases)


def changed(tmp_path: Path, backend: str, change: tuple[Any, ...]) -> Path:
    """Return a copy of a backend's cassette whose challenge differs."""
    content = yaml.safe_load((RECORDINGS / f"image-{backend}.yaml").read_text("utf-8"))
    put(content["interactions"][0]["response"]["headers"], change)
    path = tmp_path / "changed.yaml"
    path.write_text(yaml.safe_dump(content), "utf-8")
    return path


def put(content: Any, change: tuple[Any, ...]) -> None:
    *path, last, value = change
    for step in path:
        content = content[step]
    assert isinstance(content, list) or content.get(last) != value
    content[last] = value


def buy_image(shop: Seller) -> None:
    with shop.studio("0.24") as studio:
        studio.nano_banana_pro.generate(prompt="A pier at noon", image_size="2K")


@each_change(CHALLENGES)
def test_a_payment_of_other_terms_does_not_replay_in_any_way(
    backend: str, change: tuple[Any, ...], shop: Seller, tmp_path: Path
) -> None:
    with (
        playing(changed(tmp_path, backend, change), shop),
        pytest.raises(NotRecorded, match=CARRIED[backend]),
    ):
        buy_image(shop)


@each_change(UNPAYABLE)
def test_an_offer_that_cannot_be_paid_is_not_even_signed(
    backend: str, change: tuple[Any, ...], shop: Seller, tmp_path: Path
) -> None:
    with playing(changed(tmp_path, backend, change), shop) as cassette:
        with pytest.raises(PaymentError):
            buy_image(shop)
        assert cassette.play_count <= 2
    assert shop.attempts() == []


@each_change(CREDENTIALS)
def test_a_transaction_of_other_terms_does_not_replay(
    backend: str, change: tuple[Any, ...], shop: Seller
) -> None:
    request = recorded(CARRIED[backend], f"image-{backend}")
    terms = read(CARRIED[backend], request["headers"][CARRIED[backend]])
    put(terms, change)
    request["headers"][CARRIED[backend]] = write(CARRIED[backend], terms)

    with playing(RECORDINGS / f"image-{backend}.yaml", shop), pytest.raises(NotRecorded):
        send(request)


@pytest.mark.parametrize("backend", CARRIED)
def test_the_recorded_transaction_replays(backend: str, shop: Seller) -> None:
    with playing(RECORDINGS / f"image-{backend}.yaml", shop):
        assert send(recorded(CARRIED[backend], f"image-{backend}")).status_code == 200
