"""How the offers changed that the guidance shows in samples of a challenge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from coinslot_codegen.diff.change import Change
from coinslot_codegen.document.model import OfferSpec

_PARTS: Final = (("network", "on {}"), ("asset", "in {}"), ("payee", "to {}"), ("scheme", "by {}"))
KINDS: Final = frozenset({"offer-added", "offer-removed", *(f"offer-{name}" for name, _ in _PARTS)})


def shown(old: Sequence[OfferSpec], new: Sequence[OfferSpec]) -> Iterator[Change]:
    """Give the changes; amounts in samples are examples, and say nothing of a price."""
    left = [one for one in old if _terms(one) not in map(_terms, new)]
    right = [one for one in new if _terms(one) not in map(_terms, old)]
    for before, after in _pairs(left, right):
        left.remove(before)
        right.remove(after)
        yield from _parts(before, after)
    for one in left:
        message = f"the guidance no longer shows payments {_said(one)}"
        yield Change("money", "offer-removed", message, _terms(one), None)
    for one in right:
        yield Change("money", "offer-added", f"the guidance shows payments {_said(one)}", None, _terms(one))


def _pairs(left: Sequence[OfferSpec], right: Sequence[OfferSpec]) -> list[tuple[OfferSpec, OfferSpec]]:
    """Those that are the same offer with other terms: alone on their network, or all in their order."""
    networks = [[one.network for one in side] for side in (left, right)]
    pairs = [
        (one, right[networks[1].index(one.network)])
        for one in left
        if networks[0].count(one.network) == networks[1].count(one.network) == 1
    ]
    rest = [
        [one for one in side if one not in (both[at] for both in pairs)]
        for at, side in enumerate((left, right))
    ]
    return [*pairs, *zip(*rest, strict=True)] if len(rest[0]) == len(rest[1]) else pairs


def _parts(old: OfferSpec, new: OfferSpec) -> Iterator[Change]:
    for name, words in _PARTS:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            said = words.format(after or "what is not stated")
            message = f"the guidance shows payments {said} (was {before or 'not stated'})"
            yield Change("money", f"offer-{name}", message, before, after)


def _said(offer: OfferSpec) -> str:
    return " ".join(words.format(getattr(offer, name)) for name, words in _PARTS if getattr(offer, name))


def _terms(offer: OfferSpec) -> dict[str, str | None]:
    return {name: getattr(offer, name) for name, _ in _PARTS}
