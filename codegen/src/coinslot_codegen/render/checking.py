"""Reading a template against its contract: every name and member that it asks for must be there."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from functools import cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

from jinja2 import Environment, nodes

Scope = dict[str, Any]
"""Types by name; `Any` where nothing is known."""

_GLOBALS: Final = {"range": Any, "dict": Any, "namespace": Any, "cycler": Any, "joiner": Any}
_SAME: Final = ("list", "reverse", "sort", "unique", "select", "reject", "selectattr", "rejectattr")
_ONE_OF: Final = ("first", "last", "random", "min", "max")


@dataclass(frozen=True, slots=True)
class Asked:
    """Something that a template asks for and that is not there."""

    line: int
    message: str


@dataclass(slots=True)
class Checker:
    """Walks one template."""

    environment: Environment
    files: Sequence[str]
    """Templates that can be imported or included."""
    macros: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    found: list[Asked] = field(default_factory=list)

    def check(self, source: str, context: Mapping[str, Any]) -> list[Asked]:
        """Return what the template asks for in vain, in the order of its lines."""
        self._all(self.environment.parse(source).body, {**_GLOBALS, **context})
        return sorted(self.found, key=lambda one: one.line)

    def _all(self, listed: Sequence[nodes.Node], scope: Scope) -> None:
        for one in listed:
            self._statement(one, scope)

    def _statement(self, node: nodes.Node, scope: Scope) -> None:  # noqa: C901, PLR0912 - one way for each
        match node:
            case nodes.For():
                inner = {**scope, "loop": Any}
                self._bind(node.target, _item(self._type(node.iter, scope)), inner)
                if node.test is not None:
                    self._type(node.test, inner)
                self._all(node.body, inner)
                self._all(node.else_, {**scope})
            case nodes.If():
                self._type(node.test, scope)
                for branch in (node.body, *(one.body for one in node.elif_), node.else_):
                    self._all(branch, scope)
                for one in node.elif_:
                    self._type(one.test, scope)
            case nodes.Assign():
                self._bind(node.target, self._type(node.node, scope), scope)
            case nodes.AssignBlock():
                self._all(node.body, {**scope})
                self._bind(node.target, str, scope)
            case nodes.With():
                inner = {**scope}
                for target, value in zip(node.targets, node.values, strict=True):
                    self._bind(target, self._type(value, scope), inner)
                self._all(node.body, inner)
            case nodes.Macro() | nodes.CallBlock():
                self._macro(node, scope)
            case nodes.Import() | nodes.FromImport() | nodes.Include() | nodes.Extends():
                self._other(node, scope)
            case nodes.Block() | nodes.Scope() | nodes.ScopedEvalContextModifier() | nodes.FilterBlock():
                self._all(node.body, {**scope})
            case _:
                for inner_node in node.iter_child_nodes():
                    self._type(inner_node, scope)

    def _macro(self, node: nodes.Macro | nodes.CallBlock, scope: Scope) -> None:
        inner = {**scope, "varargs": Any, "kwargs": Any, "caller": Any}
        known = self.macros.get(node.name, ()) if isinstance(node, nodes.Macro) else ()
        for index, one in enumerate(node.args):
            inner[one.name] = known[index] if index < len(known) else Any
        for value in node.defaults:
            self._type(value, scope)
        if isinstance(node, nodes.Macro):
            scope[node.name] = Any
        else:
            self._type(node.call, scope)
        self._all(node.body, inner)

    def _other(
        self, node: nodes.Import | nodes.FromImport | nodes.Include | nodes.Extends, scope: Scope
    ) -> None:
        name = node.template
        if isinstance(name, nodes.Const) and isinstance(name.value, str):
            if name.value not in self.files and not getattr(node, "ignore_missing", False):
                self.found.append(Asked(node.lineno, f"there is no template {name.value!r}"))
        else:
            self._type(name, scope)
        if isinstance(node, nodes.Import):
            scope[node.target] = Any
        elif isinstance(node, nodes.FromImport):
            for one in node.names:
                scope[one if isinstance(one, str) else one[1]] = Any

    def _bind(self, target: nodes.Node, kind: Any, scope: Scope) -> None:
        if isinstance(target, nodes.Name):
            scope[target.name] = kind
        elif isinstance(target, nodes.Tuple):
            parts = get_args(kind) if get_origin(kind) is tuple else ()
            for index, one in enumerate(target.items):
                self._bind(one, parts[index] if index < len(parts) else Any, scope)

    def _type(self, node: nodes.Node, scope: Scope) -> Any:
        """Return an expression's type, and note what it asks for in vain."""
        match node:
            case nodes.Name():
                if node.name not in scope:
                    self.found.append(Asked(node.lineno, f"there is no {node.name!r}"))
                return scope.get(node.name, Any)
            case nodes.Getattr():
                return self._member(node, node.attr, scope)
            case nodes.Getitem() if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
                return self._member(node, node.arg.value, scope)
            case nodes.Filter():
                kinds = [self._type(one, scope) for one in node.iter_child_nodes()]
                if kinds and node.name in _SAME:
                    return kinds[0]
                return _item(kinds[0]) if kinds and node.name in _ONE_OF else Any
            case nodes.CondExpr():
                kinds = [self._type(one, scope) for one in node.iter_child_nodes()]
                return kinds[1]
            case _:
                for one in node.iter_child_nodes():
                    self._type(one, scope)
                return Any

    def _member(self, node: nodes.Getattr | nodes.Getitem, name: str, scope: Scope) -> Any:
        kind = _plain(self._type(node.node, scope))
        known = members(kind)
        if known is None:
            return Any
        if name not in known:
            owner = node.node.name if isinstance(node.node, nodes.Name) else getattr(kind, "__name__", "it")
            self.found.append(Asked(node.lineno, f"{owner!r} has no {name!r}"))
        return known.get(name, Any)


@cache
def members(kind: Any) -> dict[str, Any] | None:
    """Return the public members of a view and their types; None: they are not known."""
    if not isinstance(kind, type) or not is_dataclass(kind):
        if kind in (str, bool, int):
            return {name: Any for name in dir(kind) if not name.startswith("_")}
        return None
    found = {name: hint for name, hint in get_type_hints(kind).items() if not name.startswith("_")}
    for name, value in vars(kind).items():
        if isinstance(value, property) and value.fget is not None and not name.startswith("_"):
            found[name] = get_type_hints(value.fget).get("return", Any)
    return found


def views(kind: Any) -> Iterator[type]:
    """Give the views that a type is made of, itself included."""
    if isinstance(kind, type) and is_dataclass(kind):
        yield kind
    for one in get_args(kind):
        yield from views(one)


def _plain(kind: Any) -> Any:
    """Return a type without the possibility of None."""
    if get_origin(kind) in (Union, types.UnionType):
        rest = [one for one in get_args(kind) if one is not type(None)]
        return rest[0] if len(rest) == 1 else Any
    return kind


def _item(kind: Any) -> Any:
    arguments = get_args(_plain(kind))
    return arguments[0] if len(arguments) == 1 else Any
