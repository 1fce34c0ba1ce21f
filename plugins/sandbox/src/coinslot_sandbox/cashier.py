"""Paid routes: ask, verify, settle, and only then do the work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from pydantic import ValidationError
from starlette.requests import Request
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
from coinslot_sandbox.payment.declined import Declined
from coinslot_sandbox.payment.till import Payload, Requirements, Till
from coinslot_sandbox.pricing import Pricing, atomic
from coinslot_sandbox.reply import decoded, encoded, problem, refusal, reply

if TYPE_CHECKING:
    from coinslot_sandbox.tempo.till import TempoTill

_TOO_LONG = 64 * 1024
_REMEMBERED = 100
_PENDING = {
    "type": "https://paymentauth.org/problems/internal-payment-error",
    "title": "Internal Payment",
    "status": 500,
    "detail": "The payment was sent off, and its end is not known yet.",
}


@dataclass(frozen=True, slots=True)
class Payment:
    """A settled payment, as the sandbox's books have it."""

    payer: str
    amount: int
    """Atomic units."""
    network: str
    resource: str
    transaction: str


_Asked: TypeAlias = tuple[list[dict[str, Any]], list[dict[str, Any]]]
"""Offers of x402 and charges of MPP, as they were asked for together."""


@dataclass(slots=True)
class Cashier:
    """Takes the money of all paid routes."""

    api: Api
    tills: Sequence[Till]
    tempo: TempoTill | None
    pricing: Pricing
    interfere: Interference
    version: int
    other_offers: Sequence[Mapping[str, Any]]
    payments: list[Payment]
    handed: dict[str, list[_Asked]] = field(default_factory=dict)
    """What else than the usual was asked for, by route: who pays what was asked has paid."""

    async def serve(self, exchange: Exchange, work: Work) -> Response:
        """Answer a paid route: a 402, or the work and its receipt."""
        self._price(exchange)
        await self.interfere(Moment.ASKED, exchange)
        header = self._credential(exchange)
        authorization = mpp_credential(exchange.request)
        if header is not None and authorization is not None:
            raise Refused(refusal(400, "invalid_payload", "two credentials came at once"))
        if authorization is not None and self.tempo is not None:
            await self._charge(exchange, authorization, self.tempo)
        elif header is not None:
            await self._exact(exchange, header)
        else:
            return self.ask(exchange)
        await self.interfere(Moment.SETTLED, exchange)
        return work(exchange)

    async def _exact(self, exchange: Exchange, header: str) -> None:
        """Take a payment of x402."""
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
        exchange.identity = same_case(verified.payer or "")
        await self.interfere(Moment.VERIFIED, exchange)
        settled = await till.settle(payload, requirements)
        exchange.settlement = settled
        if not settled.success:
            raise Refused(self._unsettled(settled))
        self._book(exchange, settled, int(requirements.get_amount()))
        exchange.headers[self._receipt_header] = _receipt(settled)

    async def _charge(self, exchange: Exchange, header: str, till: TempoTill) -> None:
        """Take a payment of MPP."""

        async def verified(payer: str) -> None:
            exchange.identity = same_case(payer)
            await self.interfere(Moment.VERIFIED, exchange)

        handed = [charge for _, charges in self.handed.get(exchange.route.path, []) for charge in charges]
        charges = [*exchange.charges, *reversed(handed)]
        try:
            taken = await till.take(header, charges, _realm(exchange), verified)
        except Declined as declined:
            raise Refused(self._declined(exchange, declined)) from declined
        settled = SettleResponse(
            success=True, payer=taken.payer, transaction=taken.transaction, network=till.asset.network
        )
        exchange.settlement = settled
        self._book(exchange, settled, taken.amount)
        exchange.headers |= {"Payment-Receipt": taken.receipt, "Cache-Control": "private"}

    def _book(self, exchange: Exchange, settled: SettleResponse, amount: int) -> None:
        self.payments.append(
            Payment(exchange.identity or "", amount, settled.network, exchange.url, settled.transaction)
        )

    def _price(self, exchange: Exchange) -> None:
        """Put the usual offers on the table."""
        price = self.pricing.dollars(exchange.route, exchange.parameters)
        exchange.offers = [self._offer(till, price, exchange) for till in self.tills]
        exchange.offers += [dict(offer) for offer in self.other_offers]
        if self.tempo is not None:
            exchange.charges = [self.tempo.charge(atomic(price, self.tempo.asset.decimals))]
        exchange.usual = deepcopy((exchange.offers, exchange.charges))

    @property
    def _receipt_header(self) -> str:
        return "PAYMENT-RESPONSE" if self.version == 2 else "X-PAYMENT-RESPONSE"

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
        if exchange.usual is None:
            self._price(exchange)
        asked = (exchange.offers, exchange.charges)
        if asked != exchange.usual:
            handed = self.handed.setdefault(exchange.route.path, [])
            handed[:] = [*handed, deepcopy(asked)][-_REMEMBERED:]
        headers = {**(headers or {}), **self._challenges(exchange)}
        if self.version == 1:
            return challenge_v1(exchange.offers, error, headers)
        if not exchange.offers:
            return reply(402, {}, {"Cache-Control": "no-store", **headers})
        described = resource(self.api, exchange.route, exchange.url)
        return challenge_v2(described, exchange.offers, error, headers)

    def _challenges(self, exchange: Exchange) -> dict[str, str]:
        """Return the header with MPP's challenges, if there are any."""
        if self.tempo is None or not exchange.charges:
            return {}
        made = [
            self.tempo.challenge(charge, _realm(exchange), expired=exchange.expired)
            for charge in exchange.charges
        ]
        return {"WWW-Authenticate": ", ".join(made)}

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
        handed = [offers for offers, _ in reversed(self.handed.get(exchange.route.path, []))]
        for offers in [exchange.offers, *handed]:
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

    def paying(self, request: Request) -> bool:
        """Return whether a request brings a payment."""
        carried = any(name in request.headers for name in ("PAYMENT-SIGNATURE", "X-PAYMENT"))
        return carried or mpp_credential(request) is not None

    def pending(self, exchange: Exchange) -> Response:
        """Return the answer of a server that does not know yet what becomes of a payment."""
        settled = exchange.settlement
        if settled is None:
            return self.ask(exchange, "settlement_pending")
        if "Payment-Receipt" in exchange.headers:
            return problem(500, _PENDING)
        told = settled.model_copy(update={"success": False, "error_reason": "settlement_pending"})
        return self._unsettled(told)

    def _declined(self, exchange: Exchange, declined: Declined) -> Response:
        answer = problem(declined.status, declined.problem)
        if declined.status == 402:
            asked = self.ask(exchange).headers
            for name in ("PAYMENT-REQUIRED", "WWW-Authenticate"):
                if name in asked:
                    answer.headers[name] = asked[name]
        return answer

    def _unsettled(self, settled: SettleResponse) -> Response:
        headers = {self._receipt_header: _receipt(settled), "Cache-Control": "no-store"}
        return refusal(
            402, settled.error_reason or "transaction_failed", "the payment was not settled", headers
        )


def mpp_credential(request: Request) -> str | None:
    """Return the header that holds MPP's credential, if there is one."""
    header = request.headers.get("Authorization", "")
    return header if header[:8].lower() == "payment " else None


def same_case(address: str) -> str:
    """Return an address in the one way of writing it: base58 tells upper from lower case, hexadecimal not."""
    return address.lower() if address.startswith("0x") else address


def _realm(exchange: Exchange) -> str:
    return urlsplit(exchange.origin).netloc


def _receipt(settled: SettleResponse) -> str:
    return encoded(settled.model_dump(by_alias=True, exclude_none=True))
