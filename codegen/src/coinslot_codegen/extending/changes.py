"""What a plugin may make of the intermediate model: everything but what would move money unseen.

Refused: another document, another origin, a route that is paid and was not, or was and is not, a paid
route without the price that it had, other terms of payment, a state that has to be paid for, names that
are no names or stand twice, references to what is not there. Shown, as findings of the kind `changed`:
every other price, every added route that is paid, and the routes that are no longer there.
"""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping
from dataclasses import replace

from coinslot_codegen.document import paths
from coinslot_codegen.document.calls import RESERVED_GROUPS, RESERVED_NAMES
from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.figures import money
from coinslot_codegen.document.model import Api, Finding, PriceSpec, RouteSpec
from coinslot_codegen.document.references import references, resolve
from coinslot_codegen.extending.errors import ExtensionRefused

_KEPT = ("origin", "openapi", "document", "guidance", "source")
_MONEY = ("access", "payment", "security")
Key = tuple[str, str]


def judged(before: Api, after: object, plugin: str) -> Api:
    """Return the changed model with what has to be shown. Raises ExtensionRefused naming the plugin."""
    if not isinstance(after, Api):
        raise ExtensionRefused(f"the plugin {plugin!r} changes the model to {type(after).__name__}, not Api")
    for problem in _problems(before, after):
        raise ExtensionRefused(f"the plugin {plugin!r} may not change the model so: {problem}")
    shown = [Finding("changed", at, f"{message} (plugin {plugin})") for at, message in _shown(before, after)]
    findings = {*after.findings, *before.findings, *shown}
    ordered = sorted(findings, key=lambda one: (one.kind, one.pointer, one.message))
    return replace(after, findings=tuple(ordered))


def _problems(before: Api, after: Api) -> Iterator[str]:
    for name in _KEPT:
        if getattr(after, name) is not getattr(before, name):
            yield f"`{name}` is the document's"
    known = _by_key(before)
    yield from _twice(after)
    for route in after.routes:
        at = f"{route.method} {route.path}"
        yield from (f"{at}: {problem}" for problem in _named(route))
        yield from (f"{at}: {problem}" for problem in _paid(known.get((route.method, route.path)), route))
        yield from (f"{at}: {problem}" for problem in _led(before, after, route))
    yield from _spoken_of(before, after)


def _twice(after: Api) -> Iterator[str]:
    calls: dict[tuple[str, str], RouteSpec] = {}
    keys: set[Key] = set()
    for route in after.routes:
        other = calls.setdefault((route.group, route.name), route)
        if (route.method, route.path) in keys:
            yield f"{route.method} {route.path} is there twice"
        elif other is not route:
            both = f"{other.method} {other.path} and {route.method} {route.path}"
            yield f"{both} would both be called {route.group}.{route.name}"
        keys.add((route.method, route.path))


def _named(route: RouteSpec) -> Iterator[str]:
    for what, name, taken in (
        ("group", route.group, RESERVED_GROUPS),
        ("name", route.name, RESERVED_NAMES),
    ):
        fit = name.isidentifier() and name.isascii() and name == name.lower()
        if not fit or keyword.iskeyword(name) or name.startswith("_"):
            yield f"{what} {name!r} is no Python name in lower case"
        elif name in taken:
            yield f"{what} {name!r} means something already"


def _paid(old: RouteSpec | None, new: RouteSpec) -> Iterator[str]:
    yield from _priced(new)
    if old is None:
        return
    for name in _MONEY:
        if getattr(old, name) != getattr(new, name):
            yield f"`{name}` is the document's"
    if old.price is not None and new.price is None:
        yield "its price may not be dropped"


def _priced(route: RouteSpec) -> Iterator[str]:
    """A price that is no price, or of a route that is not paid."""
    price = route.price
    if price is None:
        return
    if route.access != "paid":
        yield "it is not paid, and so has no price"
    figures = [money(one, bare=True) for one in (price.low, price.high or price.low)]
    if any(one is None or one.high is not None or one.unit != "call" for one in figures):
        yield "its price is no figure of dollars, as in '0.13'"
    elif float(price.high or price.low) <= 0:
        yield "a price of 0 is no price"


def _led(before: Api, after: Api, route: RouteSpec) -> Iterator[str]:
    """What the route refers to must be there."""
    schemas = [
        *(one.schema for one in route.parameters),
        *(one.schema for one in route.bodies),
        *(one.schema for one in route.answers),
    ]
    holders = [schema for schema in schemas if isinstance(schema, Mapping)]
    for _, target in references({"items": holders}):
        try:
            resolve(after.document, target)
        except DocumentError as error:
            yield error.message
    missing = set(paths.parameters(route.path)) - {
        one.name for one in route.parameters if one.location == "path"
    }
    if missing:
        yield f"the path parameter {min(missing)!r} is not declared"
    if route.job is None:
        return
    watches = {**_by_key(before), **_by_key(after)}
    watch = watches.get(("GET", route.job.status_path))
    if watch is None or len(paths.parameters(route.job.status_path)) != 1:
        yield f"its job is asked for at {route.job.status_path}, which is no GET route with one parameter"
    elif watch.access == "paid":
        yield f"its job is asked for at {route.job.status_path}, which has to be paid for"
    elif watch.access != route.job.access:
        yield f"its job is asked for at {route.job.status_path}, which is {watch.access}"


def _spoken_of(before: Api, after: Api) -> Iterator[str]:
    there = {route.path for route in after.routes if route.method == "POST"}
    if after.upload is not None and after.upload != before.upload:
        yield "the upload steps are the document's; they can only be left out (None)"
    if after.upload and not {after.upload.token_path, after.upload.confirm_path} <= there:
        yield "the upload steps name a route that is no longer there; leave them out too (None)"
    groups = {route.group for route in after.routes}
    former = {route.group for route in before.routes}
    for advice in after.recommendations:
        if advice.target in former and advice.target not in groups:
            yield f"{advice.target!r} is recommended, and is no group any more"


def _shown(before: Api, after: Api) -> Iterator[tuple[str, str]]:
    old, new = _by_key(before), _by_key(after)
    for key, route in new.items():
        was = old.get(key)
        if was is None:
            cost = f"paid, {_price(route.price)}" if route.access == "paid" else route.access
            yield route.pointer, f"{route.method} {route.path} is added, {cost}"
        elif was.price != route.price:
            yield (
                route.pointer,
                f"{route.method} {route.path} costs {_price(route.price)} now, not {_price(was.price)}",
            )
    for key in old.keys() - new.keys():
        yield old[key].pointer, f"{old[key].method} {old[key].path} is left out"


def _price(price: PriceSpec | None) -> str:
    if price is None:
        return "an unknown price"
    told = f"${price.low}" + (f"–${price.high}" if price.high else "")
    counted = f", {price.seconds_field or 'no member'} says how many" if price.unit == "second" else ""
    return f"{told} a {price.unit}{counted}"


def _by_key(api: Api) -> dict[Key, RouteSpec]:
    return {(route.method, route.path): route for route in api.routes}
