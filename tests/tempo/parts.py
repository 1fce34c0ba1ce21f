"""What the tests of the backend share: vectors, offers, a backend under a fixed clock, a node's answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from coinslot.backend import Credential, Draft, Setting, Surroundings
from coinslot.effects import Reply, Request
from coinslot.offer import Offer
from coinslot_tempo.backend import TempoBackend, backend
from tests.base.parts import NOW, TEST_KEY, driven, returned, vectors

__all__ = [
    "CHALLENGE",
    "NODE",
    "NOW",
    "OUSD",
    "PATH_USD",
    "PAYEE",
    "REALM",
    "TEST_KEY",
    "USDC_E",
    "Answers",
    "drafted",
    "driven",
    "offer",
    "payer",
    "returned",
    "signed",
    "vectors",
    "word",
]

NODE = "https://node.example/secret-token"
CHALLENGE = "kM9xPqWvT2nJrHsY4aDfEb"
REALM = "api.example.com"
PAYEE = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"
PATH_USD = "0x20c0000000000000000000000000000000000000"
USDC_E = "0x20C000000000000000000000b9537d11c60E8b50"
OUSD = "0x20c0000000000000000000006a37DA5C996874BE"


def offer(**changes: Any) -> Offer:
    """An offer of 0.134 USDC.e on Tempo; `details` are changes of `methodDetails`, None takes one out."""
    details: dict[str, Any] = {"chainId": 4217, **changes.pop("details", {})}
    details = {name: value for name, value in details.items() if value is not None}
    request = {
        "amount": str(changes.pop("amount", 134_000)),
        "currency": changes.pop("currency", USDC_E),
        "recipient": changes.pop("recipient", PAYEE),
        "methodDetails": details,
    }
    raw = {
        "id": CHALLENGE,
        "realm": REALM,
        "method": "tempo",
        "intent": "charge",
        "decoded": request,
        **changes.pop("raw", {}),
    }
    members: dict[str, Any] = {
        "protocol": "mpp",
        "version": 1,
        "scheme": "tempo/charge",
        "network": "tempo",
        "asset": request["currency"],
        "amount": int(request["amount"]),
        "payee": request["recipient"],
        "valid_seconds": 300,
        "extra": details,
        "raw": raw,
        **changes,
    }
    return Offer(**members)


def payer(environ: Mapping[str, str] | None = None, now: float = NOW) -> TempoBackend:
    """A backend with a worthless key whose clock stands still."""
    fixed = Surroundings(now=lambda: now, random_bytes=bytes)
    return backend(Setting({"COINSLOT_EVM_KEY": TEST_KEY, **(environ or {})}, fixed))


def drafted(asked: Offer, paying: TempoBackend | None = None, node: Answers | None = None) -> Draft:
    """Prepare an offer, with `node` as the node's answers where one is configured."""
    flow = (paying or payer()).prepare(asked)
    return driven(flow, node) if node is not None else returned(flow)


def signed(asked: Offer, paying: TempoBackend | None = None, node: Answers | None = None) -> Credential:
    """Prepare and sign an offer."""
    return (paying or payer()).sign(drafted(asked, paying, node))


@dataclass
class Answers:
    """A node that answers by method name: a value, a dict with `code` for an error, or a function."""

    results: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, list[Any]]] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        assert request.url == NODE
        call = json.loads(request.body)
        method, parameters = call["method"], call["params"]
        self.asked.append((method, parameters))
        result = self.results.get(method, {"code": -32601, "message": "method not found"})
        if callable(result):
            result = result(*parameters)
        if isinstance(result, Reply):
            return result
        told = {"error": result} if isinstance(result, dict) and "code" in result else {"result": result}
        return Reply(200, body=json.dumps({"jsonrpc": "2.0", "id": call["id"], **told}).encode())


def word(value: int) -> str:
    """A number as a contract answers it."""
    return f"0x{value:064x}"
