"""Guidance in lines, as in `POST /v1/films = $0.40, 90s, ask every 10s`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from coinslot_codegen.document import Finding, Guidance, RouteSpec
from coinslot_codegen.document.figures import duration, money
from coinslot_codegen.document.model import TimeSpec
from coinslot_codegen.hookspecs import hookimpl

LINE = re.compile(
    r"(?P<method>[A-Z]+) (?P<path>/\S*) = (?P<price>\$[\d.]+), (?P<time>\w+), ask every (?P<poll>\w+)"
)


@hookimpl
def coinslot_codegen_read_guidance(text: str, at: str, routes: Sequence[RouteSpec]) -> Guidance | None:
    """Read the lines; None where the first one is of another style."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or not LINE.fullmatch(lines[0]):
        return None
    known = {(route.method, route.path) for route in routes}
    prices, times, polls, findings = {}, {}, {}, []
    for line in lines:
        found = LINE.fullmatch(line)
        price, time, poll = (
            (money(found["price"]), duration(found["time"]), duration(found["poll"]))
            if found
            else (None,) * 3
        )
        if not found or not price or not time or not poll or (found["method"], found["path"]) not in known:
            findings.append(Finding("unread", at, f"no route, or no figures: {line}"))
            continue
        route = (found["method"], found["path"])
        prices[route] = price
        times[route] = TimeSpec(time.low, time.high, found["time"])
        polls[route] = poll.low
    return Guidance(prices=prices, times=times, polls=polls, findings=tuple(findings))
