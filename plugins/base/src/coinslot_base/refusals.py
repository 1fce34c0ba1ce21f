"""Why an offer cannot be paid: every check that needs neither a node nor a clock."""

from __future__ import annotations

from collections.abc import Collection

from coinslot.offer import Offer, Refusal
from coinslot.text import clean
from coinslot_base.addresses import address_bytes
from coinslot_base.assets import Network, Token, network_of, token_at
from coinslot_base.authorization import MAX_WORD

MIN_VALID_SECONDS = 10
"""Facilitators refuse what expires within 6 seconds, and the request has to get there first."""
METHOD = "eip3009"


def refusal(offer: Offer, networks: Collection[Network], payer: str) -> Refusal | None:
    """Say why this offer cannot be paid from `payer` on `networks`; None if it can."""
    if offer.protocol != "x402" or offer.version not in (1, 2):
        return _no("protocol", f"{offer.protocol} {offer.version} is not x402 of version 1 or 2")
    if offer.scheme != "exact":
        return _no("scheme", f"the scheme {offer.scheme!r} is not `exact`, the only one paid here")
    network = network_of(offer)
    if network is None or network not in networks:
        paid = ", ".join(known.id for known in networks)
        return _no("network", f"the network {offer.network!r} is not one that is paid on ({paid})")
    token = token_at(network, offer.asset)
    if token is None:
        return _no("asset", f"the asset {offer.asset!r} on {network.title} is not in our table")
    return (
        _method(offer)
        or _domain(offer, token)
        or _amount(offer)
        or _payee(offer, token, payer)
        or _validity(offer)
    )


def _method(offer: Offer) -> Refusal | None:
    method = offer.extra.get("assetTransferMethod")
    if method in (None, METHOD):
        return None
    return _no("transfer-method", f"it is to be paid by {method!r}; only {METHOD} leaves no allowance behind")


def _domain(offer: Offer, token: Token) -> Refusal | None:
    """Compare the signing domain that the server claims with ours; the server's never decides."""
    for member, ours in (("name", token.name), ("version", token.version)):
        claimed = offer.extra.get(member)
        if claimed not in (None, ours):
            return _no("signing-domain", f"the token's {member} is {ours!r}, but the offer says {claimed!r}")
    return None


def _amount(offer: Offer) -> Refusal | None:
    if 0 < offer.amount <= MAX_WORD:
        return None
    return _no("amount", f"{offer.amount} atomic units cannot be paid")


def _payee(offer: Offer, token: Token, payer: str) -> Refusal | None:
    try:
        payee = address_bytes(offer.payee)
    except ValueError as error:
        return _no("payee", f"the payee {offer.payee!r} is refused: {error}")
    if not any(payee):
        return _no("payee", "the payee is the zero address, which destroys money")
    if payee == address_bytes(payer):
        return _no("payee", "the payee is this wallet itself")
    if payee == address_bytes(token.asset.address):
        return _no("payee", "the payee is the token's own contract, which would keep the money")
    return None


def _validity(offer: Offer) -> Refusal | None:
    if offer.valid_seconds >= MIN_VALID_SECONDS:
        return None
    return _no(
        "validity",
        f"it lets a payment live {offer.valid_seconds} s; under {MIN_VALID_SECONDS} s none would arrive",
    )


def _no(slug: str, reason: str) -> Refusal:
    """Server text stands in reasons, so every reason is cleaned. Reasons are clauses, to stand in a list."""
    return Refusal(slug, clean(reason))
