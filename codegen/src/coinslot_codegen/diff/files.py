"""How the ways of a file changed: which members take one, and how it is uploaded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coinslot_codegen.diff.change import Change, Impact
from coinslot_codegen.diff.scalars import shown
from coinslot_codegen.document.members import members, plain
from coinslot_codegen.document.model import MediaSpec, RouteSpec, UploadSpec
from coinslot_codegen.document.naming import identifier

_STEPS = {
    "put_url": "files are sent to {} (was {})",
    "put_query": "the PUT of an upload names the file in {} (was {})",
    "put_headers": "the PUT of an upload has the header fields {} (was {})",
    "token_path": "an upload begins at {} (was {})",
    "confirm_path": "an upload is confirmed at {} (was {})",
    "token_member": "an upload's token stands in {} (was {})",
    "id_member": "an upload's id stands in {} (was {})",
    "url_member": "an upload is confirmed with its address in {} (was {})",
    "put_url_member": "the PUT of an upload answers with the address in {} (was {})",
}


def media(
    old: RouteSpec, new: RouteSpec, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Change]:
    """Give the members that take files now, or no longer; `before` and `after` are the documents.

    A member that is new or gone is told as such, and not once more here.
    """
    taken, takes = ({one.path: one for one in route.media} for route in (old, new))
    for path, one in taken.items():
        if path in takes:
            yield from _kinds(one, takes[path])
        elif _has(after, new, path):
            yield Change(
                "breaking", "files", "no longer takes files, only addresses", _said(one), None, _place(path)
            )
    for path, one in takes.items():
        if path not in taken and _has(before, old, path):
            yield Change(
                "compatible", "files", f"takes files now: {_said(one)}", None, _said(one), _place(path)
            )


def uploads(old: UploadSpec | None, new: UploadSpec | None, moved: Mapping[str, str]) -> Iterator[Change]:
    """Give the changes of an upload's steps; `moved` are the paths of routes now, by those that they had."""
    if old is None or new is None:
        if old != new:
            message = "files can be uploaded now" if new else "the steps of an upload are no longer described"
            yield Change("compatible" if new else "breaking", "upload", message)
        return
    for name, words in _STEPS.items():
        was, now = (_comparable(getattr(spec, name)) for spec in (old, new))
        # Where a route itself is now, its own line tells.
        if (moved.get(was, was) if name.endswith("_path") else was) != now:
            yield Change("breaking", "upload", words.format(_plain(now), _plain(was)), was, now)


def _kinds(old: MediaSpec, new: MediaSpec) -> Iterator[Change]:
    if set(old.kinds) == set(new.kinds):
        return
    # A file of a kind that is not taken any more is refused.
    narrower = bool(new.kinds) and not set(old.kinds or ("any",)) <= set(new.kinds)
    impact: Impact = "breaking" if narrower else "compatible"
    yield Change(
        impact,
        "files",
        f"takes files of {_said(new)} (was {_said(old)})",
        _said(old),
        _said(new),
        _place(old.path),
    )


def _has(document: Mapping[str, Any], route: RouteSpec, path: tuple[str, ...]) -> bool:
    """Whether a call of this route can send this member, whatever it holds."""
    if len(path) == 1 and any((one.location, one.name) == ("query", path[0]) for one in route.parameters):
        return True
    return any(_below(document, body.schema, path) for body in route.bodies)


def _below(document: Mapping[str, Any], schema: Any, path: tuple[str, ...]) -> bool:
    for name in path:
        seen = plain(document, schema)
        while "items" in seen:
            seen = plain(document, seen["items"])
        found = members(document, seen)
        if name not in found:
            return False
        schema = found[name]
    return True


def _said(one: MediaSpec) -> str:
    return " or ".join(one.kinds) or "any kind"


def _place(path: tuple[str, ...]) -> str:
    return ".".join(map(identifier, path))


def _comparable(value: Any) -> Any:
    return dict(value) if isinstance(value, tuple) else value


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else shown(value)
