"""What was understood, as text: readable on a terminal of 80 columns, and without colours where nobody looks.

Each route takes two lines, so that long paths do not push the figures out of sight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from coinslot_codegen.document.model import Api, Finding, ResultSpec, RouteSpec
from coinslot_codegen.inspection import words
from coinslot_codegen.inspection.lines import console, printable, put

_HEADINGS: Final = {
    "disagreement": "Guidance and document disagree",
    "unread": "Could not be read",
    "default": "Not stated, so the safe default holds",
    "unsupported": "Cannot be generated",
    "flaw": "Flaws of the document",
    "changed": "Changed by plugins",
}
_COLUMNS: Final = ("call", "access", "price", "time", "poll")


def show(api: Api, out: Console | None = None) -> None:
    """Print the whole page."""
    out = out or console()
    version = f" {api.version}" if api.version else ""
    put(f"{api.title}{version}", out, style="bold")
    paid = sum(route.access == "paid" for route in api.routes)
    counted = f"{len(api.routes)} routes, {paid} of them paid"
    put(f"OpenAPI {api.openapi}, {api.origin or 'no origin stated'}, {counted}", out)
    _routes(api.routes, out)
    _results(api, out)
    _upload(api, out)
    _media(api, out)
    _offers(api, out)
    _recommendations(api, out)
    _findings(api, out)


def _routes(routes: Sequence[RouteSpec], out: Console) -> None:
    rows = [_COLUMNS, *(_row(route) for route in routes)]
    widths = [max(len(row[index]) for row in rows) for index in range(len(_COLUMNS))]
    out.print()
    out.print(Text(_line(_COLUMNS, widths), style="bold"), soft_wrap=True)
    for route, row in zip(routes, rows[1:], strict=True):
        out.print(Text(_line(row, widths), style="cyan" if route.access == "paid" else ""), soft_wrap=True)
        out.print(Text(f"  {_second_line(route)}", style="dim"), soft_wrap=True)


def _row(route: RouteSpec) -> tuple[str, ...]:
    return (
        words.call(route),
        route.access,
        words.price(route.price) if route.access == "paid" else "–",
        printable(route.time.text) if route.time else "–",
        words.seconds(route.poll_seconds) if route.job else "–",
    )


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()


def _second_line(route: RouteSpec) -> str:
    parts = [f"{route.method} {route.path}"]
    if route.job:
        parts.append(f"→ {route.result.name if route.result else 'raw result'}")
    ways = [" and ".join(one) for one in route.shown if one]
    if ways:
        parts.append(f"{'takes' if () in route.shown else 'needs'} {' or '.join(ways)}")
    return printable(" ".join(parts))


def _results(api: Api, out: Console) -> None:
    results: dict[ResultSpec, list[str]] = {}
    for route in api.routes:
        if route.result:
            results.setdefault(route.result, []).append(words.call(route))
    lifetimes = sorted(
        {route.result_lifetime_seconds for route in api.routes if route.result_lifetime_seconds}
    )
    if not results:
        return
    _heading("Results", out)
    names = [spec.name for spec in results]
    for spec in sorted(results, key=lambda one: (one.name, len(one.provenance), one.provenance)):
        _item(f"{spec.name}: {', '.join(spec.members)} (from {spec.provenance})", out)
        if names.count(spec.name) > 1:
            put(", ".join(results[spec]), out, indent=4, style="dim")
    for length in lifetimes:
        _item(f"URLs live for {words.seconds(length)}", out)


def _upload(api: Api, out: Console) -> None:
    if api.upload is None:
        return
    spec = api.upload
    _heading("Upload", out)
    _item(f"1. POST {spec.token_path} gives {spec.token_member}, {spec.id_member} and {spec.put_query}", out)
    fields = "".join(f", {name}: {value}" for name, value in spec.put_headers)
    _item(
        f"2. PUT {spec.put_url} with {spec.put_query} and the token{fields}; gives {spec.put_url_member}", out
    )
    _item(f"3. POST {spec.confirm_path} with {spec.id_member} and {spec.url_member}", out)


def _media(api: Api, out: Console) -> None:
    """Where files may stand: members alike in name, kind and provenance in one line."""
    places: dict[str, list[str]] = {}
    for route in api.routes:
        for one in route.media:
            kinds = " or ".join(one.kinds) or "any kind"
            named = f"{'.'.join(one.path)}{'[]' if one.many else ''}: {kinds} (from the {one.provenance})"
            places.setdefault(named, []).append(words.call(route))
    if not places:
        return
    _heading("Files in place of URLs", out)
    for named, calls in places.items():
        _item(named, out)
        put(", ".join(calls), out, indent=4, style="dim")


def _offers(api: Api, out: Console) -> None:
    if not api.offers:
        return
    _heading("Offers in samples of the guidance", out)
    for one in api.offers:
        parts = (("", one.scheme), ("on ", one.network), ("in ", one.asset), ("to ", one.payee))
        told = " ".join(f"{word}{value}" for word, value in parts if value)
        _item(f"{told} (from {one.provenance})", out)


def _recommendations(api: Api, out: Console) -> None:
    if not api.recommendations:
        return
    _heading("Recommended", out)
    for one in api.recommendations:
        _item(f"{one.purpose}: {one.target}" + (f" – {one.reason}" if one.reason else ""), out)


def _findings(api: Api, out: Console) -> None:
    for kind, heading in _HEADINGS.items():
        found = [finding for finding in api.findings if finding.kind == kind]
        if not found:
            continue
        _heading(f"{heading} ({len(found)})", out)
        for message, places in _together(found, api.routes):
            _item(message, out)
            put(", ".join(places), out, indent=4, style="dim")
    if not api.findings:
        _heading("No disagreements, and nothing left unread", out)


def _together(found: Sequence[Finding], routes: Sequence[RouteSpec]) -> Iterator[tuple[str, list[str]]]:
    """Each message once, with all the places that it is about."""
    places: dict[str, list[str]] = {}
    for finding in found:
        places.setdefault(finding.message, []).append(_place(finding, routes))
    for message, listed in places.items():
        yield message, list(dict.fromkeys(listed))


def _place(finding: Finding, routes: Sequence[RouteSpec]) -> str:
    """The call that a finding is about, else its pointer."""
    for route in routes:
        if finding.pointer == route.pointer or finding.pointer.startswith(f"{route.pointer}/"):
            return words.call(route)
    return finding.pointer


def _heading(text: str, out: Console) -> None:
    out.print()
    put(text, out, style="bold")


def _item(text: str, out: Console) -> None:
    put(text, out, indent=2)
