"""Where a request takes the address of a picture, a video or a sound: a file may stand there instead.

A text is such a place where all of this holds:

1. It is an address: its `format` says so, or its name or description calls it a URL or a link.
2. Its name, its description or its list's description names a kind of media. Of a description only
   its head counts ("URL of an image to start the video from" is about an image).
3. No word says that something is sent there instead of fetched from there (callbacks).

The guidance may name further members, as in "use the returned `fileUrl` as `images`". The steps of
the upload itself take no files.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.guidance.media import kinds_in
from coinslot_codegen.document.members import is_text
from coinslot_codegen.document.messages import is_json
from coinslot_codegen.document.model import MediaSpec, Provenance, RouteSpec, UploadSpec
from coinslot_codegen.document.naming import words
from coinslot_codegen.document.references import resolve, token
from coinslot_codegen.document.results import is_url_member

_DEEPEST: Final = 12
_MOST: Final = 1000
"""Schemas that are looked at from one start. Where schemas lead to each other in circles, the ways from
one to the next are without number."""
_FORMATS: Final = frozenset({"uri", "url", "iri", "uri-reference"})
_ADDRESS: Final = re.compile(r"\b(?:url|uri|link)s?\b", re.IGNORECASE)
_HEAD: Final = re.compile(
    r"[.,;:(\n]|\b(?:that|which|to|for|from|with|when|where|in|on|after|once)\b", re.IGNORECASE
)
_SAID_FIRST: Final = re.compile(r"^\W*(?:(?:\w+\s+){0,2})(?:url|uri|link)s?\s+(?:to|for)\s+", re.IGNORECASE)
_SENT_THERE: Final = frozenset(
    {
        "callback",
        "callbacks",
        "webhook",
        "webhooks",
        "redirect",
        "notify",
        "notification",
        "success",
        "cancel",
    }
)


@dataclass(frozen=True, slots=True)
class _Spot:
    """A schema on the way down, by every pointer that leads to it."""

    pointers: tuple[str, ...]
    path: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    """Descriptions from here up to the nearest member."""
    many: bool = False
    seen: tuple[str, ...] = ()
    depth: int = 0

    def below(self, *steps: str) -> _Spot:
        """The spot some steps further down."""
        tail = "".join([f"/{token(step)}" for step in steps])
        pointers = tuple([one + tail for one in self.pointers])
        return _Spot(pointers, self.path, self.said, self.many, self.seen, self.depth + 1)


def with_media(
    document: Mapping[str, Any],
    routes: Sequence[RouteSpec],
    upload: UploadSpec | None,
    named: Collection[str],
) -> tuple[RouteSpec, ...]:
    """The routes, each with the places where it takes media; `named` are members that the guidance names."""
    steps = {upload.token_path, upload.confirm_path} if upload else set()
    return tuple(
        route if route.path in steps else replace(route, media=tuple(_taken(document, route, named)))
        for route in routes
    )


def _taken(document: Mapping[str, Any], route: RouteSpec, named: Collection[str]) -> Iterator[MediaSpec]:
    found: dict[tuple[str, ...], MediaSpec] = {}
    for schema, spot in _starts(route):
        for leaf, text in _texts(document, schema, spot):
            kinds = _kinds(text, leaf, named)
            if kinds is None:
                continue
            known = found.get(leaf.path)
            pointers = tuple(dict.fromkeys([*(known.pointers if known else ()), *leaf.pointers]))
            found[leaf.path] = MediaSpec(leaf.path, leaf.many, pointers, *kinds)
    # By name: in which order a document lists its members says nothing.
    yield from sorted(found.values(), key=lambda one: one.path)


def _starts(route: RouteSpec) -> Iterator[tuple[Any, _Spot]]:
    for body in route.bodies:
        if is_json(body.media_type) or body.media_type.startswith("application/x-www-form-urlencoded"):
            yield (
                body.schema,
                _Spot((f"{route.pointer}/requestBody/content/{token(body.media_type)}/schema",)),
            )
    for index, one in enumerate(route.parameters):
        if one.location == "query":
            spot = _Spot((f"{route.pointer}/parameters/{index}/schema",), (one.name,), (one.description,))
            yield one.schema, spot


def _texts(
    document: Mapping[str, Any], schema: Any, start: _Spot
) -> Iterator[tuple[_Spot, Mapping[str, Any]]]:
    """The texts below a schema, with where each stands, the nearest first."""
    waiting = deque([(schema, start)])
    for _ in range(_MOST):
        if not waiting:
            return
        below, spot = waiting.popleft()
        if not isinstance(below, Mapping) or spot.depth > _DEEPEST:
            continue
        if isinstance(below.get("$ref"), str):
            waiting.extend(_referred(document, below["$ref"], spot))
            continue
        said = (str(below.get("description", "")), *spot.said)
        here = _Spot(spot.pointers, spot.path, said, spot.many, spot.seen, spot.depth)
        waiting.extend(_parts(below, here))
        if here.path and is_text(below) and "enum" not in below and "const" not in below:
            yield here, below


def _referred(document: Mapping[str, Any], ref: str, spot: _Spot) -> Iterator[tuple[Any, _Spot]]:
    if ref in spot.seen:
        return
    with suppress(DocumentError):
        there = resolve(document, ref)
        yield there, replace(spot, pointers=(*spot.pointers, ref), seen=(*spot.seen, ref))


def _parts(schema: Mapping[str, Any], spot: _Spot) -> Iterator[tuple[Any, _Spot]]:
    for part in _listed(schema, "allOf"):
        yield part, replace(spot, depth=spot.depth + 1)
    for word in ("anyOf", "oneOf"):
        for index, option in enumerate(_listed(schema, word)):
            yield option, spot.below(word, str(index))
    for name, member in _mapping(schema, "properties").items():
        there = spot.below("properties", str(name))
        yield member, _Spot(there.pointers, (*spot.path, str(name)), (), spot.many, spot.seen, there.depth)
    if "items" in schema:
        yield schema["items"], replace(spot.below("items"), many=True)


def _kinds(
    schema: Mapping[str, Any], spot: _Spot, named: Collection[str]
) -> tuple[tuple[str, ...], Provenance] | None:
    """The kinds of media that belong here, and who says so; None: no medium's address."""
    name, said = spot.path[-1], [text for text in spot.said if text]
    if {*words(name), "".join(words(name))} & _SENT_THERE or "callback" in name.lower():
        return None
    kinds = kinds_in(name)
    kinds = kinds if len(kinds) == 1 else next((found for text in said if (found := _head(text))), kinds)
    spoken = is_url_member(name) or any(_ADDRESS.search(text) for text in said)
    elsewhere = any({*words(text)} & _SENT_THERE for text in said)
    if kinds and (str(schema.get("format")) in _FORMATS or spoken) and not elsewhere:
        return tuple(sorted(kinds)), "document"
    return (tuple(sorted(kinds)), "guidance") if len(spot.path) == 1 and name in named else None


@lru_cache(maxsize=4096)
def _head(text: str) -> frozenset[str]:
    """The kinds that the head of a description names."""
    return kinds_in(_HEAD.split(text, maxsplit=1)[0]) or kinds_in(
        _HEAD.split(_SAID_FIRST.sub("", text), maxsplit=1)[0]
    )


def _listed(schema: Mapping[str, Any], word: str) -> Sequence[Any]:
    found = schema.get(word)
    return found if isinstance(found, list) else ()


def _mapping(schema: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    found = schema.get(word)
    return found if isinstance(found, Mapping) else {}
