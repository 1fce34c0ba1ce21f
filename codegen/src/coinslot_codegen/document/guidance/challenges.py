"""Offers in the samples that the guidance shows of a challenge: on which network, in which asset, to whom.

An offer is known by its members alone: `network` beside `asset`, `payTo` or `scheme`, or `method`
beside `intent` and `currency`. What stands for a value (`<address>`, `0x…`) is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from coinslot_codegen.document.guidance.blocks import Block, Fence, Table
from coinslot_codegen.document.guidance.clauses import codes
from coinslot_codegen.document.guidance.outcomes import as_json
from coinslot_codegen.document.model import OfferSpec

_VALUE: Final = re.compile(r"[A-Za-z0-9][\w:.\-]*(?<![.])")


def read_offers(blocks: Sequence[Block], at: str) -> tuple[OfferSpec, ...]:
    """Every offer of every JSON sample, once, with the first line that shows it."""
    found: dict[tuple[str | None, ...], OfferSpec] = {}
    for block in blocks:
        for sample in _samples(block):
            for terms in _objects(sample):
                offer = _offer(terms, f"{at}, line {block.place.line}")
                if offer is not None:
                    found.setdefault((offer.scheme, offer.network, offer.asset, offer.payee), offer)
    return tuple(found.values())


def _samples(block: Block) -> Iterator[Any]:
    if isinstance(block, Table):
        return
    for text in [block.content] if isinstance(block, Fence) else codes(block.text.plain):
        yield as_json(text)


def _objects(sample: Any) -> Iterator[Mapping[str, Any]]:
    """The objects in a sample, the outer ones first, in their order."""
    waiting = [sample]
    for one in waiting:
        if isinstance(one, Mapping):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _offer(terms: Mapping[str, Any], provenance: str) -> OfferSpec | None:
    if _text(terms, "intent") and _text(terms, "currency"):
        network, asset, scheme = "method", "currency", "intent"
    elif any(_text(terms, name) for name in ("asset", "payTo", "scheme")):
        network, asset, scheme = "network", "asset", "scheme"
    else:
        return None
    named = _text(terms, network)
    payee = _text(terms, "payTo") or _text(terms, "recipient")
    return OfferSpec(_text(terms, scheme), named, _text(terms, asset), payee, provenance) if named else None


def _text(terms: Mapping[str, Any], name: str) -> str | None:
    value = terms.get(name)
    return value if isinstance(value, str) and _VALUE.fullmatch(value) else None
