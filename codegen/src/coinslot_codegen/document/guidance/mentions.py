"""Which routes a piece of text names: by path, or by the name of a group or a call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from coinslot_codegen.document import paths
from coinslot_codegen.document.guidance.said import key
from coinslot_codegen.document.model import RouteSpec
from coinslot_codegen.document.naming import words

METHODS: Final = r"GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_PATH: Final = re.compile(
    rf"(?:\b(?P<methods>(?:{METHODS})(?:\s*[/|,&]\s*(?:{METHODS}))*)\s+)?"
    r"(?<![\w.~/$)])(?P<path>(?:https?://[^\s/`\"'<>|)]+)?/[A-Za-z0-9_{}:<>$.*~%/-]*[A-Za-z0-9_}>*])"
)


@dataclass(frozen=True, slots=True)
class Written:
    """A path as it was written, with the methods before it."""

    methods: tuple[str, ...]
    path: str
    start: int
    end: int


def written_paths(text: str) -> list[Written]:
    """Everything in a text that looks like a path, with the methods before it."""
    return [
        Written(tuple(re.findall(METHODS, found["methods"] or "")), found["path"], found.start(), found.end())
        for found in _PATH.finditer(text)
    ]


class Catalogue:
    """The document's routes, to be looked up by what people call them."""

    def __init__(self, routes: Sequence[RouteSpec]) -> None:
        self.routes = tuple(routes)
        self._known = [(paths.key(route.path), route) for route in self.routes]
        self._exact: dict[str, list[RouteSpec]] = {}
        for known, route in self._known:
            self._exact.setdefault(known, []).append(route)

    def by_path(self, written: Written) -> tuple[RouteSpec, ...]:
        """The routes of a path: the very path, else one that ends in it, else all that a pattern covers.

        Without a method, the priced routes of the path are meant if it has any.
        """
        wanted = paths.key(written.path)
        found = self._exact.get(wanted, [])
        if not found and wanted.count("/") > 1:
            ending = {known for known, _ in self._known if known.endswith(wanted)}
            found = [route for known, route in self._known if len(ending) == 1 and known in ending]
        if not found and re.search(r"\{\}|\*", wanted):
            found = [route for known, route in self._known if paths.fits(wanted, known)]
        if written.methods:
            return tuple(route for route in found if route.method in written.methods)
        return tuple(route for route in found if route.access == "paid") or tuple(found)

    def in_text(self, text: str) -> tuple[RouteSpec, ...]:
        """All routes whose paths stand in a text, in the order of the routes."""
        meant = {key(route) for one in written_paths(text) for route in self.by_path(one)}
        return tuple(route for route in self.routes if key(route) in meant) if meant else ()


def group_words(path: str) -> tuple[str, ...]:
    """The words of the path's segment that the group is named after."""
    static = paths.shape(path).static
    return tuple(words(static[-2] if len(static) > 1 else static[-1])) if static else ()


def call_words(path: str) -> tuple[str, ...]:
    """The words of the segment that the call is named after; none if the method names it."""
    static = paths.shape(path).static
    return tuple(words(static[-1])) if len(static) > 1 else ()
