"""How what a caller shows besides paying changed: which keys and tokens, and where they stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, TypeAlias

from coinslot_codegen.diff.change import Change, Impact
from coinslot_codegen.document.model import Api, RouteSpec, SchemeSpec

_Way: TypeAlias = frozenset[str]
"""Names of schemes that are shown together; empty: nothing, or the wallet's signature."""

_PLACES = {
    "header": "in the header {field}",
    "query": "in the query value {field}",
    "cookie": "in the cookie {field}",
    "bearer": "as a bearer token",
    "basic": "as a user and a password",
    "sign-in": "by the wallet's signature",
}


def shown(old: RouteSpec, new: RouteSpec, signs: Collection[str]) -> Iterator[Change]:
    """Give the changes of what one call wants shown; `signs` are the schemes that the wallet signs for."""
    before, after = (_ways(route, signs) for route in (old, new))
    if before == after:
        return
    lost = [way for way in before if not any(other <= way for other in after)]
    impact: Impact = "breaking" if lost else "compatible"
    optional = frozenset() in after
    said = _said(after)
    if after == {frozenset()}:
        message = f"no longer {'takes' if frozenset() in before else 'needs'} {_said(before)}"
    elif before == {frozenset()}:
        message = f"{'takes' if optional else 'needs'} {said} now"
    else:
        message = f"{'takes' if optional else 'needs'} {said} (was {_said(before)})"
    yield Change(impact, "security", message, _listed(before), _listed(after))


def schemes(old: Api, new: Api) -> Iterator[Change]:
    """Give the changes of the schemes that both documents use."""
    before, after = ({one.name: one for one in api.schemes} for api in (old, new))
    for name in sorted(before.keys() & after.keys()):
        was, now = before[name], after[name]
        if (was.place, was.field) != (now.place, now.field):
            message = f"`{name}` is shown {_place(now)} (was {_place(was)})"
            yield Change("breaking", "security", message, _place(was), _place(now))
            continue
        if was.description.split() != now.description.split():
            message = f"`{name}` is described in other words"
            yield Change("compatible", "description", message, was.description, now.description)
        rest = [_rest(api.document, name) for api in (old, new)]
        words = sorted(word for word in {*rest[0], *rest[1]} if rest[0].get(word) != rest[1].get(word))
        if words:
            message = f"`{name}` is obtained in another way ({', '.join(words)})"
            yield Change("compatible", "security", message, rest[0], rest[1])


def signing(*sides: Api) -> frozenset[str]:
    """Return the names of all schemes that the wallet signs for by itself."""
    return frozenset(one.name for api in sides for one in api.schemes if one.place == "sign-in")


def _ways(route: RouteSpec, signs: Collection[str]) -> set[_Way]:
    return {frozenset(way) - frozenset(signs) for way in route.shown or (route.security,)}


def _said(ways: Collection[_Way]) -> str:
    return " or ".join(sorted(" and ".join(f"`{name}`" for name in sorted(way)) for way in ways if way)) or (
        "nothing"
    )


def _listed(ways: Collection[_Way]) -> list[list[str]]:
    return sorted(sorted(way) for way in ways)


def _place(scheme: SchemeSpec) -> str:
    return _PLACES.get(scheme.place, scheme.place).format(field=scheme.field)


def _rest(document: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what is not read of a scheme: where its tokens come from, and what they look like."""
    components = document.get("components")
    listed = components.get("securitySchemes") if isinstance(components, Mapping) else None
    one = listed.get(name) if isinstance(listed, Mapping) else None
    read = ("type", "scheme", "in", "name", "description")
    return {word: one[word] for word in one if word not in read} if isinstance(one, Mapping) else {}
