"""What the API wants to be shown beside payment, as constants and as the type of `credentials`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from keyword import iskeyword

from coinslot_codegen.document.model import Api, RouteSpec, SchemeSpec
from coinslot_codegen.document.naming import words
from coinslot_codegen.render.text import docstring, literal, sentence

PREFIX = "COINSLOT_CREDENTIAL"
"""Begins every variable: a document must not be able to name another one and be sent it."""
_INDENT = 4
_TOLD = {
    "header": "The header `{field}`.",
    "query": "The query value `{field}`.",
    "cookie": "The cookie `{field}`.",
    "bearer": "A bearer token.",
    "basic": 'As `"user:password"`.',
}


@dataclass(frozen=True, slots=True)
class SchemeView:
    """One scheme: its constant, and its member of `Credentials`."""

    key: str
    """The document's name, as source."""
    name: str
    """The same, where it is a Python name."""
    arguments: str
    """Of the runtime's `Scheme`, as source."""
    variable: str | None
    """Read where no value is given; None: the wallet signs in by itself."""
    doc: str


@dataclass(frozen=True, slots=True)
class SecurityView:
    """The module `_security`."""

    schemes: Sequence[SchemeView]
    plain: bool
    """Whether every scheme's name is a Python name of ASCII letters, and can be a member of a class."""
    foreign: bool
    """Whether some name is one of other letters: a linter would have a class all the same."""
    given: Sequence[SchemeView]
    """The schemes that a value is given for."""


def security(api: Api, package: str) -> SecurityView | None:
    """Return the view of what the API wants to be shown; None: nothing."""
    if all(one.place == "sign-in" for one in api.schemes):
        return None
    taken: list[str] = []
    views = [_view(one, package, taken) for one in api.schemes]
    given = [one for one in views if one.variable is not None]
    plain = all(one.name.isascii() and _could_be_a_member(one.name) for one in given)
    foreign = not plain and all(_could_be_a_member(one.name) for one in given)
    return SecurityView(views, plain, foreign, given)


def _could_be_a_member(name: str) -> bool:
    # A name with two underscores before it would be another one inside a class.
    return name.isidentifier() and not iskeyword(name) and not name.startswith("__")


def shown(route: RouteSpec) -> str | None:
    """Return a route's alternatives as source; None: it wants nothing shown."""
    return alternatives(route.shown)


def alternatives(found: Sequence[Sequence[str]]) -> str | None:
    """Return tuples of names as source."""
    return _tuple([_tuple([literal(name) for name in one]) for one in found]) if found else None


def wants(route: RouteSpec) -> str:
    """Return what a route wants to be shown, in words; empty: nothing."""
    ways = [" and ".join(f"`{name}`" for name in one) for one in route.shown if one]
    if not ways:
        return ""
    return f"{'takes' if () in route.shown else 'needs'} {' or '.join(ways)}"


def place(one: SchemeSpec) -> str:
    """Return where a value is shown, as a sentence."""
    return _TOLD.get(one.place, "").replace("{field}", one.field)


def _view(one: SchemeSpec, package: str, taken: list[str]) -> SchemeView:
    arguments = [literal(one.place)]
    if one.place in ("header", "query", "cookie"):
        arguments.append(literal(one.field))
    variable = None
    if one.place != "sign-in":
        variable = _variable(one.name, package, taken)
        arguments.append(f"variable={literal(variable)}")
    doc = docstring(
        " ".join(part for part in (place(one), sentence(one.description)) if part), indent=_INDENT
    )
    return SchemeView(literal(one.name), one.name, ", ".join(arguments), variable, doc)


def _variable(name: str, package: str, taken: list[str]) -> str:
    stem = "_".join([PREFIX, *words(package), *(words(name) or ["key"])]).upper()
    found, number = stem, 1
    while found in taken:
        number += 1
        found = f"{stem}_{number}"
    taken.append(found)
    return found


def _tuple(items: Sequence[str]) -> str:
    return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
