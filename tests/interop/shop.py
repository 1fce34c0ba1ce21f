"""A seller who uses the official x402 server, facilitator and sign-in code, with a job list behind it.

Nothing of ours judges here. Routes and answers have the shape of the generated client's API: a paid
`POST /api/generate/...`, and `GET /api/jobs` and `GET /api/jobs/{id}` for whoever signs in.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from x402 import x402Facilitator, x402ResourceServer
from x402.http.middleware.fastapi import payment_middleware
from x402.http.types import PaymentOption, RouteConfig
from x402.interfaces import SchemeNetworkFacilitator
from x402.schemas import (
    PaymentPayload,
    PaymentRequirements,
    SettleResponse,
    SupportedResponse,
    VerifyResponse,
)

from tests.interop.proxy import GENERATE

PAGE = 2
"""Jobs on a page of the list: few, so that the list must be turned over."""


@dataclass(frozen=True)
class Till:
    """One way to pay at this shop."""

    network: str
    payee: str
    seller: Any
    facilitator: Callable[[], SchemeNetworkFacilitator]
    """Makes a new one, which remembers nothing of the chain."""
    price: str = "$0.134"


@dataclass
class Shop:
    """What is sold at `origin`, and what was made."""

    origin: str
    tills: list[Till]
    challenges_only: bool = False
    """Whether only nonces that the shop gave out itself are taken for signing in."""
    jobs: list[dict[str, Any]] = field(default_factory=list)
    signed_in: list[str] = field(default_factory=list)
    """Nonces of sign-ins that were let in."""
    refused: list[str] = field(default_factory=list)
    """Why others were not."""
    challenged: set[str] = field(default_factory=set)
    """Nonces that the shop gave out."""
    facilitator: x402Facilitator = field(default_factory=x402Facilitator)

    def forget(self) -> None:
        """Be as a new shop is."""
        self.facilitator = x402Facilitator()
        for till in self.tills:
            self.facilitator.register([till.network], till.facilitator())
        self.challenges_only = False
        for kept in (self.jobs, self.signed_in, self.refused, self.challenged):
            kept.clear()

    def application(self) -> FastAPI:
        """Return the shop with the official middleware around it."""
        self.forget()
        app = FastAPI()
        app.middleware("http")(payment_middleware(self._routes(), self._server()))
        app.middleware("http")(self._note_challenges)

        @app.post(GENERATE)
        async def generate(request: Request) -> dict[str, Any]:
            payload = request.state.payment_payload.payload
            return self._accept(_payer(payload), await request.json())

        @app.get("/api/jobs")
        async def jobs(request: Request, cursor: int = 0) -> dict[str, Any]:
            own = [job for job in reversed(self.jobs) if job["payer"] == _signed_in(request)]
            shown, rest = own[cursor : cursor + PAGE], own[cursor + PAGE :]
            return {
                "items": [_public(job) for job in shown],
                "nextCursor": str(cursor + PAGE) if rest else None,
            }

        @app.get("/api/jobs/{job_id}")
        async def job(request: Request, job_id: str) -> dict[str, Any]:
            found = [job for job in self.jobs if (job["id"], job["payer"]) == (job_id, _signed_in(request))]
            if not found:
                raise HTTPException(404)
            return {**_public(found[0]), "status": "complete", "result": {"imageUrl": f"{self.origin}/a.png"}}

        return app

    async def _note_challenges(
        self, request: Request, following: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        response = await following(request)
        header = response.headers.get("PAYMENT-REQUIRED")
        sign_in = _decoded(header).get("extensions", {}).get("sign-in-with-x") if header else None
        if sign_in:
            self.challenged.add(sign_in["info"]["nonce"])
        return response

    def _accept(self, payer: str, body: dict[str, Any]) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        job = {
            "id": f"job_{len(self.jobs) + 1}",
            "type": "nano-banana-pro",
            "input": {"aspectRatio": "1:1", **body},
            "status": "pending",
            "progress": 0,
            "createdAt": now,
            "updatedAt": now,
            "payer": payer,
        }
        self.jobs.append(job)
        return {"success": True, "jobId": job["id"], "status": "pending", "type": job["type"]}

    def _server(self) -> x402ResourceServer:
        from x402.extensions.sign_in_with_x.hooks import CreateSIWxRequestHookOptions
        from x402.extensions.sign_in_with_x.server import create_siwx_resource_server_extension

        server = x402ResourceServer(Facilitating(self))
        for till in self.tills:
            server.register(till.network, till.seller)
        options = CreateSIWxRequestHookOptions(
            storage=Nonces(self), origin=self.origin, on_event=self._on_sign_in
        )
        server.register_extension(create_siwx_resource_server_extension(options))
        return server

    def _on_sign_in(self, event: dict[str, Any]) -> None:
        if event["type"] != "access_granted":
            self.refused.append(str(event.get("error") or event["type"]))

    def _routes(self) -> dict[str, RouteConfig]:
        from x402.extensions.sign_in_with_x import declare_siwx_extension
        from x402.extensions.sign_in_with_x.types import DeclareSIWxOptions

        accepts = [
            PaymentOption(
                scheme="exact",
                pay_to=till.payee,
                price=till.price,
                network=till.network,
                max_timeout_seconds=300,
            )
            for till in self.tills
        ]
        sign_in = DeclareSIWxOptions(
            network=[till.network for till in self.tills],
            statement="Sign in to see your jobs",
            expirationSeconds=300,
        )
        signed = RouteConfig(accepts=[], extensions=declare_siwx_extension(sign_in))
        return {
            f"POST {GENERATE}": RouteConfig(accepts=accepts, mime_type="application/json"),
            "GET /api/jobs": signed,
            "GET /api/jobs/*": signed,
        }


class Facilitating:
    """The facilitator that the shop has now."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    async def verify(self, payload: PaymentPayload, required: PaymentRequirements) -> VerifyResponse:
        """Verify a payment."""
        return await self.shop.facilitator.verify(payload, required)

    async def settle(self, payload: PaymentPayload, required: PaymentRequirements) -> SettleResponse:
        """Settle a payment."""
        return await self.shop.facilitator.settle(payload, required)

    def get_supported(self) -> SupportedResponse:
        """Say what it can settle."""
        return self.shop.facilitator.get_supported()


class Nonces:
    """What the official sign-in code keeps its nonces in; each is good for once.

    In 2.25 that code asks for `has_record_nonce` to know of `record_nonce`, so both stand here.
    """

    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    def has_paid(self, resource: str, address: str) -> bool:
        """Whether an address has paid for a page; unused, because nothing signed is sold here."""
        return False

    def record_payment(self, resource: str, address: str) -> None:
        """Note a payment; unused."""

    def has_used_nonce(self, nonce: str) -> bool:
        """Whether a nonce is not to be taken (again)."""
        foreign = self.shop.challenges_only and nonce not in self.shop.challenged
        return nonce in self.shop.signed_in or foreign

    def record_nonce(self, nonce: str) -> None:
        """Note a nonce that let its owner in."""
        self.shop.signed_in.append(nonce)

    def has_record_nonce(self) -> bool:
        """Answer yes, as 2.25 wants it."""
        return True


def _signed_in(request: Request) -> str:
    """Return whom the official middleware has let in."""
    return _plain(_decoded(request.headers["SIGN-IN-WITH-X"])["address"])


def _payer(payload: dict[str, Any]) -> str:
    if "authorization" in payload:
        return _plain(payload["authorization"]["from"])
    from x402.mechanisms.svm.types import ExactSvmPayload
    from x402.mechanisms.svm.utils import decode_transaction_from_payload, get_token_payer_from_transaction

    transaction = decode_transaction_from_payload(ExactSvmPayload.from_dict(payload))
    return _plain(get_token_payer_from_transaction(transaction))


def _plain(address: str) -> str:
    return address.lower() if address.startswith("0x") else address


def _public(job: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in job.items() if name != "payer"}


def _decoded(header: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(base64.b64decode(header))
    return content
