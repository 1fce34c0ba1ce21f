"""What each route is called: `studio.<group>.<name>(...)`.

A leading `/api` or `/v1` goes. The last static segment is the name, the one before it the group; a
path with a single static segment is the group, named by method and shape. Where two folders of the
document would get the same call, the segment before goes in front of their group, whole folders at
a time; where a folder holds two routes of one name, the method goes in front (`list` of a GET that
has no last parameter beside one that has), then the version of its path or the parameter that only
one of them has behind, and at last a number. All of it depends on paths and methods alone, never on
the order in which a document lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from coinslot_codegen.document.naming import identifier
from coinslot_codegen.document.paths import Shape, parameters, shape

RESERVED_GROUPS: Final = frozenset({"aclose", "cli", "close", "job", "map", "recover", "results"})
"""What a client, or the package that it lives in, already uses for itself."""
RESERVED_NAMES: Final = frozenset({"quote"})
_BY_METHOD: Final = {"POST": "create", "PUT": "replace", "PATCH": "update", "DELETE": "delete"}
_NOT_PLURAL: Final = ("ss", "us", "is")


@dataclass(frozen=True, slots=True)
class _Candidate:
    method: str
    path: str
    folder: tuple[str, ...]
    """Static segments that lead to the group, its own last."""
    name: str
    is_verb: bool = False
    """Whether the name says what the method does, there being no segment for it."""
    depth: int = 1
    """How many of the folder's last segments make the group's name."""

    @property
    def group(self) -> str:
        return _group(" ".join(self.folder[-self.depth :])) if self.folder else "root"


def call_names(routes: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, str]]:
    """(group, name) of each (method, normal path)."""
    ordered = sorted(set(routes))
    reading = {
        shape(path).static for method, path in ordered if method == "GET" and shape(path).ends_with_parameter
    }
    candidates = _folders_apart([_candidate(method, path, reading) for method, path in ordered])
    for telling in (_by_methods, _lists_apart, _by_version, _by_parameter, _by_all_parameters):
        candidates = list(_told_apart(candidates, telling))
    return _numbered(candidates)


def _candidate(method: str, path: str, reading: set[tuple[str, ...]]) -> _Candidate:
    form = shape(path)
    if len(form.static) > 1:
        return _Candidate(method, path, form.static[:-1], _name(form.static[-1]))
    return _Candidate(method, path, form.static, _by_method(method, form, reading), is_verb=True)


def _folders_apart(candidates: list[_Candidate]) -> list[_Candidate]:
    """Give colliding folders longer names until they differ or have no more segments."""
    while True:
        folders: dict[tuple[str, str], set[tuple[str, ...]]] = {}
        for one in candidates:
            folders.setdefault((one.group, one.name), set()).add(one.folder)
        colliding = {folder for found in folders.values() if len(found) > 1 for folder in found}
        longer = [
            replace(one, depth=one.depth + 1)
            if one.folder in colliding and one.depth < len(one.folder)
            else one
            for one in candidates
        ]
        if longer == candidates:
            return candidates
        candidates = longer


def _by_method(method: str, form: Shape, reading: set[tuple[str, ...]]) -> str:
    if method != "GET":
        return _BY_METHOD.get(method) or _name(method.lower())
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


def _told_apart(
    candidates: Iterable[_Candidate], telling: Callable[[_Candidate, list[_Candidate]], str]
) -> Iterator[_Candidate]:
    """Give each of those that share a call the name that `telling` finds for it among them."""
    sharing: dict[tuple[str, str], list[_Candidate]] = {}
    for one in candidates:
        sharing.setdefault((one.group, one.name), []).append(one)
    for found in sharing.values():
        for one in found:
            yield replace(one, name=_name(telling(one, found))) if len(found) > 1 else one


def _by_methods(one: _Candidate, sharing: list[_Candidate]) -> str:
    # What is called after its method already is not so twice.
    same = all(other.is_verb and other.method == one.method for other in sharing)
    return one.name if same else f"{one.method.lower()}_{one.name}"


def _lists_apart(one: _Candidate, sharing: list[_Candidate]) -> str:
    if one.method != "GET" or one.is_verb or shape(one.path).ends_with_parameter:
        return one.name
    beside = any(shape(other.path).ends_with_parameter for other in sharing)
    return f"list_{one.name.removeprefix('get_')}" if beside else one.name


def _by_version(one: _Candidate, sharing: list[_Candidate]) -> str:
    version, plain = (shape(path).version for path in (one.path, _plainest(sharing).path))
    return f"{one.name}_{identifier(version)}" if version and version != plain else one.name


def _by_parameter(one: _Candidate, sharing: list[_Candidate]) -> str:
    own = _own_parameters(one, sharing)
    return f"{one.name}_by_{identifier(own[-1])}" if own else one.name


def _by_all_parameters(one: _Candidate, sharing: list[_Candidate]) -> str:
    own = _own_parameters(one, sharing)
    return "_and_".join([one.name, *map(identifier, own)]) if own else one.name


def _own_parameters(one: _Candidate, sharing: list[_Candidate]) -> list[str]:
    """Return the parameters that the plainest of those that share a call does not have."""
    plainest = parameters(_plainest(sharing).path)
    return [name for name in parameters(one.path) if name not in plainest]


def _plainest(sharing: list[_Candidate]) -> _Candidate:
    return min(sharing, key=lambda one: (len(parameters(one.path)), shape(one.path).version, one.path))


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
