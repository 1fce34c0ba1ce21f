"""What holds of all cassettes: complete, small, and nothing secret in them."""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from solders.hash import Hash
from solders.keypair import Keypair
from solders.message import MessageV0
from solders.pubkey import Pubkey
from solders.transaction import VersionedTransaction

from tests.cassettes import tape
from tests.cassettes.scanner import secrets_in
from tests.cassettes.seller import DOCUMENT, ORIGIN, PRIVATE_KEY, SOLANA_SEED

RECORDINGS = sorted((Path(__file__).parent / "recordings").glob("*.yaml"))
ASYNC = {"async-image", "async-jobs", "async-upload", "async-video"}
FLOWS = {"upload-whole"}
WAYS = {
    f"{flow}-{backend}"
    for flow in ("edit", "failure", "image", "upload", "video")
    for backend in ("base", "solana", "tempo")
}


@cache
def loaded(path: Path) -> Any:
    return yaml.load(path.read_text("utf-8"), Loader=tape.LOADER)  # noqa: S506 - it is a safe loader


def test_every_operation_has_its_cassette_and_every_cassette_its_operation() -> None:
    document = json.loads(DOCUMENT.read_bytes())
    operations = {
        operation["operationId"] for item in document["paths"].values() for operation in item.values()
    }

    assert len(operations) == 30
    assert {path.stem for path in RECORDINGS} == operations | ASYNC | FLOWS | WAYS


def test_every_paid_cassette_holds_challenge_payment_and_receipt() -> None:
    for path in RECORDINGS:
        exchanges = loaded(path)["interactions"]
        asked = [each for each in exchanges if "payment-required" in each["response"]["headers"]]
        confirmed = [confirmation(each) for each in exchanges if paid(each)]
        assert asked, path.stem
        assert confirmed == [True] * len(asked), path.stem


def paid(exchange: Any) -> bool:
    headers = exchange["request"]["headers"]
    return "payment-signature" in headers or headers.get("authorization", {}).get("scheme") == "Payment"


def confirmation(exchange: Any) -> bool:
    headers = exchange["response"]["headers"]
    if "payment-signature" in exchange["request"]["headers"]:
        return bool(headers["payment-response"]["success"])
    return bool(headers["payment-receipt"]["status"] == "success")


@pytest.mark.parametrize("flow", ["edit", "failure", "image", "upload", "video"])
def test_one_challenge_is_met_in_three_ways_with_one_credential_each(flow: str) -> None:
    challenges, signers = [], []
    for backend in ("base", "solana", "tempo"):
        exchanges = loaded(RECORDINGS[0].parent / f"{flow}-{backend}.yaml")["interactions"]
        challenges.append(exchanges[0]["response"]["headers"])
        sent = [each["request"]["headers"] for each in exchanges if paid(each)]
        signers.append({credential(headers) for headers in sent})

    assert challenges[0] == challenges[1] == challenges[2]
    assert signers == [{"authorization"}, {"transaction"}, {"0x76"}]


def credential(headers: dict[str, Any]) -> str:
    """Tell what kind of credential a request pays with; there is never a second one."""
    if "payment-signature" not in headers:
        return str(headers["authorization"]["payload"]["signature"]["type"])
    assert "authorization" not in headers
    [kind] = set(headers["payment-signature"]["payload"]) - {"signature"}
    return str(kind)


def test_cassettes_are_small_and_readable() -> None:
    assert sum(path.stat().st_size for path in RECORDINGS) < 2_000_000
    assert not [path.stem for path in RECORDINGS if "interactions:" not in path.read_text("utf-8")]


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: str(path.stem))
def test_t40_no_cassette_holds_a_secret(path: Path) -> None:
    content = loaded(path)

    assert list(secrets_in(content)) == []
    assert list(secrets_in(path.read_text("utf-8"))) == []
    addresses = {
        each["request"]["uri"].partition("/api/")[0].partition("/_")[0] for each in content["interactions"]
    }
    assert ORIGIN in addresses


def coded(content: Any) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def transferred() -> str:
    """Return a signed transaction in base64."""
    message = MessageV0.try_compile(SOLANA.pubkey(), [], [], Hash.default())
    return base64.b64encode(bytes(VersionedTransaction(message, [SOLANA]))).decode()


SIGNATURE = "0x" + "5e" * 65
SOLANA = Keypair.from_seed(bytes.fromhex(SOLANA_SEED))
SECRETS = {
    "a signature": SIGNATURE,
    "a signature in a credential": coded({"payload": {"signature": SIGNATURE}}),
    "a credential in a credential": "v=" + coded([coded({"signature": SIGNATURE})]),
    "a credential for addresses": base64.urlsafe_b64encode(b'{"a": "\xff\xfe"}' * 3).decode().rstrip("="),
    "a signature of another chain": "5" * 88,
    "a private key": PRIVATE_KEY,
    "a private key without its prefix": PRIVATE_KEY.removeprefix("0x"),
    "a private key in base64": base64.b64encode(bytes.fromhex(PRIVATE_KEY[2:])).decode(),
    "a seed of Solana": SOLANA_SEED,
    "a seed of Solana in base58": str(Pubkey.from_bytes(bytes.fromhex(SOLANA_SEED))),
    "a key of Solana in base58": str(SOLANA),
    "a key of Solana as a file holds it": json.dumps(list(bytes(SOLANA))),
    "a key of Solana in base64": base64.b64encode(bytes(SOLANA)).decode(),
    "a signature by Solana's key": str(SOLANA.sign_message(b"")),
    "a transaction of Solana": transferred(),
    "a bearer token": "Bearer vercel_blob_rw_1",
    "an address that is signed": "https://files.example/a.png?expires=1&signature=00ff",
}


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
def test_the_scan_finds(secret: str) -> None:
    assert list(secrets_in({"interactions": [{"request": {"body": {"text": f"x {secret} y"}}}]}))


@pytest.mark.parametrize("name", ["signature", "nonce", "transaction", "clientToken", "access_token"])
def test_the_scan_finds_a_member_in_the_clear(name: str) -> None:
    assert list(secrets_in([{name: "abc"}]))


def test_the_scan_finds_a_key_in_bytes() -> None:
    assert list(secrets_in(b"\x00" + bytes.fromhex(PRIVATE_KEY[2:]) + b"\x00"))


def test_the_scan_finds_a_key_in_numbers() -> None:
    assert list(secrets_in([list(bytes(SOLANA))]))
    assert list(secrets_in({"key": list(bytes.fromhex(SOLANA_SEED))}))
