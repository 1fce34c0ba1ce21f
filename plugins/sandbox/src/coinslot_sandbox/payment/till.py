"""A till of x402: offers one way to pay, and takes payments that were made so."""

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


class Coin(Protocol):
    """The token that a till takes."""

    @property
    def network(self) -> str:
        """The network's CAIP-2 name."""

    @property
    def address(self) -> str:
        """Where the token lives, as a challenge names it."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def decimals(self) -> int:
        """How many of its digits stand behind the point."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a till asks of everyone, besides the price."""

    asset: Coin
    pay_to: str
    max_timeout_seconds: int = 300


class Till:
    """Takes `exact` payments of one asset through the official facilitator code.

    `schemes` are the official facilitators of x402 v1 and v2. `blocking` says that they talk to a node, so
    that they run in a thread.
    """

    volatile: frozenset[str] = frozenset()
    """Members of `extra` that differ from one challenge to the next."""

    def __init__(
        self, terms: Terms, schemes: tuple[Any, Any], purse: Purse, v1_network: str, *, blocking: bool = False
    ) -> None:
        self.terms = terms
        self.purse = purse
        self._v1, self._v2 = schemes
        self._v1_network = v1_network
        self._blocking = blocking

    def extra(self) -> dict[str, Any]:
        """Return what the scheme needs to know besides."""
        return {}

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
            "extra": self.extra(),
        }

    def offer_v1(self, amount: int, resource: str, description: str) -> dict[str, Any]:
        """Return the x402 v1 offer for an amount in atomic units."""
        offer = self.offer(amount)
        return {
            "scheme": offer["scheme"],
            "network": self._v1_network,
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
            return bool(self._lasting(content.get("accepted")) == self._lasting(offer))
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

    def _lasting(self, offer: Any) -> Any:
        extra = offer.get("extra") if isinstance(offer, Mapping) else None
        if not isinstance(extra, Mapping):
            return offer
        lasting = {name: value for name, value in extra.items() if name not in self.volatile}
        return {**offer, "extra": lasting}

    async def _official(self, step: str, payload: Payload, requirements: Requirements) -> Any:
        scheme = self._v1 if isinstance(payload, PaymentPayloadV1) else self._v2
        if self._blocking:
            return await asyncio.to_thread(getattr(scheme, step), payload, requirements)
        return getattr(scheme, step)(payload, requirements)


class EvmTill(Till):
    """Takes EIP-3009 authorizations of one token."""

    def __init__(
        self, asset: Asset, terms: Terms, signer: Any, purse: Purse, clock: Clock, *, blocking: bool = False
    ) -> None:
        schemes = scheme_v1(signer, clock), scheme_v2(signer, clock)
        v1_network = V1_NETWORKS.get(asset.chain_id, asset.network)
        super().__init__(terms, schemes, purse, v1_network, blocking=blocking)
        self._asset = asset

    def extra(self) -> dict[str, Any]:
        """Return the token's signing domain."""
        return {"name": self._asset.name, "version": self._asset.version}
