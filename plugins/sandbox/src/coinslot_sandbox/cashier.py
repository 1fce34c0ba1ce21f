"""Paid routes: ask, verify, settle, and only then do the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pydantic import ValidationError
from starlette.responses import Response

from coinslot_codegen.document.model import Api
from coinslot_sandbox.challenge import challenge_v1, challenge_v2, resource
from coinslot_sandbox.exchange import Exchange, Interference, Moment, Work
from coinslot_sandbox.intake import Refused
from coinslot_sandbox.official import (
    PaymentPayload,
    PaymentPayloadV1,
    PaymentRequirements,
    PaymentRequirementsV1,
    SettleResponse,
)
from coinslot_sandbox.payment.till import Payload, Requirements, Till
from coinslot_sandbox.pricing import Pricing, atomic
from coinslot_sandbox.reply import decoded, encoded, refusal

CREDENTIALS = ("PAYMENT-SIGNATURE", "X-PAYMENT")
"""The headers in which a payment may come."""

_TOO_LONG = 64 * 1024
_REMEMBERED = 100


@dataclass(frozen=True, slots=True)
class Payment:
    """A settled payment, as the sandbox's books have it."""

    payer: str
    amount: int
    """Atomic units."""
    network: str
    resource: str
    transaction: str


@dataclass(slots=True)
class Cashier:
    """Takes the money of all paid routes."""

    api: Api
    tills: Sequence[Till]
    pricing: Pricing
    interfere: Interference
    version: int
    other_offers: Sequence[Mapping[str, Any]]
    payments: list[Payment]
    handed: dict[str, list[list[dict[str, Any]]]] = field(default_factory=dict)
    """Other offers than the usual ones that went out, by route: who pays what was asked has paid."""

    async def serve(self, exchange: Exchange, work: Work) -> Response:
        """Answer a paid route: a 402, or the work and its receipt."""
        exchange.offers = self._offers(exchange)
        await self.interfere(Moment.ASKED, exchange)
        header = self._credential(exchange)
        if header is None:
            return self.ask(exchange)
        till, payload, requirements = self._matched(exchange, header)
        # The official server turns whatever its facilitator raises into a refusal, too.
        try:
            verified = await till.verify(payload, requirements)
        except Exception as flaw:
            raise Refused(self.ask(exchange, f"{type(flaw).__name__}: {flaw}"[:200])) from flaw
        if not verified.is_valid:
            raise Refused(
                self._refuse(exchange, verified.invalid_reason or "invalid_payload", verified.payer)
            )
        exchange.identity = (verified.payer or "").lower()
        await self.interfere(Moment.VERIFIED, exchange)
        settled = await till.settle(payload, requirements)
        exchange.settlement = settled
        if not settled.success:
            raise Refused(self._unsettled(settled))
        self.payments.append(
            Payment(
                exchange.identity,
                int(requirements.get_amount()),
                settled.network,
                exchange.url,
                settled.transaction,
            )
        )
        exchange.headers[self._receipt_header] = _receipt(settled)
        await self.interfere(Moment.SETTLED, exchange)
        return work(exchange)

    @property
    def _receipt_header(self) -> str:
        return "PAYMENT-RESPONSE" if self.version == 2 else "X-PAYMENT-RESPONSE"

    def _offers(self, exchange: Exchange) -> list[dict[str, Any]]:
        price = self.pricing.dollars(exchange.route, exchange.parameters)
        offers = [self._offer(till, price, exchange) for till in self.tills]
        return offers + [dict(offer) for offer in self.other_offers]

    def _offer(self, till: Till, price: Decimal, exchange: Exchange) -> dict[str, Any]:
        amount = atomic(price, till.terms.asset.decimals)
        if self.version == 2:
            return till.offer(amount)
        description = resource(self.api, exchange.route, exchange.url)["description"]
        return till.offer_v1(amount, exchange.url, description)

    def _credential(self, exchange: Exchange) -> str | None:
        header = exchange.request.headers.get("PAYMENT-SIGNATURE") if self.version == 2 else None
        header = header or exchange.request.headers.get("X-PAYMENT")
        if header is not None and len(header) > _TOO_LONG:
            raise Refused(refusal(400, "invalid_payload", "the credential is too long"))
        return header

    def ask(
        self, exchange: Exchange, error: str | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Return the 402 that asks for the exchange's offers, for the usual ones where it has none."""
        usual = self._offers(exchange)
        exchange.offers = exchange.offers or usual
        if exchange.offers != usual:
            handed = self.handed.setdefault(exchange.route.path, [])
            handed[:] = [*handed, [dict(offer) for offer in exchange.offers]][-_REMEMBERED:]
        if self.version == 1:
            return challenge_v1(exchange.offers, error, headers)
        described = resource(self.api, exchange.route, exchange.url)
        return challenge_v2(described, exchange.offers, error, headers)

    def _matched(self, exchange: Exchange, header: str) -> tuple[Till, Payload, Requirements]:
        """Return the credential with the till and the terms that it is for; raises `Refused`."""
        try:
            content = decoded(header)
            if content.get("x402Version") != self.version:
                raise Refused(self.ask(exchange, "invalid_x402_version"))
            payload = (PaymentPayload if self.version == 2 else PaymentPayloadV1).model_validate(content)
        except (ValueError, AttributeError, RecursionError, ValidationError) as flaw:
            raise Refused(refusal(400, "invalid_payload", "the credential cannot be read")) from flaw
        named = content.get("resource")
        if isinstance(named, dict) and named.get("url") != exchange.url:
            raise Refused(self.ask(exchange, "the credential is for another resource"))
        for offers in [exchange.offers, *reversed(self.handed.get(exchange.route.path, []))]:
            for till, offer in zip(self.tills, offers, strict=False):
                if not till.is_for(content, offer):
                    continue
                exchange.offers = [dict(listed) for listed in offers]
                if self.version == 2:
                    return till, payload, PaymentRequirements.model_validate(offer)
                return till, payload, PaymentRequirementsV1.model_validate(offer)
        raise Refused(self.ask(exchange, "No matching payment requirements"))

    def _refuse(self, exchange: Exchange, reason: str, payer: str | None) -> Response:
        network = exchange.offers[0]["network"]
        told = SettleResponse(
            success=False, error_reason=reason, payer=payer, transaction="", network=network
        )
        return self.ask(exchange, reason, {self._receipt_header: _receipt(told)})

    def pending(self, exchange: Exchange) -> Response:
        """Return the answer of a server that does not know yet what becomes of a payment."""
        settled = exchange.settlement
        if settled is None:
            return self.ask(exchange, "settlement_pending")
        told = settled.model_copy(update={"success": False, "error_reason": "settlement_pending"})
        return self._unsettled(told)

    def _unsettled(self, settled: SettleResponse) -> Response:
        headers = {self._receipt_header: _receipt(settled), "Cache-Control": "no-store"}
        return refusal(
            402, settled.error_reason or "transaction_failed", "the payment was not settled", headers
        )


def _receipt(settled: SettleResponse) -> str:
    return encoded(settled.model_dump(by_alias=True, exclude_none=True))
