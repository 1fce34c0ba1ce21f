"""Attempts and sums for other programs, as JSON and CSV. What is told is named here; nothing else is."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from coinslot.spending._entries import Entry
from coinslot.spending._sums import Sums
from coinslot.text import clean

_SECRET = re.compile(r"key|token|secret|password|credential|authorization|signature|payload", re.IGNORECASE)
_LONGEST = 2_000
_FORMULA = re.compile(r"(^|;)(?=['\"\s]*[=+\-@|%\uff1d\uff0b\uff0d\uff20])")
"""Where something begins that a spreadsheet would compute; the last four are full-width forms.

Where commas are decimal, cells end at semicolons.
"""


def plain(entry: Entry) -> dict[str, Any]:
    """Return an attempt as JSON has it. No credential is part of it, and no value of the address's query."""
    attempt = entry.attempt
    printed = attempt.printed
    return {
        "id": attempt.id,
        "created_at": entry.when.isoformat(timespec="seconds"),
        "origin": _text(attempt.call.origin),
        "method": _text(attempt.call.method),
        "path": _text(attempt.call.path.partition("?")[0]),
        "route": entry.route,
        "backend": _text(attempt.backend),
        "price_usd": _sum(attempt.price),
        "max_fee_usd": _sum(attempt.max_fee),
        "reserved_usd": _sum(attempt.reserved),
        "paid_usd": _sum(entry.paid),
        "printed_low_usd": _sum(printed.price[0]) if printed.price else None,
        "printed_high_usd": _sum(printed.price[1]) if printed.price else None,
        "money": attempt.money,
        "settled_by": attempt.settled_by,
        "delivery": attempt.delivery,
        "seconds": None if entry.seconds is None else round(entry.seconds, 3),
        "job_id": _text(attempt.job_id),
        "matched": attempt.matched,
        "saved_to": _text(attempt.saved_to),
        "network": _text(attempt.terms.network),
        "asset": _text(attempt.terms.asset),
        "amount": attempt.terms.amount,
        "payee": _text(attempt.terms.payee),
        "payer": _text(attempt.terms.payer),
        "expires_at": attempt.terms.expires_at,
        "transaction": _text(attempt.transaction),
        "nonce": _text(attempt.nonce),
        "receipt": None if attempt.receipt is None else _open(attempt.receipt),
        "idempotency_key": _text(attempt.call.idempotency_key),
        "budget": _text(attempt.budget),
        "note": _text(attempt.note),
    }


def plain_sums(group: Sums) -> dict[str, Any]:
    """Return sums as JSON has them."""
    return {
        "key": group.key,
        "calls": group.calls,
        "paid_usd": _sum(group.paid),
        "fees_usd": _sum(group.fees),
        "open_usd": _sum(group.open),
    }


def csv_of(rows: Iterable[Mapping[str, Any]], columns: Iterable[str]) -> str:
    """Return rows as CSV that a spreadsheet takes for text and numbers, and computes nothing of."""
    names = list(columns)
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(names)
    writer.writerows([_cell(row[name]) for name in names] for row in rows)
    return written.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _FORMULA.sub(r"\1'", clean(str(value), _LONGEST))


def _sum(value: Decimal) -> str:
    return f"{value:f}"


def _text(text: str | None) -> str | None:
    return None if text is None else clean(text, _LONGEST)


def _open(value: Any) -> Any:
    """Return a server's JSON without what could open a door."""
    if isinstance(value, Mapping):
        return {
            clean(str(name)): _open(inner) for name, inner in value.items() if not _SECRET.search(str(name))
        }
    if isinstance(value, list | tuple):
        return [_open(inner) for inner in value]
    return clean(value, _LONGEST) if isinstance(value, str) else value
