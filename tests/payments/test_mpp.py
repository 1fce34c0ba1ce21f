"""MPP on the wire, against vectors made by the official SDKs, and against whatever a server may send."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from coinslot import mpp, protocols
from coinslot.backend import Credential
from coinslot.effects import Headers, Reply
from coinslot.errors import MalformedChallenge

ROOT = Path(__file__).resolve().parents[2]
VECTORS = json.loads((ROOT / "tests/vectors/mpp_challenge.json").read_text("utf-8"))["vectors"]
OFFICIAL = ROOT.parent / "shared/vectors/mpp_official.json"


def reply(*headers: str, **others: str) -> Reply:
    return Reply(402, Headers([*(("WWW-Authenticate", header) for header in headers), *others.items()]))


def request(**members: Any) -> str:
    content = {"amount": "134000", "currency": "0xToken", "recipient": "0xPayee", **members}
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def challenge(**changes: str) -> str:
    parameters = {
        "id": "ch-1",
        "realm": "api.example.com",
        "method": "coin",
        "intent": "charge",
        "request": request(),
        **changes,
    }
    return "Payment " + ", ".join(f'{name}="{value}"' for name, value in parameters.items())


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_official_challenges_are_answered_as_the_official_client_does(vector: dict[str, Any]) -> None:
    given, expected = vector["input"], vector["expected"]
    (read,) = mpp.read_challenges(reply(expected["wwwAuthenticate"]))
    (offer,) = read.offers

    assert (offer.scheme, offer.amount) == (f"{given['method']}/charge", int(given["request"]["amount"]))
    assert (offer.asset, offer.payee) == (given["request"]["currency"], given["request"]["recipient"])
    name, value = mpp.credential_header(offer, given["payload"], given.get("source"))
    assert name == expected["credentialHeaderName"]
    assert decoded(value) == expected["credential"]


@pytest.mark.skipif(not OFFICIAL.exists(), reason="the official vectors lie in ../shared, which is not here")
def test_official_headers_are_read_and_refused_as_they_should_be() -> None:
    parsing = json.loads(OFFICIAL.read_text("utf-8"))["vectors"][1]
    for case in parsing["accept"]:
        (parameters,) = mpp.parameters_of(reply(case["wire"]))
        told = {name: value for name, value in case["fields"].items() if name != "request"}
        assert told.items() <= dict(parameters).items(), case["name"]
    for wire in parsing["reject"]:
        try:
            assert mpp.read_challenges(reply(wire)) == [], wire
        except MalformedChallenge:
            continue


def test_several_challenges_in_one_header_and_in_several() -> None:
    both = f'Bearer realm="x, Payment id=1", {challenge(id="a")}, {challenge(id="b")}'
    read = mpp.read_challenges(reply(both, challenge(id="c"), "Basic dXNlcg=="))

    assert [entry.offers[0].raw["id"] for entry in read] == ["a", "b", "c"]


def test_one_unreadable_challenge_does_not_hide_another() -> None:
    read = mpp.read_challenges(reply(challenge(request="!!!"), challenge(id="b")))

    assert [entry.offers[0].raw["id"] for entry in read] == ["b"]
    assert read[0].unreadable == ("MPP challenge 0 has a request that is not base64url of JSON.",)


@pytest.mark.parametrize("amount", ["1e6", "-1", "0x10", "1.0", "", "9" * 79, " 1", "\u0661"])
def test_t43_malformed_amounts_are_named(amount: str) -> None:
    with pytest.raises(MalformedChallenge, match="MPP challenge 0"):
        mpp.read_challenges(reply(challenge(request=request(amount=amount))))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"header": "Host"}, "header"),
        ({"expires": "soon"}, "no moment"),
        ({"expires": "2026-01-01T00:00:00"}, "no moment"),
        ({"method": "Coin!"}, "method"),
        ({"id": ""}, "no id"),
        ({"request": "x" * 20_000}, "too long"),
    ],
)
def test_odd_parameters_are_named(changes: dict[str, str], told: str) -> None:
    with pytest.raises(MalformedChallenge, match=told):
        mpp.read_challenges(reply(challenge(**changes)))


def test_x402_and_mpp_together_are_one_list() -> None:
    x402_challenge = {
        "x402Version": 2,
        "accepts": [
            {"scheme": "exact", "network": "test:1", "amount": "1", "asset": "a", "payTo": "b"},
        ],
    }
    header = base64.b64encode(json.dumps(x402_challenge).encode()).decode()
    both = protocols.read_challenges(reply(challenge(), **{"PAYMENT-REQUIRED": header}))

    assert [entry.protocol for entry in both] == ["x402", "mpp"]
    name, value = protocols.credential_header(both[1], both[1].offers[0], Credential({"type": "x"}, "n"))
    assert (name, decoded(value)["payload"]) == ("Authorization", {"type": "x"})


def test_one_malformed_protocol_does_not_hide_the_other() -> None:
    both = protocols.read_challenges(reply(challenge(), **{"PAYMENT-REQUIRED": "%%%"}))

    assert [entry.protocol for entry in both] == ["mpp"]


def test_a_challenge_is_bound_to_host_and_body() -> None:
    body = b'{"prompt":"a cat"}'
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    for told in (f"sha-256={digest}", f"sha-256=:{digest}:"):
        ((offer,),) = (entry.offers for entry in mpp.read_challenges(reply(challenge(digest=told))))
        assert mpp.binding_refusal(offer, "https://api.example.com/draw", body) is None
        assert mpp.binding_refusal(offer, "https://api.example.com/draw", b"{}") is not None
        assert mpp.binding_refusal(offer, "https://evil.example/draw", body) is not None


def receipt(**changes: Any) -> Reply:
    content = {
        "status": "success",
        "method": "coin",
        "timestamp": "2026-01-01T00:00:00Z",
        "reference": "0xab",
    }
    text = base64.urlsafe_b64encode(json.dumps({**content, **changes}).encode()).decode().rstrip("=")
    return Reply(200, Headers({"Payment-Receipt": text}))


@pytest.mark.parametrize(
    ("changes", "confirms"),
    [
        ({}, True),
        ({"challengeId": "ch-1"}, True),
        ({"challengeId": "ch-2"}, False),
        ({"status": "failed"}, False),
        ({"method": "other"}, False),
        ({"reference": ""}, False),
    ],
)
def test_t48_receipts_are_held_against_the_terms(changes: dict[str, str], *, confirms: bool) -> None:
    (read,) = mpp.read_challenges(reply(challenge()))
    told = mpp.read_receipt(receipt(**changes))

    assert told is not None
    assert (mpp.receipt_contradiction(told, read.offers[0]) is None) is confirms


HEADERS = st.text(alphabet=st.characters(codec="latin-1"), max_size=300)


@given(HEADERS | HEADERS.map(lambda text: f"Payment {text}"), HEADERS)
@example('Payment id="', "")
@example("Payment " + "a=b, " * 3000, "")
def test_whatever_comes_is_read_or_refused(header: str, x402_header: str) -> None:
    with contextlib.suppress(MalformedChallenge):
        protocols.read_challenges(reply(header, **{"PAYMENT-REQUIRED": x402_header}))


def decoded(value: str) -> Any:
    scheme, _, text = value.partition(" ")
    assert scheme == "Payment"
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
