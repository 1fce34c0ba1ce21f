"""The calls that are paid for: what each costs, and how long it takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import click

from coinslot.call import route_behind
from coinslot.console._calls import found_by, is_paid
from coinslot.console._progress import span
from coinslot.console._session import Session
from coinslot.console._tables import print_table
from coinslot.route import PricePerSecond, PriceRange, Route

_ABOUT = "what it does"


@dataclass(frozen=True, slots=True)
class Line:
    """One call of the table."""

    words: str
    route: Route[Any, Any]
    told: str


def list_calls(ctx: click.Context, session: Session) -> None:
    """Print a line for each call that is paid for."""
    lines = list(_lines(ctx, session))
    if session.as_json:
        session.finish(None, calls=[_plain(line) for line in lines])
        return
    rows = [(line.words, _price(line.route), _time(line.route), line.told) for line in lines]
    print_table(("call", "price", "time", _ABOUT), rows, lesser=(_ABOUT, "time"), cut=_ABOUT)


def _lines(ctx: click.Context, session: Session) -> Iterator[Line]:
    client = session.client()
    root: Any = ctx.find_root().command
    for words, group in _groups(ctx, session, root):
        for name, command in group.commands.items():
            find = found_by(command)
            if find is not None and is_paid(command):
                told = command.get_short_help_str(100)
                yield Line(f"{words} {name}", route_behind(find(client)), told)


def _groups(ctx: click.Context, session: Session, root: click.Group) -> Iterator[tuple[str, click.Group]]:
    from coinslot.console._root import BESIDE

    ours = root.commands
    for name in session.program.groups:
        beside = name in ours
        holder: Any = root.get_command(ctx, BESIDE) if beside else root
        group = holder.get_command(ctx, name)
        yield f"{BESIDE} {name}" if beside else name, group


def _price(route: Route[Any, Any]) -> str:
    match route.price:
        case PriceRange(low, high) | PricePerSecond(low, high):
            unit = " a second" if isinstance(route.price, PricePerSecond) else ""
            return f"${low}–${high}{unit}" if high else f"${low}{unit}"
    return "unknown"


def _time(route: Route[Any, Any]) -> str:
    return span(*route.typical_seconds) if route.typical_seconds else ""


def _plain(line: Line) -> dict[str, object]:
    price, time = line.route.price, line.route.typical_seconds
    return {
        "call": line.words,
        "route": str(line.route),
        "price_usd": None if price is None else {"low": price.low, "high": price.high or price.low},
        "unit": "second" if isinstance(price, PricePerSecond) else "call",
        "typical_seconds": None if time is None else {"low": time[0], "high": time[1]},
        "about": line.told,
    }
