"""A shop that offers one call in three ways: x402 on Base and on Solana, MPP on Tempo."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

URL = "http://127.0.0.1:4020"
NETWORKS = {
    "base": "eip155:8453",
    "solana": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    "tempo": "eip155:4217",
}
# Made of nothing but patterns, and worthless.
KEYS = {"COINSLOT_EVM_KEY": "test:0x" + "c0d1" * 16, "COINSLOT_SOLANA_KEY": "test:" + "c0d1" * 16}
PAYEE = "0x209693Bc6afc0C5328bA36FaF03C514EF312287C"


@dataclass
class Shop:
    """Asks to be paid and is asked for jobs; nobody pays here."""

    prices: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NETWORKS, 134_000))
    """Atomic units, by backend; what is left out is not offered."""
    further: list[dict[str, Any]] = field(default_factory=list)
    """x402 offers after those."""
    signed_in: list[str] = field(default_factory=list)
    """The type of every signature that came to sign in."""
    closed_to: str = ""
    """Wallets with signatures of this type are not let in."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return self._challenge(request)
        header = request.headers.get("SIGN-IN-WITH-X")
        if header is None:
            return httpx.Response(401, json={"error": "who are you?"})
        kind = json.loads(base64.b64decode(header))["type"]
        self.signed_in.append(kind)
        if kind == self.closed_to:
            return httpx.Response(401, json={"error": "not for you"})
        return httpx.Response(200, json={"items": [], "nextCursor": None})

    def _challenge(self, request: httpx.Request) -> httpx.Response:
        offers = [getattr(self, f"_{name}")(price) for name, price in self.prices.items() if name != "tempo"]
        content = {
            "x402Version": 2,
            "resource": {"url": str(request.url)},
            "accepts": [*offers, *self.further],
        }
        headers = {"PAYMENT-REQUIRED": base64.b64encode(json.dumps(content).encode()).decode()}
        if "tempo" in self.prices:
            headers["WWW-Authenticate"] = self._tempo(self.prices["tempo"])
        return httpx.Response(402, json={}, headers=headers)

    def _base(self, price: int) -> dict[str, Any]:
        return {
            "scheme": "exact",
            "network": NETWORKS["base"],
            "amount": str(price),
            "asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
            "payTo": PAYEE,
            "maxTimeoutSeconds": 300,
            "extra": {"name": "USD Coin", "version": "2"},
        }

    def _solana(self, price: int) -> dict[str, Any]:
        return {
            "scheme": "exact",
            "network": NETWORKS["solana"],
            "amount": str(price),
            "asset": "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v",
            "payTo": "8SFqwqnq4whPhs8icwHA2hQg3hUoN1qrCLK1SBx3WKwe",
            "maxTimeoutSeconds": 300,
            "extra": {
                "feePayer": "AKkzLhjhyFtM9j7WAhbaqYpFe49cXeJBg2kzLRC2PnNa",
                "recentBlockhash": "gBxS1f6uyyGPuW5MzGBukidSb71jdsCb5fZaoSzULE5",
            },
        }

    def _tempo(self, price: int) -> str:
        asked = {
            "amount": str(price),
            "currency": "0x20C000000000000000000000b9537d11c60E8b50",
            "recipient": PAYEE,
            "methodDetails": {"chainId": 4217},
        }
        members = {
            "id": "kM9xPqWvT2nJrHsY4aDfEb",
            "realm": urlsplit(URL).netloc,
            "method": "tempo",
            "intent": "charge",
            "request": base64.urlsafe_b64encode(json.dumps(asked).encode()).decode().rstrip("="),
            "expires": (datetime.now(UTC) + timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return "Payment " + ", ".join(f'{name}="{value}"' for name, value in members.items())
