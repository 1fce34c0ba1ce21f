"""The payment protocols as one: a 402 may speak several, and one credential goes out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from coinslot import mpp, x402
from coinslot.backend import Credential
from coinslot.effects import Reply, Request
from coinslot.errors import MalformedChallenge
from coinslot.offer import Challenge, Offer


def read_challenges(reply: Reply) -> tuple[Challenge, ...]:
    """Read every challenge of a 402, of whatever protocol. Raises MalformedChallenge where there is none.

    One protocol's part that cannot be read does not hide the other's.
    """
    found: list[Challenge] = []
    failures: list[MalformedChallenge] = []
    try:
        challenge = x402.read_challenge(reply)
        found += [challenge] if challenge is not None else []
    except MalformedChallenge as error:
        failures.append(error)
    try:
        found += mpp.read_challenges(reply)
    except MalformedChallenge as error:
        failures.append(error)
    if failures and not any(challenge.offers for challenge in found):
        raise failures[0]
    if not found:
        raise MalformedChallenge("The server answered 402 without a challenge that can be read.")
    return tuple(found)


def credential_header(
    challenge: Challenge, offer: Offer, credential: Credential, payment_id: str | None = None
) -> tuple[str, str]:
    """Return the name and value of the header that pays `offer`.

    `payment_id` is the same however often the payment is sent; it goes where a server asks for one.
    """
    if challenge.protocol == "mpp":
        return mpp.credential_header(offer, credential.payload, credential.source)
    return x402.credential_header(challenge, offer, credential.payload, payment_id)


def identified(request: Request, offer: Offer, payment_id: str) -> Request:
    """Return the request with the Idempotency-Key that MPP's servers honour; x402 has its own member."""
    if offer.protocol != "mpp" or request.headers.get("Idempotency-Key") is not None:
        return request
    return request.having("Idempotency-Key", payment_id)


def read_receipt(reply: Reply, offer: Offer) -> dict[str, Any] | None:
    """Read the receipt of the offer's protocol; None where there is none that can be read."""
    return mpp.read_receipt(reply) if offer.protocol == "mpp" else x402.read_receipt(reply)


def receipt_contradiction(receipt: Mapping[str, Any], offer: Offer, payer: str) -> str | None:
    """Say how a receipt contradicts the terms that were signed; None where it confirms them."""
    if offer.protocol == "mpp":
        return mpp.receipt_contradiction(receipt, offer)
    return x402.receipt_contradiction(receipt, offer, payer)


def transaction_of(receipt: Mapping[str, Any] | None) -> str | None:
    """Return the transaction that a receipt names."""
    for name in ("transaction", "reference"):
        value = receipt.get(name) if receipt else None
        if isinstance(value, str) and value.strip():
            return value
    return None
