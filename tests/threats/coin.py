"""A payment method of the tests' own, which pays MPP challenges of a chain that does not exist."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from coinslot.backend import Credential, Draft, Identity, Outcome, Spent
from coinslot.effects import Flow
from coinslot.offer import Asset, Offer, Refusal, Terms

PAYER = "coin-payer"
PAYEE = "coin-payee"
COIN = Asset("coin:1", "coin", "COIN", 6)


def challenge(host: str = "127.0.0.1:4020", **changes: str) -> str:
    """Write `WWW-Authenticate` as a server that takes coins would."""
    request = {"amount": "134000", "currency": "coin", "recipient": PAYEE}
    parameters = {
        "id": "challenge-1",
        "realm": host,
        "method": "coin",
        "intent": "charge",
        "request": _coded(request),
        **changes,
    }
    return "Payment " + ", ".join(f'{name}="{value}"' for name, value in parameters.items())


def receipt(**changes: str) -> str:
    told = {"status": "success", "method": "coin", "reference": "coin-transaction"}
    return _coded({**told, **changes})


def _coded(content: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


class CoinIdentity:
    address = PAYER
    chains: tuple[str, ...] = ("coin:1",)
    signature_type = "none"
    account_kind = "Coin"
    blank_line_without_statement = True

    def sign(self, text: str) -> str:
        return f"signed {len(text)}"


@dataclass
class CoinBackend:
    """Pays `coin/charge`; `bend` may change what it signs, to be caught at it."""

    name: str = "coin"
    test_key: bool = True
    identity: Identity = field(default_factory=CoinIdentity)
    bend: Callable[[dict[str, Any]], dict[str, Any]] = lambda payload: payload
    signed: list[Credential] = field(default_factory=list)

    def refuses(self, offer: Offer) -> Refusal | None:
        return None if offer.scheme == "coin/charge" else Refusal("scheme", "it is not paid in coins")

    def asset(self, offer: Offer) -> Asset | None:
        return COIN if offer.asset == "coin" else None

    def prepare(self, offer: Offer) -> Flow[Draft]:
        yield from ()
        return Draft(offer, PAYER, expires_at=1_800_000_200, fields={"nonce": f"n-{len(self.signed)}"})

    def sign(self, draft: Draft) -> Credential:
        payload = {
            "amount": draft.offer.amount,
            "payee": draft.offer.payee,
            "expires": draft.expires_at,
            "payer": draft.payer,
            "network": COIN.network,
            "asset": COIN.address,
            "nonce": draft.fields["nonce"],
        }
        credential = Credential(self.bend(payload), nonce=draft.fields["nonce"])
        self.signed.append(credential)
        return credential

    def decode(self, credential: Credential, offer: Offer) -> Terms:
        signed = credential.payload
        return Terms(
            network=signed["network"],
            asset=signed["asset"],
            amount=signed["amount"],
            payee=signed["payee"],
            payer=signed["payer"],
            expires_at=signed["expires"],
        )

    def is_transaction(self, told: str) -> bool:
        return told.startswith("coin-")

    def submit(self, credential: Credential) -> Flow[Credential]:
        yield from ()
        return replace(credential)

    def outcome(self, attempt: Spent) -> Flow[Outcome]:
        yield from ()
        return Outcome("not known", "nobody keeps this chain")

    def balance(self) -> Flow[Mapping[Asset, int]]:
        yield from ()
        return {COIN: 1_000_000}


@dataclass
class CoinShop:
    """Asks for coins with the challenge that it is told, and takes whatever is paid."""

    asks: Callable[[], str] = challenge
    asked: list[httpx.Request] = field(default_factory=list)
    paid: list[httpx.Request] = field(default_factory=list)
    on_paid: Callable[[], None] = lambda: None
    settled: str = field(default_factory=receipt)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if "Authorization" in request.headers:
            self.paid.append(request)
            self.on_paid()
            headers = {"Payment-Receipt": self.settled}
            return httpx.Response(200, json={"number": len(self.paid)}, headers=headers)
        self.asked.append(request)
        return httpx.Response(402, headers={"WWW-Authenticate": self.asks()})
