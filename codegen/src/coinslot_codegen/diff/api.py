"""Two documents, compared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coinslot_codegen.diff import classes, credentials, files, offers, wording
from coinslot_codegen.diff.calls import compare_calls
from coinslot_codegen.diff.change import IMPACTS, Change
from coinslot_codegen.diff.pairing import base, pair
from coinslot_codegen.diff.rules import Rules
from coinslot_codegen.diff.scalars import shown
from coinslot_codegen.diff.terms import priced
from coinslot_codegen.diff.values import Values
from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.write.manifest import meaning

_GUIDED = frozenset(
    {
        "price",
        "price-length",
        "time",
        "poll",
        "lifetime",
        "result",
        "rule",
        "rule-removed",
        "rule-added",
        "upload",
        "files",
        "recommended",
        *offers.KINDS,
    }
)
"""Kinds of change that can come from the guidance."""


def compare(old: Api, new: Api) -> tuple[Change, ...]:
    """Return every change from `old` to `new` that a client notices, by call and then by weight.

    The order of keys and the layout of prose change nothing.
    """
    values = Values(old.document, new.document)
    pairs = pair(old, new)
    kept = (*pairs.same, *pairs.another_method, *pairs.renamed)
    moved_to = {one.path: other.path for one, other in kept}
    rules = Rules(old, new, moved_to)
    found: list[Change] = [*_whole(old, new), *files.uploads(old.upload, new.upload, moved_to)]
    found += [*offers.shown(old.offers, new.offers), *classes.renamed(old.document, new.document)]
    found += rules.recommended({one.group: other.group for one, other in kept})
    signs = credentials.signing(old, new)
    gone = [(Change("breaking", "route-removed", "is gone", _route(one)), one) for one in pairs.removed]
    fresh = [(_added(one), one) for one in pairs.added]
    moved = [(_renamed(*both), both[0]) for both in pairs.renamed]
    found += [change.of(_call(one), _route(one)) for change, one in (*gone, *fresh, *moved)]
    for before, after in kept:
        changes = [
            *compare_calls(before, after, values, moved_to),
            *rules.notes(before, after),
            *credentials.shown(before, after, signs),
            *files.media(before, after, old.document, new.document),
        ]
        found += [one.of(_call(before), _route(before)) for one in changes]
    told = any(one.kind in _GUIDED for one in found)
    found += wording.reworded(old, new, moved_to, told=told)
    return tuple(sorted(_distinct(found), key=_order))


def changes(old: Api, new: Api) -> tuple[Change, ...]:
    """Return every change; where there is none, whether the document's text differs all the same."""
    found = compare(old, new)
    if found or meaning(old.document) == meaning(new.document):
        return found
    return (
        Change(
            "compatible", "text", "the document's text differs; no route, value, price or rule of it changed"
        ),
    )


def _added(route: RouteSpec) -> Change:
    cost = f" and costs {priced(route.price)}" if route.access == "paid" else ""
    return Change("compatible", "route-added", f"is new{cost}", None, _route(route))


def _renamed(old: RouteSpec, new: RouteSpec) -> Change:
    called = "" if _call(old) == _call(new) else f", called `{_call(new)}`"
    return Change("breaking", "route-renamed", f"is now {_route(new)}{called}", _route(old), _route(new))


def _distinct(changes: list[Change]) -> list[Change]:
    seen: set[tuple[str, ...]] = set()
    kept = []
    for one in changes:
        key = (
            one.kind,
            one.message,
            one.place,
            one.call or "",
            one.route or "",
            shown(one.old),
            shown(one.new),
        )
        if key not in seen:
            seen.add(key)
            kept.append(one)
    return kept


def _order(change: Change) -> tuple[bool, str, str, int, str, str]:
    return (
        change.call is not None,
        change.call or "",
        change.route or "",
        IMPACTS.index(change.impact),
        change.place,
        change.message,
    )


def _whole(old: Api, new: Api) -> Iterator[Change]:
    if old.origin != new.origin:
        message = f"the API is at {new.origin or 'no stated origin'} (was {old.origin or 'not stated'})"
        yield Change("breaking", "origin", message, old.origin, new.origin)
    bases = [base(api) or "/" for api in (old, new)]
    if bases[0] != bases[1]:
        yield Change("breaking", "prefix", f"every route is below {bases[1]} (was {bases[0]})", *bases)
    if old.title != new.title:
        same = _letters(old.title) == _letters(new.title)
        message = f"the API is called {new.title} (was {old.title}), and so is the client's class"
        yield Change("compatible" if same else "breaking", "title", message, old.title, new.title)
    if old.version != new.version:
        message = (
            f"the document's version is {new.version or 'not stated'} (was {old.version or 'not stated'})"
        )
        yield Change("compatible", "version", message, old.version, new.version)
    if old.description.split() != new.description.split():
        yield Change(
            "compatible",
            "description",
            "the API is described in other words",
            old.description,
            new.description,
        )
    yield from credentials.schemes(old, new)


def _letters(title: str) -> str:
    return "".join(re.findall(r"[A-Za-z0-9]+", title))


def _call(route: RouteSpec) -> str:
    return f"{route.group}.{route.name}"


def _route(route: RouteSpec) -> str:
    return f"{route.method} {route.path}"
