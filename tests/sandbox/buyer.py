"""A buyer made of official parts only: x402's client, its sign-in extension, eth-account.

Nothing of ours takes part in signing, so that what the sandbox accepts is judged by strangers.
"""

from __future__ import annotations

import asyncio
import base64
import json
from typing import Any

import httpx
from eth_account import Account
from eth_account.messages import encode_defunct
from x402 import x402ClientSync
from x402.extensions.sign_in_with_x import create_siwx_payload, encode_siwx_header
from x402.http.utils import decode_payment_required_header, encode_payment_signature_header
from x402.mechanisms.evm import EthAccountSigner
from x402.mechanisms.evm.exact.register import register_exact_evm_client
from x402.schemas.v1 import PaymentRequiredV1

from coinslot_sandbox import Sandbox

ORIGIN = "http://127.0.0.1:4020"
PRINT = "/api/generate/engraver/print"


class InProcess(httpx.BaseTransport):
    """Calls an ASGI application without a socket."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._transport = httpx.ASGITransport(sandbox.app, raise_app_exceptions=True)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        async def exchange() -> httpx.Response:
            answer = await self._transport.handle_async_request(request)
            return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

        return asyncio.run(exchange())


class Buyer:
    """One wallet and a connection to one server."""

    def __init__(self, sandbox: Sandbox, key: str | None = None, url: str | None = None) -> None:
        self.account = Account.from_key((key or sandbox.wallets[0].key).removeprefix("test:"))
        transport = None if url else InProcess(sandbox)
        self.http = httpx.Client(base_url=url or ORIGIN, transport=transport)
        self._x402 = x402ClientSync()
        # It would refuse what costs more than a dollar.
        self._x402.set_spend_controls(False)  # the official client's own switch
        register_exact_evm_client(self._x402, EthAccountSigner(self.account))

    @property
    def address(self) -> str:
        return str(self.account.address)

    def challenge(self, path: str, body: Any = None, method: str = "POST") -> httpx.Response:
        """Return the 402 of an unpaid call."""
        answer = self.http.request(method, path, json=body)
        assert answer.status_code == 402, answer.text
        return answer

    def credential(self, challenge: httpx.Response) -> dict[str, str]:
        """Return the header that pays a challenge, as the official client signs it."""
        header = challenge.headers.get("PAYMENT-REQUIRED")
        if header is None:
            required = PaymentRequiredV1.model_validate(challenge.json())
            return {"X-PAYMENT": encode_payment_signature_header(self._x402.create_payment_payload(required))}
        payload = self._x402.create_payment_payload(decode_payment_required_header(header))
        return {"PAYMENT-SIGNATURE": encode_payment_signature_header(payload)}

    def pay(self, path: str, body: Any = None, method: str = "POST") -> httpx.Response:
        """Make a paid call: ask, sign, pay."""
        headers = self.credential(self.challenge(path, body, method))
        return self.http.request(method, path, json=body, headers=headers)

    def sign_in(self, challenge: httpx.Response) -> dict[str, str]:
        """Return the header that answers a sign-in challenge, as the official extension signs it."""
        extension = challenge.json()["extensions"]["sign-in-with-x"]
        terms = {**extension["info"], **extension["supportedChains"][0]}
        payload = asyncio.run(create_siwx_payload(terms, self, str(challenge.url)))
        return {"SIGN-IN-WITH-X": encode_siwx_header(payload)}

    async def sign_message(self, *, message: str, account: Any = None) -> str:
        """Sign, as x402's `EVMSigner` protocol wants it."""
        signed = self.account.sign_message(encode_defunct(text=message))
        return f"0x{bytes(signed.signature).hex()}"

    def signed(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """Make a signed-in call."""
        challenge = self.http.request(method, path, params=query, json=body)
        assert challenge.status_code == 402, challenge.text
        return self.http.request(method, path, params=query, json=body, headers=self.sign_in(challenge))


def decoded(header: str) -> Any:
    """Return the JSON of an x402 header."""
    return json.loads(base64.b64decode(header))
