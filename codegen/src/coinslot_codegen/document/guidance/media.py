"""Kinds of media: what people call them, and which kind a route makes.

`kind_of` decides, in this order:

1. A request that asks for a length in seconds makes something that lasts. Which of the lasting
   kinds, the member's own words say, else the route's words, if they name one lasting kind only.
2. Otherwise the one kind that path, operation id and summary name.
3. Otherwise the one kind that the descriptions of the required plain texts name (the prompt).

Where two of these name different kinds, the kind is not known. Where none names one, it is what the
route's surroundings tell (`others`): its siblings, and what the guidance recommends its group for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from coinslot_codegen.document.lengths import length_members
from coinslot_codegen.document.members import is_text, members, request_schema, required
from coinslot_codegen.document.model import RouteSpec
from coinslot_codegen.document.naming import words
from coinslot_codegen.document.results import is_url_member

_CALLED: Final = {
    "image": ("image", "picture", "photo", "still", "illustration", "drawing", "artwork", "img"),
    "video": ("video", "clip", "film", "movie", "footage"),
    "audio": ("audio", "sound", "music", "song", "speech", "voice", "podcast"),
    "model": ("mesh", "glb"),
}
LASTING: Final = frozenset({"video", "audio"})
_KINDS: Final = {spelling: kind for kind, called in _CALLED.items() for spelling in called}


def kinds_in(text: str | Iterable[str]) -> frozenset[str]:
    """The kinds that a text (or words) names, singular or plural."""
    spelled = words(text) if isinstance(text, str) else text
    return frozenset(
        _KINDS[word] for one in spelled for word in (one, one.removesuffix("s")) if word in _KINDS
    )


def kind_of(
    document: Mapping[str, Any], route: RouteSpec, others: frozenset[str] = frozenset()
) -> str | None:
    """The kind of media that a route makes; None if that is not clear. `others` as above."""
    named = _named(route)
    lengths = length_members(document, route)
    if lengths:
        lasting = kinds_in(
            " ".join(f"{name} {schema.get('description', '')}" for name, schema in lengths.items())
        )
        said = lasting & LASTING or named & LASTING or _described(document, route) & LASTING
        lasting = said or others & LASTING
        if len(lasting) != 1 or (len(named) == 1 and named != lasting):
            return None
        return next(iter(lasting))
    described = _described(document, route)
    single = {next(iter(kinds)) for kinds in (named, described) if len(kinds) == 1}
    # A path that names several kinds, as one from images to videos, is none to take after others.
    single = single or set(() if named else others)
    return next(iter(single)) if len(single) == 1 else None


def _named(route: RouteSpec) -> frozenset[str]:
    first_sentence = re.split(r"[.:;\n](?:\s|$)", route.summary, maxsplit=1)[0]
    return kinds_in(f"{route.path} {route.operation_id or ''} {first_sentence}")


def _described(document: Mapping[str, Any], route: RouteSpec) -> frozenset[str]:
    schema = request_schema(route)
    found, needed = members(document, schema), required(document, schema)
    return kinds_in(
        " ".join(
            str(member.get("description", ""))
            for name, member in sorted(found.items())
            if name in needed
            and is_text(member)
            and "enum" not in member
            and not is_url_member(name)
            and str(member.get("format")) not in {"uri", "url"}
        )
    )
