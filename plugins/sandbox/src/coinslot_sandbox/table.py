"""Which route a request is for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote, unquote

T = TypeVar("T")

_PLACE = re.compile(r"\{([^{}/]+)\}|(?<=/):([A-Za-z_][A-Za-z0-9_]*)")


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A route's entry and what its path's places hold."""

    entry: T
    path: Mapping[str, str]


class Table(Generic[T]):
    """Finds entries by method and path; a fixed path wins over one with places."""

    def __init__(self, entries: Iterable[tuple[str, str, T]]) -> None:
        self._fixed: dict[str, dict[str, T]] = {}
        self._patterns: list[tuple[re.Pattern[str], tuple[str, ...], dict[str, T]]] = []
        by_template: dict[str, dict[str, T]] = {}
        for method, written, entry in entries:
            template = written.partition("?")[0]
            by_template.setdefault(template, {}).setdefault(method.upper(), entry)
        for template, methods in by_template.items():
            names = tuple(braced or colon for braced, colon in _PLACE.findall(template))
            if names:
                self._patterns.append((_pattern(template), names, methods))
            else:
                self._fixed.setdefault(_spelled(template), {}).update(methods)
        self._patterns.sort(key=lambda pattern: len(pattern[1]))

    def find(self, method: str, path: str) -> Found[T] | frozenset[str] | None:
        """Return the entry for a path as it was sent, still encoded.

        The set of methods that the path does have, if it has others; None if there is no such path.
        """
        allowed: set[str] = set()
        path = _spelled(path)
        methods = self._fixed.get(path)
        if methods is None and path != "/" and path.endswith("/"):
            methods = self._fixed.get(path[:-1])
        if methods is not None:
            if method in methods:
                return Found(methods[method], {})
            allowed |= methods.keys()
        for pattern, names, entries in self._patterns:
            match = pattern.fullmatch(path)
            if match is None:
                continue
            if method in entries:
                values = [unquote(value) for value in match.groups()]
                return Found(entries[method], dict(zip(names, values, strict=True)))
            allowed |= entries.keys()
        return frozenset(allowed) or None


def _spelled(path: str) -> str:
    """Return a path in the one spelling in which paths are compared; clients choose which signs to escape."""
    return "/".join(quote(unquote(segment), safe="") for segment in path.split("/"))


def _pattern(template: str) -> re.Pattern[str]:
    parts, end = [], 0
    for place in _PLACE.finditer(template):
        parts += [re.escape(_spelled(template[end : place.start()])), "([^/]+)"]
        end = place.end()
    return re.compile("".join([*parts, re.escape(_spelled(template[end:]))]))
