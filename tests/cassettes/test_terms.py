"""Every header that pays, signs in or confirms becomes its terms, and is read again from them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from coinslot.effects import Headers, Reply
from coinslot.x402 import read_receipt
from tests.cassettes.masks import TOKEN, TRANSACTION
from tests.cassettes.recorder import Recorder, Request
from tests.cassettes.scanner import secrets_in
from tests.cassettes.tape import deserialize, serialize
from tests.cassettes.terms import read

NOW = 1_800_000_000
SIGNATURE = "0x" + "5e" * 65
HASH = "0x" + "7a" * 32
URL = "http://127.0.0.1:4020/api/draw"


def coded(content: Any) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def url_safe(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


EXACT = {
    "signature": SIGNATURE,
    "authorization": {"value": "5", "validAfter": "0", "validBefore": str(NOW + 60), "nonce": HASH},
}
EXACT_MASKED = {
    "signature": "masked-signature",
    "authorization": {
        "value": "5",
        "validAfter": "0",
        "validBefore": "now+60 s",
        "nonce": "maskednonce",
    },
}
CHARGE = {
    "challenge": {"id": "ch_1", "method": "tempo", "expires": "2027-01-15T08:01:00Z"},
    "source": "did:pkh:eip155:4217:0x00",
    "payload": {"type": "transaction", "signature": "0x76" + "5e" * 200},
}
CHARGE_MASKED = {
    "scheme": "Payment",
    "challenge": {"id": "ch_1", "method": "tempo", "expires": "now+60 s"},
    "source": "did:pkh:eip155:4217:0x00",
    "payload": {"type": "transaction", "signature": "masked-signature"},
}
SENT = {
    "X-PAYMENT": (coded({"x402Version": 1, "payload": EXACT}), {"x402Version": 1, "payload": EXACT_MASKED}),
    "PAYMENT-SIGNATURE": (coded({"payload": EXACT}), {"payload": EXACT_MASKED}),
    "SIGN-IN-WITH-X": (
        coded({"address": "0x1", "issuedAt": "2027-01-15T07:59:55.000Z", "signature": SIGNATURE}),
        {"address": "0x1", "issuedAt": "now-5 s", "signature": "masked-signature"},
    ),
    "Authorization": (f"Payment {url_safe(CHARGE)}", CHARGE_MASKED),
    "authorization": ("Bearer vercel_blob_client_1", {"scheme": "Bearer", "token": TOKEN}),
    "AUTHORIZATION": ("Basic dXNlcjpwYXNz", {"scheme": "Basic", "token": TOKEN}),
    "x-payment": ("not base64 of anything", {"unreadable": "masked"}),
}
ANSWERED = {
    "PAYMENT-RESPONSE": (
        coded({"success": True, "transaction": HASH, "network": "eip155:8453"}),
        {"success": True, "transaction": TRANSACTION, "network": "eip155:8453"},
    ),
    "X-PAYMENT-RESPONSE": (
        coded({"success": True, "transaction": HASH}),
        {"success": True, "transaction": TRANSACTION},
    ),
    "Payment-Receipt": (
        url_safe({"method": "tempo", "reference": HASH, "status": "success"}),
        {"method": "tempo", "reference": TRANSACTION, "status": "success"},
    ),
    "PAYMENT-REQUIRED": (
        coded({"extensions": {"sign-in-with-x": {"info": {"nonce": "abcdef0123456789"}}}}),
        {"extensions": {"sign-in-with-x": {"info": {"nonce": "maskednonce"}}}},
    ),
}


def taped(sent: dict[str, str], answered: dict[str, str]) -> dict[str, Any]:
    """Return an exchange as it is on a cassette, played back from its text."""
    recorder = Recorder(lambda: float(NOW))
    request = recorder.request(Request("GET", URL, b"", sent))
    response = recorder.response(
        {
            "status": {"code": 200, "message": "OK"},
            "headers": {name: [value] for name, value in answered.items()},
            "body": {"string": b""},
        }
    )
    text = serialize({"version": 1, "interactions": [{"request": request._to_dict(), "response": response}]})
    exchange: dict[str, Any] = deserialize(text)["interactions"][0]
    assert list(secrets_in(text)) == []
    again = recorder.request(Request(**exchange["request"]))
    assert again.headers == request.headers, "what was masked is not masked twice"
    return exchange


@pytest.mark.parametrize(("name", "value", "said"), [(name, *both) for name, both in SENT.items()], ids=SENT)
def test_a_credential_is_recorded_as_its_terms(name: str, value: str, said: dict[str, Any]) -> None:
    [played] = taped({name: value}, {})["request"]["headers"].values()

    assert read(name.lower(), played[0]) == said


@pytest.mark.parametrize(
    ("name", "value", "said"), [(name, *both) for name, both in ANSWERED.items()], ids=ANSWERED
)
def test_a_confirmation_is_recorded_as_its_terms(name: str, value: str, said: dict[str, Any]) -> None:
    played = taped({}, {name: value})["response"]["headers"][name.lower()]

    assert read(name.lower(), played[0]) == said


def test_a_masked_receipt_is_still_a_receipt() -> None:
    name = "PAYMENT-RESPONSE"
    value = taped({}, {name: ANSWERED[name][0]})["response"]["headers"][name.lower()][0]

    assert read_receipt(Reply(200, Headers({name: value}))) == ANSWERED[name][1]


def test_headers_that_nobody_named_are_not_recorded() -> None:
    exchange = taped({"Cookie": "session=1", "Host": "here"}, {"Set-Cookie": "session=1", "Date": "now"})

    assert exchange["request"]["headers"] == {}
    assert exchange["response"]["headers"] == {"content-length": ["0"]}
