"""A till: offers one way to pay, and takes payments that were made so."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from coinslot_sandbox.clock import Clock
from coinslot_sandbox.official import (
    PaymentPayload,
    PaymentPayloadV1,
    PaymentRequirements,
    PaymentRequirementsV1,
    SettleResponse,
    VerifyResponse,
)
from coinslot_sandbox.payment.clocked import scheme_v1, scheme_v2
from coinslot_sandbox.payment.token import Asset

Payload: TypeAlias = PaymentPayload | PaymentPayloadV1
Requirements: TypeAlias = PaymentRequirements | PaymentRequirementsV1

V1_NETWORKS = {8453: "base", 84532: "base-sepolia", 1: "ethereum", 137: "polygon", 42161: "arbitrum"}
"""What x402 v1 calls the chains that v2 names by number."""


class Purse(Protocol):
    """Where the money is: in memory or on a chain."""

    def balance(self, address: str) -> int:
        """Return what an address holds, in atomic units."""

    def mint(self, address: str, amount: int) -> None:
        """Give an address `amount` atomic units out of nothing."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a till asks of everyone, besides the price."""

    asset: Asset
    pay_to: str
    max_timeout_seconds: int = 300


class Till:
    """Takes `exact` payments of one asset through the official facilitator code.

    `blocking` says that the signer talks to a node, so that verification runs in a thread.
    """

    def __init__(
        self, terms: Terms, signer: Any, purse: Purse, clock: Clock, *, blocking: bool = False
    ) -> None:
        self.terms = terms
        self.purse = purse
        self._v2 = scheme_v2(signer, clock)
        self._v1 = scheme_v1(signer, clock)
        self._blocking = blocking

    def offer(self, amount: int) -> dict[str, Any]:
        """Return the x402 v2 offer for an amount in atomic units."""
        asset = self.terms.asset
        return {
            "scheme": "exact",
            "network": asset.network,
            "amount": str(amount),
            "asset": asset.address,
            "payTo": self.terms.pay_to,
            "maxTimeoutSeconds": self.terms.max_timeout_seconds,
            "extra": {"name": asset.name, "version": asset.version},
        }

    def offer_v1(self, amount: int, resource: str, description: str) -> dict[str, Any]:
        """Return the x402 v1 offer for an amount in atomic units."""
        offer = self.offer(amount)
        return {
            "scheme": offer["scheme"],
            "network": V1_NETWORKS.get(self.terms.asset.chain_id, offer["network"]),
            "maxAmountRequired": offer["amount"],
            "resource": resource,
            "description": description,
            "mimeType": "application/json",
            "payTo": offer["payTo"],
            "maxTimeoutSeconds": offer["maxTimeoutSeconds"],
            "asset": offer["asset"],
            "extra": offer["extra"],
        }

    def is_for(self, content: Mapping[str, Any], offer: Mapping[str, Any]) -> bool:
        """Return whether a credential, as it was sent, is for an offer of this till."""
        if "amount" in offer:
            return bool(content.get("accepted") == offer)
        if (content.get("scheme"), content.get("network")) != (offer["scheme"], offer["network"]):
            return False
        signed = content.get("payload", {}).get("authorization", {})
        return signed.get("value") == offer["maxAmountRequired"] or not signed

    async def verify(self, payload: Payload, requirements: Requirements) -> VerifyResponse:
        """Return what the official code thinks of a credential; nothing moves."""
        answer: VerifyResponse = await self._official("verify", payload, requirements)
        return answer

    async def settle(self, payload: Payload, requirements: Requirements) -> SettleResponse:
        """Move the money of a credential and return what the official code says of it."""
        answer: SettleResponse = await self._official("settle", payload, requirements)
        return answer

    async def _official(self, step: str, payload: Payload, requirements: Requirements) -> Any:
        scheme = self._v1 if isinstance(payload, PaymentPayloadV1) else self._v2
        if self._blocking:
            return await asyncio.to_thread(getattr(scheme, step), payload, requirements)
        return getattr(scheme, step)(payload, requirements)
