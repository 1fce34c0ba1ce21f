"""What each route is called: `studio.<group>.<name>(...)`.

A leading `/api` or `/v1` goes. The last static segment is the name, the one before it the group; a
path with a single static segment is the group, named by method and shape. Where two routes would
get the same call, the segment before the group goes in front of the group, then the method in
front of the name, at last a number behind it. All of it depends on paths and methods alone, never
on the order in which a document lists them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from coinslot_codegen.document.naming import identifier
from coinslot_codegen.document.paths import Shape, shape

RESERVED_GROUPS: Final = frozenset(
    {"aclose", "base_url", "close", "headers", "jobs_by_id", "ledger", "recover", "results", "send", "stream"}
)
"""What a client, or the package that it lives in, already uses for itself."""
RESERVED_NAMES: Final = frozenset({"quote"})
_BY_METHOD: Final = {"POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
_NOT_PLURAL: Final = ("ss", "us", "is")


@dataclass(frozen=True, slots=True)
class _Candidate:
    method: str
    path: str
    group: str
    name: str
    parent: str | None


def call_names(routes: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """(group, name) of each (method, normal path)."""
    ordered = sorted(set(routes))
    reading = {shape(path).static for method, path in ordered if method == "GET" and shape(path).ends_with_parameter}
    candidates = [_candidate(method, path, reading) for method, path in ordered]
    candidates = _told_apart(candidates, _with_parent)
    candidates = _told_apart(candidates, _with_method)
    return _numbered(candidates)


def _candidate(method: str, path: str, reading: set[tuple[str, ...]]) -> _Candidate:
    form = shape(path)
    if not form.static:
        return _Candidate(method, path, "root", _by_method(method, form, reading), None)
    if len(form.static) == 1:
        return _Candidate(method, path, _group(form.static[0]), _by_method(method, form, reading), None)
    parent = form.static[-3] if len(form.static) > 2 else None  # noqa: PLR2004
    return _Candidate(method, path, _group(form.static[-2]), _name(form.static[-1]), parent)


def _by_method(method: str, form: Shape, reading: set[tuple[str, ...]]) -> str:
    if method != "GET":
        return _BY_METHOD.get(method, method.lower())
    if form.ends_with_parameter:
        return "get"
    word = form.static[-1].lower() if form.static else ""
    is_collection = form.static in reading or (word.endswith("s") and not word.endswith(_NOT_PLURAL))
    return "list" if is_collection else "get"


def _group(text: str) -> str:
    name = identifier(text, "group")
    return f"{name}_" if name in RESERVED_GROUPS else name


def _name(text: str) -> str:
    name = identifier(text, "call")
    return f"{name}_" if name in RESERVED_NAMES else name


def _with_parent(one: _Candidate) -> _Candidate:
    return one if one.parent is None else replace(one, group=_group(f"{one.parent}_{one.group}"))


def _with_method(one: _Candidate) -> _Candidate:
    return replace(one, name=_name(f"{one.method.lower()}_{one.name}"))


def _told_apart(candidates: list[_Candidate], change: Callable[[_Candidate], _Candidate]) -> list[_Candidate]:
    counted = Counter((one.group, one.name) for one in candidates)
    return [change(one) if counted[one.group, one.name] > 1 else one for one in candidates]


def _numbered(candidates: list[_Candidate]) -> dict[tuple[str, str], tuple[str, str]]:
    taken: set[tuple[str, str]] = set()
    made: dict[tuple[str, str], tuple[str, str]] = {}
    for one in sorted(candidates, key=lambda one: (one.path, one.method)):
        name, number = one.name, 1
        while (one.group, name) in taken:
            number += 1
            name = f"{one.name}_{number}"
        taken.add((one.group, name))
        made[one.method, one.path] = (one.group, name)
    return made
