"""One page of a list, and where the next one starts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from coinslot_sandbox.intake import Refused
from coinslot_sandbox.reply import refusal


def page(
    found: Sequence[Mapping[str, Any]], query: Mapping[str, Any], largest: int
) -> tuple[Sequence[Mapping[str, Any]], str | None]:
    """Return the entries that a query asks for, and the cursor of the next page (None: there is none).

    `limit` bounds the page, `largest` bounds the limit, and whatever is called a cursor holds the
    `id` of the entry before. Raises `Refused` for a cursor that names none.
    """
    cursor = next((value for name, value in query.items() if "cursor" in name.lower()), None)
    ids = [entry["id"] for entry in found]
    if cursor and cursor not in ids:
        raise Refused(refusal(400, "invalid_request", "the cursor is not one of this list's"))
    start = ids.index(cursor) + 1 if cursor else 0
    limit = query.get("limit")
    size = min(limit, largest) if isinstance(limit, int) and limit > 0 else largest
    chosen = found[start : start + size]
    return chosen, chosen[-1]["id"] if found[start + size :] else None
