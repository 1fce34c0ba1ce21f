"""An MPP `tempo/charge` offer, read into what it asks for.

Every check that needs neither a node nor a clock is made here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from coinslot.offer import Offer, Refusal
from coinslot.text import clean
from coinslot_tempo.addresses import address_bytes
from coinslot_tempo.memo import attribution, fixed_memo, is_attribution
from coinslot_tempo.networks import MAX_SPLITS, TOKEN_PREFIX, Network, Token, network_of, token_at
from coinslot_tempo.options import Options
from coinslot_tempo.transfers import Transfer

MAX_AMOUNT = 2**128 - 1
"""Tokens count no further."""
_AMOUNT = re.compile(r"[0-9]{1,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Charge:
    """What an offer asks for."""

    token: Token
    transfers: tuple[Transfer, ...]
    """The payee's first, then the splits in their order; their sum is the offer's amount."""
    sponsored: bool
    """Whether the server pays the fee."""
    pushed: bool
    """Whether the server wants to be shown a transaction that is on the chain already."""

    @property
    def network(self) -> Network:
        """The network to pay on."""
        return self.token.network


class Unpayable(Exception):
    """The offer cannot be paid, for this reason."""

    def __init__(self, slug: str, reason: str) -> None:
        # Server text stands in reasons, so every reason is cleaned.
        self.refusal = Refusal(slug, clean(reason))
        super().__init__(self.refusal.reason)


def read_charge(offer: Offer, options: Options) -> Charge:
    """Read what an offer asks of this wallet. Raises Unpayable."""
    _check_kind(offer)
    details = offer.extra
    network = _network(details, options.networks)
    token = token_at(network, offer.asset)
    if token is None:
        raise Unpayable("asset", f"the asset {offer.asset!r} on {network.title} is not in our table")
    sponsored = _flag(details, "feePayer")
    pushed = _pushed(details, options, sponsored=sponsored)
    return Charge(token, _transfers(offer, options), sponsored, pushed)


def _check_kind(offer: Offer) -> None:
    if offer.protocol != "mpp" or offer.version != 1:
        raise Unpayable("protocol", f"{offer.protocol} {offer.version} is not MPP")
    method, _, intent = offer.scheme.partition("/")
    if method != "tempo" or offer.network != "tempo":
        raise Unpayable("method", f"the method {method!r} is not `tempo`")
    if intent != "charge":
        raise Unpayable("intent", f"the intent {intent!r} is not `charge`, the only one paid here")
    if not isinstance(offer.raw.get("id"), str) or not isinstance(offer.raw.get("realm"), str):
        raise Unpayable("details", "it has no id or no realm, to which its payment could be tied")


def _network(details: Mapping[str, Any], networks: Collection[Network]) -> Network:
    paid = ", ".join(network.id for network in networks)
    if details.get("chainId") is None:
        raise Unpayable("chain", "it does not say on which chain (`chainId`); that is never guessed")
    network = network_of(details["chainId"])
    if network is None or network not in networks:
        raise Unpayable("chain", f"the chain {details['chainId']!r} is not one that is paid on ({paid})")
    return network


def _flag(details: Mapping[str, Any], name: str) -> bool:
    value = details.get(name)
    if value is None or isinstance(value, bool):
        return value is True
    raise Unpayable("details", f"`{name}` is {value!r}, which is neither true nor false")


def _pushed(details: Mapping[str, Any], options: Options, *, sponsored: bool) -> bool:
    modes = details.get("supportedModes")
    if modes is None:
        return False
    if not isinstance(modes, list):
        raise Unpayable("mode", "`supportedModes` is no list")
    if "pull" in modes:
        return False
    if "push" not in modes or sponsored:
        raise Unpayable("mode", f"it takes payments only by {modes!r}, not by `pull`")
    if not options.push:
        raise Unpayable(
            "mode", "it takes payments only by `push`, which is an option (set COINSLOT_TEMPO_PUSH=1)"
        )
    return True


def _transfers(offer: Offer, options: Options) -> tuple[Transfer, ...]:
    own = attribution(offer.raw["id"], offer.raw["realm"], options.client)
    if not 0 < offer.amount <= MAX_AMOUNT:
        raise Unpayable("amount", f"{offer.amount} atomic units cannot be paid")
    splits = offer.extra.get("splits") or []
    if not isinstance(splits, list) or len(splits) > MAX_SPLITS:
        raise Unpayable("splits", f"`splits` is no list of at most {MAX_SPLITS}")
    parts = [_split(split, own) for split in splits]
    left = offer.amount - sum(part.amount for part in parts)
    if left <= 0:
        raise Unpayable("splits", "the splits leave nothing for the payee")
    memo = _memo(offer.extra.get("memo"), own)
    payee = _payee(offer.payee)
    if payee == address_bytes(options.payer):
        raise Unpayable("payee", "the payee is this wallet itself")
    return Transfer(payee, left, memo), *parts


def _split(split: object, own: bytes) -> Transfer:
    if not isinstance(split, dict):
        raise Unpayable("splits", "a split is no object")
    amount = split.get("amount")
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount) or not int(amount):
        raise Unpayable("splits", f"a split's amount is {amount!r}, which is no count of atomic units")
    return Transfer(_payee(split.get("recipient")), int(amount), _memo(split.get("memo"), own))


def _memo(fixed: object, own: bytes) -> bytes:
    """Choose the memo of a transfer: the server's where it gives one, else the one of this challenge.

    The official servers give none, and take nothing but the challenge's; others draw a memo for each
    challenge, and take nothing but that. A given memo that speaks for another challenge is no answer to
    this one: it would pay that one too.
    """
    if fixed is None:
        return own
    try:
        memo = fixed_memo(fixed)
    except ValueError as error:
        raise Unpayable("memo", str(error)) from None
    if is_attribution(memo) and memo != own:
        raise Unpayable("memo", "a memo that it gives is the memo of another challenge")
    return memo


def _payee(text: object) -> bytes:
    try:
        payee = address_bytes(text if isinstance(text, str) else "")
    except ValueError as error:
        raise Unpayable("payee", f"the payee {text!r} is refused: {error}") from None
    if not any(payee):
        raise Unpayable("payee", "a payee is the zero address, which destroys money")
    if payee.startswith(TOKEN_PREFIX):
        raise Unpayable("payee", "a payee is a token, which takes no money")
    return payee
