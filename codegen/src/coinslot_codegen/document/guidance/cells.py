"""What the columns of a table hold: routes, prices, times, polling intervals."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from coinslot_codegen.document.figures import duration, money
from coinslot_codegen.document.guidance.blocks import Table, Text
from coinslot_codegen.document.guidance.mentions import written_paths

POLL: Final = re.compile(
    r"\bpoll(?:s|ed|ing)?\b|\bintervals?\b"
    r"|\bbetween (?:two |each |the )?(?:polls|requests|checks|calls|tries)\b"
    r"|\b(?:ask|check|look|try) (?:again|back)\b|\bhow often\b|\bevery\b",
    re.IGNORECASE,
)
"""Words that make a length of time one between two looks at a job."""
_PRICE_HEADER: Final = re.compile(
    r"\bprices?\b|\bpricing\b|\bcosts?\b|\bfees?\b|\brates?\b|\bcharges?\b|\$|\busd", re.IGNORECASE
)
_DOLLAR_HEADER: Final = re.compile(r"\$|\busd|\bdollars?\b", re.IGNORECASE)
_SECOND_HEADER: Final = re.compile(r"(?:/|\bper)\s*(?:s|sec|second)\b", re.IGNORECASE)
_EMPTY: Final = frozenset({"", "-", "–", "—", "n/a", "none", "free", "$0", "0", "$0.00"})


@dataclass(frozen=True, slots=True)
class Columns:
    """Numbers of the columns; None or empty: there is none."""

    route: int | None
    prices: tuple[int, ...]
    times: tuple[int, ...]
    polls: tuple[int, ...]


def read_columns(table: Table) -> Columns:
    """Judge each column by its cells, and by its header where the cells leave it open."""
    width = range(len(table.header))
    route = max(width, key=lambda index: _share(table, index, _holds_path), default=None)
    if route is not None and _share(table, route, _holds_path) < 0.5:
        route = None
    others = [index for index in width if index != route]
    prices = tuple(index for index in others if _is_price(table, index))
    spans = [index for index in others if index not in prices and _is_span(table, index)]
    context = " ".join([*table.place.trail[-1:], table.place.lead])
    polls = [index for index in spans if POLL.search(table.header[index].plain)]
    if not polls and route is None and POLL.search(context):
        polls = spans
    return Columns(route, prices, tuple(index for index in spans if index not in polls), tuple(polls))


def cell(row: tuple[Text, ...], index: int) -> Text:
    """The cell of a column; empty where the row is too short."""
    return row[index] if index < len(row) else Text("")


def is_empty(text: str) -> bool:
    """Whether a cell says nothing, or that nothing is to pay or to wait for."""
    return text.strip(" `*").lower() in _EMPTY


def is_dollars(header: Text) -> bool:
    """Whether figures below this header are dollars without saying so."""
    return _DOLLAR_HEADER.search(header.plain) is not None


def is_per_second(header: Text) -> bool:
    """Whether figures below this header are for each second."""
    return _SECOND_HEADER.search(header.plain) is not None


def _holds_path(text: str) -> bool:
    return bool(written_paths(text))


def _is_price(table: Table, index: int) -> bool:
    bare = is_dollars(table.header[index])
    share = _share(table, index, lambda text: money(text, bare=bare) is not None)
    return share >= 0.5 or (share > 0 and _PRICE_HEADER.search(table.header[index].plain) is not None)


def _is_span(table: Table, index: int) -> bool:
    return _share(table, index, lambda text: duration(text) is not None) >= 0.5


def _share(table: Table, index: int, holds: Callable[[str], bool]) -> float:
    """How many of a column's cells that are not empty hold something."""
    texts = [cell(row.cells, index).plain for row in table.rows]
    filled = [text for text in texts if not is_empty(text)]
    return sum(map(holds, filled)) / len(filled) if filled else 0.0
