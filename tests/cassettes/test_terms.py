"""Every header that pays, signs in or confirms becomes its terms, and is read again from them."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from coinslot.effects import Headers, Reply
from coinslot.x402 import read_receipt
from coinslot_tempo.memo import attribution
from coinslot_tempo.transaction import Transaction
from coinslot_tempo.transfers import Transfer
from tests.cassettes.masks import BLOCKHASH, CHALLENGE, NONCE, SOLANA_TRANSACTION, TOKEN, TRANSACTION
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
    "challenge": {"id": CHALLENGE, "method": "tempo", "expires": "now+60 s"},
    "source": "did:pkh:eip155:4217:0x00",
    "payload": {"type": "transaction", "signature": "masked-signature"},
}
PAYEE, USDC = "0x5e37D84E69BdB7b2338B4B9d3D4242CC136C0B89", "0x20C000000000000000000000b9537d11c60E8b50"
PAYER = "0xab72F0B6611b43e41C2C1564E5fA919237Cc68aA"


def tempo_charge(*, fee_token: str | None, challenge: str = "ch_1") -> dict[str, Any]:
    """Return the credential of a charge; who signs is left to whoever checks that."""
    memo = attribution(challenge, "shop.example")
    transaction = Transaction(
        chain_id=4217,
        tip=1,
        gas_price=2,
        gas_limit=3,
        token=bytes.fromhex(USDC[2:]),
        transfers=(Transfer(bytes.fromhex(PAYEE[2:]), 134_000, memo),),
        valid_before=NOW + 25,
        fee_token=bytes.fromhex(fee_token[2:]) if fee_token else None,
    )
    sent = transaction.signed(b"\x5e" * 65, bytes.fromhex(PAYER[2:]))
    return {
        "challenge": {"id": "ch_1", "realm": "shop.example", "request": url_safe({"amount": "134000"})},
        "payload": {"type": "transaction", "signature": "0x" + sent.hex()},
    }


def tempo_said(
    kind: str, payer: dict[str, Any], fee_token: str | None, challenge: str = "its own"
) -> dict[str, Any]:
    """Return how that credential is recorded."""
    transfer = {
        "to": PAYEE,
        "amount": "134000",
        "memo": {"realm": "shop.example", "client": None, "challenge": challenge},
    }
    transaction = {
        "type": kind,
        "chainId": 4217,
        "maxPriorityFeePerGas": 1,
        "maxFeePerGas": 2,
        "gasLimit": 3,
        "calls": [{"to": USDC, "value": 0, "transferWithMemo": transfer}],
        "accessList": [],
        "nonceKey": "expiring",
        "sequence": 0,
        "validBefore": "now+25 s",
        "validAfter": 0,
        "feeToken": fee_token,
        **payer,
        "authorizations": [[]],
        "signature": "masked-signature",
    }
    return {
        "scheme": "Payment",
        "challenge": {"id": CHALLENGE, "realm": "shop.example", "request": {"amount": "134000"}},
        "payload": {"type": "transaction", "signature": transaction},
    }


SENT = {
    "X-PAYMENT": (coded({"x402Version": 1, "payload": EXACT}), {"x402Version": 1, "payload": EXACT_MASKED}),
    "PAYMENT-SIGNATURE": (coded({"payload": EXACT}), {"payload": EXACT_MASKED}),
    "SIGN-IN-WITH-X": (
        coded({"address": "0x1", "issuedAt": "2027-01-15T07:59:55.000Z", "signature": SIGNATURE}),
        {"address": "0x1", "issuedAt": "now-5 s", "signature": "masked-signature"},
    ),
    "Authorization": (f"Payment {url_safe(CHARGE)}", CHARGE_MASKED),
    "Authorization of Tempo": (
        f"Payment {url_safe(tempo_charge(fee_token=USDC))}",
        tempo_said("0x76", {"sponsor": None}, USDC),
    ),
    "Authorization of Tempo, sponsored": (
        f"Payment {url_safe(tempo_charge(fee_token=None))}",
        tempo_said("0x78", {"sender": PAYER}, None),
    ),
    "Authorization of Tempo, for another challenge": (
        f"Payment {url_safe(tempo_charge(fee_token=USDC, challenge='ch_2'))}",
        tempo_said("0x76", {"sponsor": None}, USDC, "other"),
    ),
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
    "payment-response": (
        coded({"success": True, "transaction": "5" * 88}),
        {"success": True, "transaction": SOLANA_TRANSACTION},
    ),
    "WWW-Authenticate": (
        (
            f'Payment id="ch_1", realm="a \\"b\\"", request="{url_safe({"amount": "5"})}", '
            f'opaque="{url_safe({"_mpp_nonce": "5e" * 32})}", Payment id="ch_2", method=tempo'
        ),
        {
            "challenges": [
                {
                    "id": CHALLENGE,
                    "realm": 'a "b"',
                    "request": {"amount": "5"},
                    "opaque": {"_mpp_nonce": NONCE},
                },
                {"id": CHALLENGE, "method": "tempo"},
            ]
        },
    ),
    "www-authenticate": ('Basic realm="here"', {"text": 'Basic realm="here"'}),
    "payment-required": (
        coded({"accepts": [{"extra": {"recentBlockhash": "7" * 44}}]}),
        {"accepts": [{"extra": {"recentBlockhash": BLOCKHASH}}]},
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
    name = name.partition(" ")[0]
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
