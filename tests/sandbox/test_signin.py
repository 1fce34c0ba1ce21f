from __future__ import annotations

import base64
import json
from typing import Any

import httpx
import pytest

from coinslot_sandbox import ManualClock
from tests.sandbox.buyer import ORIGIN, Buyer, decoded
from tests.sandbox.conftest import MakeSandbox

JOBS = "/api/jobs"


def changed(header: dict[str, str], **members: Any) -> dict[str, str]:
    content = {**decoded(header["SIGN-IN-WITH-X"]), **members}
    return {"SIGN-IN-WITH-X": base64.b64encode(json.dumps(content).encode()).decode()}


def refused(answer: httpx.Response) -> str:
    assert answer.status_code == 402
    assert "PAYMENT-REQUIRED" not in answer.headers
    assert set(answer.json()) == {"error", "message"}
    error: str = answer.json()["error"]
    return error


def test_the_challenge_offers_nothing_to_pay(make: MakeSandbox) -> None:
    answer = Buyer(make()).challenge(JOBS, method="GET")
    content = answer.json()
    assert content == decoded(answer.headers["PAYMENT-REQUIRED"])
    assert (content["accepts"], content["error"]) == ([], "SIWX authentication required")
    extension = content["extensions"]["sign-in-with-x"]
    assert extension["supportedChains"] == [{"chainId": "eip155:8453", "type": "eip191"}]
    info = extension["info"]
    assert (info["domain"], info["uri"]) == ("127.0.0.1:4020", ORIGIN + JOBS)
    assert len(info["nonce"]) == 32


def test_the_challenges_domain_can_lack_its_port(make: MakeSandbox) -> None:
    content = Buyer(make(bare_sign_in_host=True)).challenge(JOBS, method="GET").json()
    assert content["extensions"]["sign-in-with-x"]["info"]["domain"] == "127.0.0.1"


def test_each_nonce_counts_once(make: MakeSandbox) -> None:
    buyer = Buyer(make())
    header = buyer.sign_in(buyer.challenge(JOBS, method="GET"))
    assert buyer.http.get(JOBS, headers=header).status_code == 200
    assert refused(buyer.http.get(JOBS, headers=header)) == "siwx_nonce_used"


def test_a_refused_sign_in_does_not_use_its_nonce_up(make: MakeSandbox) -> None:
    buyer = Buyer(make())
    header = buyer.sign_in(buyer.challenge(JOBS, method="GET"))
    forged = changed(header, signature="0x" + "11" * 65)
    assert refused(buyer.http.get(JOBS, headers=forged)) == "siwx_invalid_signature"
    assert buyer.http.get(JOBS, headers=header).status_code == 200


@pytest.mark.parametrize(
    ("members", "error"),
    [
        ({"domain": "evil.example"}, "siwx_malformed"),
        ({"uri": "https://evil.example/api/jobs"}, "siwx_malformed"),
        ({"address": "0x" + "11" * 20}, "siwx_invalid_signature"),
        ({"chainId": "eip155:1"}, "siwx_malformed"),
        ({"issuedAt": "2020-01-01T00:00:00Z"}, "siwx_expired"),
        ({"expirationTime": "2020-01-01T00:00:00Z"}, "siwx_expired"),
        ({"nonce": "0123456789abcdef"}, "siwx_invalid_signature"),
        ({"type": None}, "siwx_malformed"),
    ],
)
def test_a_changed_sign_in_is_refused(make: MakeSandbox, members: dict[str, Any], error: str) -> None:
    buyer = Buyer(make())
    header = buyer.sign_in(buyer.challenge(JOBS, method="GET"))
    assert refused(buyer.http.get(JOBS, headers=changed(header, **members))) == error


@pytest.mark.parametrize("header", ["%", "e30=", "W10=", "bm90IGpzb24="])
def test_what_is_no_sign_in_is_malformed(make: MakeSandbox, header: str) -> None:
    assert refused(Buyer(make()).http.get(JOBS, headers={"SIGN-IN-WITH-X": header})) == "siwx_malformed"


def test_a_sign_in_ages_by_the_sandboxs_clock(make: MakeSandbox) -> None:
    clock = ManualClock(1_900_000_000.0)
    buyer = Buyer(make(clock=clock))
    fresh = buyer.sign_in(buyer.challenge(JOBS, method="GET"))
    clock.advance(10)
    assert buyer.http.get(JOBS, headers=fresh).status_code == 200
    old = buyer.sign_in(buyer.challenge(JOBS, method="GET"))
    clock.advance(301)
    assert refused(buyer.http.get(JOBS, headers=old)) == "siwx_expired"
