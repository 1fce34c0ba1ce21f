"""Why an offer cannot be paid with credits. Pure: neither a clock nor the issuer is asked."""

from __future__ import annotations

from coinslot.offer import Asset, Offer, Refusal
from coinslot.text import clean

DEMO = Asset(network="credits:demo", address="credit", symbol="CREDIT", decimals=4)
"""Ten thousand credits are a dollar. The table is ours: no server says what a credit is worth."""
SCHEME = "prepaid"
MIN_VALID_SECONDS = 10
LARGEST_AMOUNT = 10**18 - 1


def refusal(offer: Offer, payer: str) -> Refusal | None:
    """Say why this offer cannot be paid from the account `payer`; None if it can."""
    if (offer.protocol, offer.version) != ("x402", 2):
        return _no("protocol", f"{offer.protocol} {offer.version} is not x402 of version 2")
    if offer.scheme != SCHEME:
        return _no("scheme", f"the scheme {offer.scheme!r} is not `{SCHEME}`")
    if offer.network != DEMO.network:
        return _no("network", f"the network {offer.network!r} is not {DEMO.network}")
    if offer.asset != DEMO.address:
        return _no("asset", f"the asset {offer.asset!r} is not in our table")
    if not 0 < offer.amount <= LARGEST_AMOUNT:
        return _no("amount", f"{offer.amount} credits cannot be paid")
    if offer.payee == payer:
        return _no("payee", "the payee is this account itself")
    if offer.valid_seconds < MIN_VALID_SECONDS:
        return _no("validity", f"a voucher that lives {offer.valid_seconds} s would not arrive in time")
    return None


def _no(slug: str, reason: str) -> Refusal:
    # What a server wrote stands in reasons, so every reason is cleaned.
    return Refusal(slug, clean(reason))
