"""Why an offer cannot be paid: every check that needs neither a node nor a clock."""

from __future__ import annotations

from collections.abc import Collection, Container

from coinslot.offer import Offer, Refusal
from coinslot.text import clean
from coinslot_solana import base58
from coinslot_solana.addresses import PROGRAMS, is_address, is_key, token_account
from coinslot_solana.assets import Network, Token, network_of, token_of
from coinslot_solana.memo import seller_memo
from coinslot_solana.transaction import MAX_AMOUNT


def refusal(
    offer: Offer,
    networks: Collection[Network],
    tokens: Collection[Token],
    nodes: Container[str],
    payer: str,
) -> Refusal | None:
    """Say why this offer cannot be paid from `payer` on `networks` in `tokens`; None if it can.

    `nodes` has the ids of the networks of which the user has a node.
    """
    if offer.protocol != "x402" or offer.version not in (1, 2):
        return _no("protocol", f"{offer.protocol} {offer.version} is not x402 of version 1 or 2")
    if offer.scheme != "exact":
        return _no("scheme", f"the scheme {offer.scheme!r} is not `exact`, the only one paid here")
    network = network_of(offer)
    if network is None or network not in networks:
        paid = ", ".join(known.id for known in networks)
        return _no("network", f"the network {offer.network!r} is not one that is paid on ({paid})")
    token = token_of(offer, tokens)
    if token is None:
        return _no("asset", f"the asset {offer.asset!r} on {network.title} is not in our table")
    return (
        _claims(offer, token)
        or _amount(offer)
        or _payee(offer, token, payer)
        or _fee_payer(offer, token, payer)
        or _memo(offer)
        or _blockhash(offer, network, nodes)
    )


def _claims(offer: Offer, token: Token) -> Refusal | None:
    """Compare what the server claims of the token with our table; the server's never decides."""
    for member, ours in (("decimals", token.asset.decimals), ("tokenProgram", token.program)):
        claimed = offer.extra.get(member)
        if claimed not in (None, ours):
            return _no("token", f"the token's {member} is {ours!r}, but the offer says {claimed!r}")
    return None


def _amount(offer: Offer) -> Refusal | None:
    if 0 < offer.amount <= MAX_AMOUNT:
        return None
    return _no("amount", f"{offer.amount} atomic units cannot be paid")


def _payee(offer: Offer, token: Token, payer: str) -> Refusal | None:
    if not is_address(offer.payee):
        return _no("payee", f"the payee {offer.payee!r} is not an address: 32 bytes in base58")
    if offer.payee == payer:
        return _no("payee", "the payee is this wallet itself")
    if offer.payee in PROGRAMS or offer.payee == token.asset.address:
        return _no("payee", f"the payee {offer.payee} is nobody's wallet, which would lose the money")
    return None


def _fee_payer(offer: Offer, token: Token, payer: str) -> Refusal | None:
    named = offer.extra.get("feePayer")
    if named is None:
        return _no("fee-payer", "it names no feePayer, who has to sign beside the wallet")
    if not is_address(named):
        return _no("fee-payer", f"its feePayer {named!r} is not an address: 32 bytes in base58")
    if named == payer:
        return _no("fee-payer", "its feePayer is this wallet itself, which pays the price and no fee")
    mint, program = token.asset.address, token.program
    used = {mint, token_account(payer, mint, program), token_account(offer.payee, mint, program)}
    if named in PROGRAMS or named in used or not is_key(named):
        return _no("fee-payer", f"its feePayer {named} is no wallet, so nobody can sign as it")
    return None


def _memo(offer: Offer) -> Refusal | None:
    try:
        seller_memo(offer)
    except ValueError as error:
        return _no("memo", str(error))
    return None


def _blockhash(offer: Offer, network: Network, nodes: Container[str]) -> Refusal | None:
    given = offer.extra.get("recentBlockhash")
    if given is None:
        if network.id in nodes:
            return None
        return _no(
            "blockhash",
            f"it gives no recentBlockhash, and there is no node to ask for one (set {network.node_variable} "
            f"to your own {network.title} node)",
        )
    try:
        usable = isinstance(given, str) and any(base58.decode(given, 32))
    except ValueError:
        usable = False
    return None if usable else _no("blockhash", f"its recentBlockhash {given!r} is not 32 bytes in base58")


def _no(slug: str, reason: str) -> Refusal:
    """Server text stands in reasons, so every reason is cleaned. Reasons are clauses, to stand in a list."""
    return Refusal(slug, clean(reason))
