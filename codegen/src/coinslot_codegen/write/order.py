"""Keeping the order that an existing client has, when only the document's order changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coinslot_codegen.document.references import token


def reordered(new: Any, known: Any) -> Any:
    """Return `new` with the keys that `known` has in its order, and the others behind them."""
    if isinstance(new, Mapping) and isinstance(known, Mapping):
        keys = [key for key in known if key in new] + [key for key in new if key not in known]
        return {key: reordered(new[key], known.get(key)) for key in keys}
    if isinstance(new, list) and isinstance(known, list):
        rest = len(new) - len(known)
        return [reordered(one, other) for one, other in zip(new, [*known, *[None] * rest], strict=False)]
    return new


def applied(document: Any, orders: Mapping[str, Sequence[str]], pointer: str = "#") -> Any:
    """Return the document with the keys in the orders that a manifest keeps."""
    if isinstance(document, Mapping):
        wanted = orders.get(pointer, ())
        keys = [key for key in wanted if key in document] + [key for key in document if key not in wanted]
        return {key: applied(document[key], orders, f"{pointer}/{token(str(key))}") for key in keys}
    if isinstance(document, list):
        return [applied(one, orders, f"{pointer}/{index}") for index, one in enumerate(document)]
    return document


def differences(used: Any, document: Any, pointer: str = "#") -> dict[str, list[str]]:
    """Return the orders of `used` that `document`, which holds the same, does not have itself."""
    found: dict[str, list[str]] = {}
    if isinstance(used, Mapping):
        if list(used) != list(document):
            found[pointer] = [str(key) for key in used]
        for key, value in used.items():
            found |= differences(value, document[key], f"{pointer}/{token(str(key))}")
    elif isinstance(used, list):
        for index, (one, other) in enumerate(zip(used, document, strict=True)):
            found |= differences(one, other, f"{pointer}/{index}")
    return found
