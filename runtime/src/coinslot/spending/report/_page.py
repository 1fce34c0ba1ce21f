"""The page itself: everything on it is counted here, and escaped where it is put in place."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from coinslot.money import show
from coinslot.route import PriceRange
from coinslot.spending._entries import Entry
from coinslot.spending._finding import short_ids
from coinslot.spending._sums import Sums, grouped, sums
from coinslot.spending.report._bars import lying, told, upright
from coinslot.spending.report._periods import periods
from coinslot.spending.report._ranges import MOST_ROWS, Against, Range, RangeChart, between, chart, compared
from coinslot.spending.report._results import shown
from coinslot.spending.report._scale import DOLLARS, SECONDS

MARK = "<!doctype html><!-- coinslot ledger report -->"
"""How every page begins."""
WIDTHS = {"wide": 720.0, "narrow": 340.0}
"""Each chart is drawn for both; the page's style shows one."""
_MOST_ROUTES = 12
_MOST_OPEN = 10


def page(entries: Sequence[Entry], now: datetime, *, pictures: int = 48) -> str:
    """Return the page for these entries, the oldest first. `pictures`: so many results at most."""
    style = files(__package__).joinpath("templates/report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    facts: dict[str, Any] = {
        "mark": MARK,
        "style": style,
        "digest": digest,
        "now": now,
        "whole": sums(entries),
        "entries": entries,
    }
    if entries:
        facts |= _spending(entries) | _prices(entries) | _times(entries)
        facts |= {
            "results": shown(entries, pictures),
            "saved": sum(entry.attempt.saved_to is not None for entry in entries),
            "open": [entry for entry in entries if entry.open][-_MOST_OPEN:][::-1],
            "open_count": sum(bool(entry.open) for entry in entries),
            "ids": short_ids(entry.attempt for entry in entries),
        }
    return _environment().get_template("report.html.jinja").render(facts)


def _spending(entries: Sequence[Entry]) -> dict[str, Any]:
    unit, spans = periods(entries)
    hosts = {entry.host for entry in entries}
    routes = [_named(group, hosts) for group in grouped(entries, "route")]
    shown_routes = routes[:_MOST_ROUTES]
    return {
        "unit": unit,
        "periods": spans,
        "over_time": {name: upright(spans, width) for name, width in WIDTHS.items()},
        "routes": routes,
        "by_route": {name: lying(shown_routes, width) for name, width in WIDTHS.items()},
        "other_routes": len(routes) - len(shown_routes),
        "backends": grouped(entries, "backend"),
        "hosts": sorted(hosts),
    }


def _named(group: Sums, hosts: set[str]) -> Sums:
    """Leave out the host where there is one alone."""
    path = group.key[group.key.find("/") :]
    key = path if len(hosts) == 1 else group.key
    return Sums(key, group.calls, group.paid, group.open, group.fees)


def _prices(entries: Sequence[Entry]) -> dict[str, Any]:
    rows = compared(
        entries, lambda entry: entry.attempt.price, lambda entry: entry.attempt.printed.price, _most_price
    )
    charts = _charts(rows, write=show, most=_most_price, ladder=DOLLARS, said="printed")
    return {"prices": rows, "price_charts": charts, "prices_above": _above(rows)}


def _times(entries: Sequence[Entry]) -> dict[str, Any]:
    rows = compared(entries, _seconds, _typical, _most_time)
    charts = _charts(rows, write=duration, most=_most_time, ladder=SECONDS, said="typical")
    return {"times": rows, "time_charts": charts, "times_above": _above(rows)}


def _charts(rows: Sequence[Against], **how: Any) -> dict[str, RangeChart]:
    return {name: chart(rows[:MOST_ROWS], width, **how) for name, width in WIDTHS.items() if rows}


def _above(rows: Sequence[Against]) -> int:
    return sum(row.above for row in rows)


def _most_price(printed: Range) -> Decimal:
    # Printed prices are rounded.
    low, high = printed
    return PriceRange(str(low), str(high)).cap


def _most_time(typical: Range) -> Decimal:
    return typical[1]


def _seconds(entry: Entry) -> Decimal | None:
    return None if entry.seconds is None else _tenth(entry.seconds)


def _typical(entry: Entry) -> Range | None:
    typical = entry.attempt.printed.seconds
    return None if typical is None else (_tenth(typical[0]), _tenth(typical[1]))


def _tenth(seconds: float) -> Decimal:
    exact = Decimal(str(seconds))
    return exact.quantize(Decimal(1) if exact >= 10 else Decimal("0.1"), ROUND_HALF_UP)


def duration(seconds: Decimal) -> str:
    """Write a time: `8 s`, `2 min`, `3 min 20 s`, `2 h 5 min`."""
    if seconds < 60:
        return f"{seconds.normalize():f} s"
    whole = int(seconds.to_integral_value(ROUND_HALF_UP))
    if whole < 3600:
        return f"{whole // 60} min" + (f" {whole % 60} s" if whole % 60 else "")
    return f"{whole // 3600} h" + (f" {whole % 3600 // 60} min" if whole % 3600 // 60 else "")


def _between(row: Against, unit: str) -> str:
    write = show if unit == "price" else duration
    return between(row.found[0], row.found[-1], write)


def _printed(row: Against, unit: str) -> str:
    return between(*row.printed, show if unit == "price" else duration)


def _day(when: datetime) -> str:
    return f"{when.day} {when:%b %Y}"


def _pixels(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("coinslot.spending.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        dollars=show, told=told, found=_between, printed=_printed, day=_day, px=_pixels, duration=duration
    )
    return made
