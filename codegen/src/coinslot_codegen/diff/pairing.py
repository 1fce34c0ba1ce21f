"""Which route of the newer document is which of the older one."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Final

from coinslot_codegen.diff.view import canonical
from coinslot_codegen.document.members import answer_schema
from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.document.operations import read_server

_ASKING: Final = frozenset({"GET", "POST", "PUT", "PATCH"})
"""Methods that may take each other's place; one that deletes does something else."""


@dataclass(slots=True)
class Pairs:
    """Every route of both documents, once."""

    same: list[tuple[RouteSpec, RouteSpec]] = field(default_factory=list)
    renamed: list[tuple[RouteSpec, RouteSpec]] = field(default_factory=list)
    """Other path, everything else alike, and no other route that it could be."""
    another_method: list[tuple[RouteSpec, RouteSpec]] = field(default_factory=list)
    """Same path and name, and asked for otherwise."""
    removed: list[RouteSpec] = field(default_factory=list)
    added: list[RouteSpec] = field(default_factory=list)


def base(api: Api) -> str:
    """Return the path that stands before every route's."""
    return read_server(api.document).base


def pair(old: Api, new: Api) -> Pairs:
    """Return what became of each route; below another path before all of them it is the same."""
    before, after = base(old), base(new)
    later = {_address(route, after): route for route in new.routes}
    found = Pairs()
    for route in old.routes:
        match = later.pop(_address(route, before), None)
        if match is None:
            found.removed.append(route)
        else:
            found.same.append((route, match))
    found.added = list(later.values())
    _match_methods(found, before, after)
    # A call that is still called so is the same call. Then with its own name: of two folders that moved,
    # each call has its like.
    _match(old, new, found, lambda api, one: (one.group, one.name, _form(api, one)), named=True)
    for key in (lambda api, one: (one.name, _form(api, one)), _form):
        _match(old, new, found, key)
    return found


def _match(
    old: Api,
    new: Api,
    found: Pairs,
    key: Callable[[Api, RouteSpec], Hashable],
    *,
    named: bool = False,
) -> None:
    before = _unique((key(old, route), route) for route in found.removed if named or _is_distinct(old, route))
    after = _unique((key(new, route), route) for route in found.added if named or _is_distinct(new, route))
    for form, route in before.items():
        other = after.get(form)
        if other is not None:
            found.renamed.append((route, other))
            found.removed.remove(route)
            found.added.remove(other)


def _match_methods(found: Pairs, before: str, after: str) -> None:
    old = _unique((_place(route, before), route) for route in found.removed if route.method in _ASKING)
    new = _unique((_place(route, after), route) for route in found.added if route.method in _ASKING)
    for place, route in old.items():
        other = new.get(place)
        if other is not None:
            found.another_method.append((route, other))
            found.removed.remove(route)
            found.added.remove(other)


def _place(route: RouteSpec, base: str) -> Hashable:
    return _address(route, base)[1], route.group, route.name


def _unique(pairs: Iterable[tuple[Hashable, RouteSpec]]) -> dict[Hashable, RouteSpec]:
    listed: dict[Hashable, list[RouteSpec]] = {}
    for form, route in pairs:
        listed.setdefault(form, []).append(route)
    return {form: routes[0] for form, routes in listed.items() if len(routes) == 1}


def _address(route: RouteSpec, base: str) -> tuple[str, str]:
    # What a path parameter is called decides nothing on the wire.
    return route.method, re.sub(r"\{[^{}]*\}", "{}", route.path.removeprefix(base))


def _form(api: Api, route: RouteSpec) -> Hashable:
    return (
        route.method,
        route.access,
        tuple(sorted((one.location, one.name, one.required) for one in route.parameters)),
        tuple((body.media_type, canonical(api.document, body.schema)) for body in route.bodies),
        canonical(api.document, answer_schema(route)),
    )


def _is_distinct(api: Api, route: RouteSpec) -> bool:
    """Whether the route says enough of itself to be known again: most reading routes do not."""
    bodies = [
        body for body in route.bodies if canonical(api.document, body.schema) != canonical(api.document, {})
    ]
    return bool(bodies) or len(route.parameters) > 1
