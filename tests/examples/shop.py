"""A shop that takes prepaid credits, and their issuer, written from the example's README alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from tests.cassettes.seller import PIXEL
from tests.payments.conftest import Clock

SHOP = "http://127.0.0.1:4020"
ISSUER = "http://127.0.0.1:4030"
FILES = "http://127.0.0.1:4040/files"
DRAW = "/api/generate/nano-banana-pro/generate"
PRICE, FUNDS = 1340, 100_000
OFFER: dict[str, Any] = {
    "scheme": "prepaid",
    "network": "credits:demo",
    "asset": "credit",
    "amount": str(PRICE),
    "payTo": "shop",
    "maxTimeoutSeconds": 120,
}
OTHER_OFFER: dict[str, Any] = {
    **OFFER,
    "scheme": "exact",
    "network": "eip155:8453",
    "asset": "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913",
    "payTo": "0x209693Bc6afc0C5328bA36FaF03C514EF312287C",
    "amount": "134000",
}


@dataclass
class Shop:
    """Shop and issuer behind one door: the address says which is meant."""

    clock: Clock
    secrets: dict[str, bytes]
    polls: int = 1
    """A job is complete at the n-th question."""
    answers: Literal["well", "not at all", "after it was paid"] = "well"
    vouchers: dict[str, dict[str, str]] = field(default_factory=dict)
    signed_in: list[str] = field(default_factory=list)
    asked: list[httpx.Request] = field(default_factory=list)
    paid: list[httpx.Request] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        origin, path = f"{request.url.scheme}://{request.url.netloc.decode()}", request.url.path
        if origin == ISSUER:
            return self._statement(request)
        if request.method == "PUT":
            self.files[str(request.url)] = request.read()
            return httpx.Response(201)
        if path.startswith("/media/"):
            return httpx.Response(200, content=PIXEL, headers={"Content-Type": "image/png"})
        if request.method == "POST":
            return self._draw(request)
        return self._jobs(request)

    @property
    def balance(self) -> int:
        return FUNDS - sum(int(voucher["amount"]) for voucher in self.vouchers.values())

    def _draw(self, request: httpx.Request) -> httpx.Response:
        header = request.headers.get("PAYMENT-SIGNATURE")
        if header is None:
            self.asked.append(request)
            content = {
                "x402Version": 2,
                "resource": {"url": str(request.url)},
                "accepts": [OTHER_OFFER, OFFER],
            }
            return httpx.Response(402, json={}, headers={"PAYMENT-REQUIRED": encoded(content)})
        self.paid.append(request)
        if self.answers == "not at all":
            raise httpx.ReadTimeout("as told", request=request)
        sent = decoded(header)
        assert sent["accepted"] == OFFER
        receipt = self._take(sent["payload"])
        if self.answers == "after it was paid":
            raise httpx.ReadTimeout("as told", request=request)
        answer = {"success": True, "jobId": "job-1", "status": "pending", "type": "nano-banana-pro"}
        return httpx.Response(200, json=answer, headers={"PAYMENT-RESPONSE": encoded(receipt)})

    def _take(self, payload: Any) -> dict[str, Any]:
        voucher = payload["voucher"]
        text = json.dumps(voucher, sort_keys=True, separators=(",", ":"))
        assert payload["mac"] == self._mac(voucher["account"], "prepaid voucher 1", text)
        assert (voucher["network"], voucher["asset"], voucher["payee"]) == ("credits:demo", "credit", "shop")
        assert voucher["amount"] == str(PRICE)
        assert self.clock.now() < voucher["expires"] <= self.clock.now() + 120
        taken = {"amount": voucher["amount"], "payee": "shop", "reference": f"entry-{len(self.vouchers)}"}
        known = self.vouchers.setdefault(voucher["nonce"], taken)
        return {
            "success": True,
            "transaction": known["reference"],
            "network": "credits:demo",
            "payer": voucher["account"],
        }

    def _statement(self, request: httpx.Request) -> httpx.Response:
        account, asked, mac = request.headers["Prepaid-Account"].split(":")
        assert mac == self._mac(account, "prepaid statement 1", asked)
        statement = {
            "account": account,
            "asset": "credit",
            "network": "credits:demo",
            "moment": int(self.clock.now()),
            "balance": self.balance,
            "vouchers": self.vouchers,
        }
        return httpx.Response(200, json=statement)

    def _jobs(self, request: httpx.Request) -> httpx.Response:
        message = decoded(request.headers["SIGN-IN-WITH-X"])
        text = "\n".join(
            [
                f"{urlsplit(SHOP).netloc} wants you to sign in with your prepaid account:",
                message["address"],
                "",
                f"URI: {request.url}",
                "Version: 1",
                "Chain ID: demo",
                f"Nonce: {message['nonce']}",
                f"Issued At: {message['issuedAt']}",
                f"Expiration Time: {message['expirationTime']}",
            ]
        )
        assert message["signature"] == self._mac(message["address"], "prepaid sign-in 1", text)
        self.signed_in.append(message["address"])
        if request.url.path == "/api/jobs":
            return httpx.Response(200, json={"items": [], "nextCursor": None})
        self.polls -= 1
        job: dict[str, Any] = {"jobId": "job-1", "status": "processing", "progress": 50}
        if self.polls <= 0:
            job = {"jobId": "job-1", "status": "complete", "result": {"imageUrl": f"{SHOP}/media/1.png"}}
        return httpx.Response(200, json=job)

    def _mac(self, account: str, purpose: str, text: str) -> str:
        return hmac.new(self.secrets[account], f"{purpose}\n{text}".encode(), hashlib.sha256).hexdigest()


def encoded(content: Any) -> str:
    return base64.b64encode(json.dumps(content).encode()).decode()


def decoded(header: str) -> Any:
    return json.loads(base64.b64decode(header))
