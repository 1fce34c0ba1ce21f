"""The command line of a client: one module for each group, and the program that gathers them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.document.naming import identifier
from coinslot_codegen.document.paths import shape
from coinslot_codegen.render import prose
from coinslot_codegen.render.names import checked, unique
from coinslot_codegen.render.options import Options
from coinslot_codegen.render.readme import Called
from coinslot_codegen.render.text import docstring, literal, sentence, spoken, terminal

_DEEPER = 4
_COMMAND = re.compile(r"[a-z0-9][a-z0-9._-]*")
_MEANS_SOMETHING = ("Any", "annotations", "client", "click", "commands", "free_call", "paid_call")


@dataclass(frozen=True, slots=True)
class CommandView:
    """One command of a group."""

    name: str
    """As source."""
    function: str
    decorators: Sequence[str]
    kind: str
    """What makes it a command of its call: `paid_call` or `free_call`."""
    doc: str
    call: str
    """Below a client, as in `paint_pro.edit`."""


@dataclass(frozen=True, slots=True)
class CommandsView:
    """One group, as a module."""

    module: str
    title: str
    """As a docstring."""
    said: str
    """As source."""
    name: str
    """As source."""
    used: Sequence[str]
    commands: Sequence[CommandView]
    paid: bool
    """Whether any of them is paid for."""


@dataclass(frozen=True, slots=True)
class ProgramView:
    """The program."""

    name: str
    client: str
    about: str
    uploads: str | None
    jobs: bool
    paid: bool


def commands(calls: Sequence[Called]) -> list[CommandsView]:
    """Return the groups of a client as modules of commands."""
    members: dict[str, list[Called]] = {}
    for one in calls:
        members.setdefault(one.route.group, []).append(one)
    names: list[str] = []
    views = []
    for group, own in members.items():
        first = own[0].route
        names.append(_free(_group_name(group, (one.route for one in own)), names))
        views.append(_module(group, first, names[-1], own))
    return views


def program(api: Api, name: str, client: str, uploads: str | None, calls: Sequence[Called]) -> ProgramView:
    """Return the program that gathers all groups."""
    return ProgramView(
        literal(name),
        literal(client),
        spoken(terminal(sentence(api.description) or sentence(api.title)), "about").removeprefix("about="),
        literal(uploads) if uploads else None,
        jobs=any(one.route.job for one in calls),
        paid=any(one.route.access == "paid" for one in calls),
    )


def _module(group: str, first: RouteSpec, name: str, own: Sequence[Called]) -> CommandsView:
    known: list[str] = []
    used: set[str] = set()
    views: list[CommandView] = []
    for one in own:
        known.append(_free(_call_name(one.route), known))
        options = Options(one).gather()
        kind = "paid_call" if one.route.access == "paid" else "free_call"
        used |= {*options.used, kind}
        function = unique(
            one.route.name, [*_MEANS_SOMETHING, *options.used, *(view.function for view in views)]
        )
        views.append(
            CommandView(
                literal(known[-1]),
                checked(function, one.route.pointer),
                options.decorators,
                kind,
                docstring(*_told(one.route), *options.told, indent=_DEEPER),
                one.call,
            )
        )
    said = sentence(f"{terminal(first.title)}: {', '.join(known)}")
    title = docstring(sentence(f"Commands of {terminal(first.title)}"))
    named = checked(group, first.pointer)
    return CommandsView(
        named,
        title,
        spoken(said, "help").removeprefix("help="),
        literal(name),
        sorted(used),
        views,
        paid="paid_call" in used,
    )


def _told(route: RouteSpec) -> list[str]:
    summary, more = map(terminal, prose.told(route))
    told = [summary or sentence(f"Call {route.method} {terminal(route.path)}"), more]
    return [*told, terminal(prose.cost(route)), *(terminal(sentence(note)) for note in route.notes)]


def _group_name(group: str, routes: Iterable[RouteSpec]) -> str:
    """Return a group's name as the paths spell it, dots and all: `film-2.1` for `film_2_1`."""
    for route in routes:
        parts = shape(route.path).static
        for start in range(len(parts)):
            for end in range(start + 1, len(parts) + 1):
                spelled = "-".join(parts[start:end]).lower()
                if identifier(spelled) == group and _COMMAND.fullmatch(spelled):
                    return spelled
    return _plain(group)


def _call_name(route: RouteSpec) -> str:
    last = shape(route.path).static[-1:]
    spelled = last[0].lower() if last else ""
    return (
        spelled if identifier(spelled) == route.name and _COMMAND.fullmatch(spelled) else _plain(route.name)
    )


def _plain(name: str) -> str:
    return name.strip("_").replace("_", "-") or "call"


def _free(name: str, taken: Collection[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    return candidate
