"""The README of a generated distribution."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coinslot_codegen.document.model import Api, RouteSpec, SchemeSpec
from coinslot_codegen.document.naming import identifier
from coinslot_codegen.render import examples, prose
from coinslot_codegen.render.classes import Parameter
from coinslot_codegen.render.environment import Templates, rendered
from coinslot_codegen.render.security import place, security
from coinslot_codegen.render.text import code, markdown, sentence
from coinslot_codegen.schemas.shape import Shape


@dataclass(frozen=True, slots=True)
class RowView:
    """One line of the table of calls."""

    call: str
    route: str
    price: str
    time: str


@dataclass(frozen=True, slots=True)
class ExampleView:
    """One call as it is made, as a whole program."""

    call: str
    said: str
    code: str


@dataclass(frozen=True, slots=True)
class KeyView:
    """A key or token that the API wants to be shown."""

    key: str
    """What it is called in `credentials`, as Python source."""
    name: str
    """The same for people."""
    variable: str
    said: str
    calls: str
    """Which calls want it, in words."""


@dataclass(frozen=True, slots=True)
class Called:
    """A route and what its call takes."""

    route: RouteSpec
    parameters: Sequence[Parameter]
    returned: str

    @property
    def call(self) -> str:
        """How it is called below a client, as in `paint_pro.edit`."""
        return f"{self.route.group}.{self.route.name}"


def readme(
    api: Api,
    calls: Sequence[Called],
    shapes: Mapping[str, Shape],
    templates: Templates,
    *,
    package: str,
    client: str,
    command: str,
) -> str:
    """Return the README's text; `command` is the name of its command line."""
    view = {
        "title": markdown(api.title) or package,
        "description": markdown(sentence(api.description)),
        "package": package,
        "client": client,
        "example": _first(_chosen(api, calls), client, shapes),
        "rows": [_row(one) for one in calls],
        "examples": [
            ExampleView(one.call, _said(one.route), program(one, shapes, package=package, client=client))
            for one in calls
        ],
        "keys": _keys(api, calls, package),
        "files": _files(calls) if api.upload else [],
        "upload": _upload(api, calls),
        "command": command,
        "recommendations": [
            f"{markdown(one.purpose)}: {code(one.target)}. {markdown(sentence(one.reason))}"
            for one in api.recommendations
        ],
    }
    return rendered(templates, "readme.md", view)


def _keys(api: Api, calls: Sequence[Called], package: str) -> list[KeyView]:
    view = security(api, package)
    said = {one.name: f"{_place(one)} {markdown(sentence(one.description))}".strip() for one in api.schemes}
    return [
        KeyView(one.key, code(one.name), one.variable or "", said[one.name], _wanted(one.name, calls))
        for one in (view.given if view else ())
    ]


def _place(one: SchemeSpec) -> str:
    # A name with other signs could end the code mark that it stands in.
    return place(one) if re.fullmatch(r"[\w-]*", one.field) else markdown(place(one))


def _wanted(name: str, calls: Sequence[Called]) -> str:
    """Return which calls want what is called so, and which take it among others."""
    needing = [
        f"`{one.call}`" for one in calls if one.route.shown and all(name in way for way in one.route.shown)
    ]
    taking = [f"`{one.call}`" for one in calls if any(name in way for way in one.route.shown)]
    others = [call for call in taking if call not in needing]
    told = "every call" if len(needing) == len(calls) else ", ".join(needing)
    return "; ".join(
        part for part in (told, f"one way of several: {', '.join(others)}" if others else "") if part
    )


def _files(calls: Sequence[Called]) -> list[str]:
    """Return the calls that take files, by the members that do."""
    found: dict[str, list[str]] = {}
    for called in calls:
        for one in called.route.media:
            member = ".".join(map(identifier, one.path))
            found.setdefault(member, []).append(f"`{called.call}`")
    return [f"`{member}` of {', '.join(named)}" for member, named in found.items()]


def _upload(api: Api, calls: Sequence[Called]) -> str:
    """Return what an upload costs, as a sentence; empty: no call is known to be paid for it."""
    token = [
        one
        for one in calls
        if api.upload and one.route.path == api.upload.token_path and one.route.method == "POST"
    ]
    if not token or token[0].route.access != "paid":
        return ""
    return f"Each upload is a paid call of `{token[0].call}` ({markdown(prose.price(token[0].route))})."


def program(one: Called, shapes: Mapping[str, Shape], *, package: str, client: str) -> str:
    """Return a program that makes one call with what it needs."""
    call = f"client.{one.call}"
    given = examples.arguments(one.parameters, shapes)
    body = examples.lines(one.route, call, given)
    if one.route.access == "paid" and not examples.cap(one.route, one.parameters):
        body = [
            f"quote = {call}.quote({', '.join(given)})",
            *examples.lines(one.route, call, [*given, "max_price=quote.price"]),
        ]
    opened = f"with {client}({examples.cap(one.route, one.parameters)}) as client:"
    return "\n".join([f"from {package} import {client}", "", opened, *(f"    {line}" for line in body)])


def _said(route: RouteSpec) -> str:
    told = prose.told(route)[0] or sentence(f"{route.title}: {prose.words_of(route.name)}")
    return markdown(" ".join(part for part in (told, prose.cost(route)) if part))


def _row(one: Called) -> RowView:
    route = one.route
    return RowView(
        one.call,
        code(f"{route.method} {route.path}").strip("`").replace("|", "\\|"),
        markdown(prose.price(route)),
        markdown(prose.time(route.time)) if route.time else "–",
    )


def _chosen(api: Api, calls: Sequence[Called]) -> Called | None:
    """Choose what the first example calls: the recommended, else the cheapest; of these, what needs least."""
    paid = [one for one in calls if one.route.access == "paid"]
    targets = [one.target for one in api.recommendations][:1]
    recommended = [one for one in paid if one.route.job and one.route.group in targets]
    return min(
        recommended or paid or calls,
        key=lambda one: (_cost(one.route), sum(parameter.required for parameter in one.parameters)),
        default=None,
    )


def _cost(route: RouteSpec) -> tuple[bool, Decimal]:
    price = route.price
    return (price is None, Decimal((price.high or price.low) if price else 0))


def _first(one: Called | None, client: str, shapes: Mapping[str, Shape]) -> str:
    if one is None:
        return f"{client}()"
    call, given = f"client.{one.call}", examples.arguments(one.parameters, shapes)
    lines = []
    if one.route.access == "paid":
        lines += [f"quote = {call}.quote({', '.join(given)})", "print(quote.price)"]
        if one.route.price is None:
            given.append("max_price=quote.price")
    lines += examples.lines(one.route, call, given)
    opened = f"with {client}({examples.cap(one.route, one.parameters)}) as client:"
    return "\n".join([opened, *(f"    {line}" for line in lines)])
