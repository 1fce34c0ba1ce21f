"""Prose rules that stand beside a route.

A paragraph or list item belongs to the routes that it names by path, by the name of their group at
its beginning or in code marks, else to those of the label or the heading that it stands below.
What shows JSON, and what was read as data elsewhere, is no rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from coinslot_codegen.document.guidance.blocks import Block, Heading, Paragraph, Text
from coinslot_codegen.document.guidance.families import named_calls, named_groups
from coinslot_codegen.document.guidance.mentions import Catalogue
from coinslot_codegen.document.guidance.said import RouteKey, key
from coinslot_codegen.document.guidance.samples import labelled
from coinslot_codegen.document.members import members, request_schema
from coinslot_codegen.document.model import RouteSpec

LONGEST: Final = 900
"""Characters of one note; longer text is an essay, not a rule beside a route."""
_LEAST_WORDS: Final = 5


def read_notes(
    blocks: Sequence[Block], catalogue: Catalogue, document: Mapping[str, Any], taken: frozenset[int]
) -> Mapping[RouteKey, tuple[str, ...]]:
    """Notes by route; `taken` are the lines that were read as something else."""
    found: dict[RouteKey, list[str]] = {}
    label: tuple[RouteSpec, ...] = ()
    headed: list[tuple[int, tuple[RouteSpec, ...]]] = []
    for block in blocks:
        if isinstance(block, Heading):
            headed = [one for one in headed if one[0] < block.level] + [(block.level, labelled(block.text, catalogue))]
            label = ()
        elif isinstance(block, Paragraph):
            if _is_label(block.text):
                label = labelled(block.text, catalogue)
                continue
            if block.place.line in taken or not _is_rule(block.text.plain):
                continue
            below = label or next((routes for _, routes in reversed(headed) if routes), ())
            for route in _meant(block.text, catalogue, document) or below:
                found.setdefault(key(route), []).append(block.text.plain)
    return {route: tuple(dict.fromkeys(notes)) for route, notes in found.items()}


def _is_label(text: Text) -> bool:
    """A line of bold text, possibly with an aside, that stands before a sample."""
    return bool(text.strong) and text.plain.startswith(text.strong[0]) and re.search(r":\**\s*$", text.plain) is not None


def _is_rule(text: str) -> bool:
    if not _LEAST_WORDS <= len(text.split()) or len(text) > LONGEST or text.endswith(":"):
        return False
    return not re.search(r"\{[^{}]*[,:][^{}]*\}|https?://|\bPAYMENT-|\bSIGN-IN-", text)


def _meant(text: Text, catalogue: Catalogue, document: Mapping[str, Any]) -> tuple[RouteSpec, ...]:
    by_path = catalogue.in_text(text.plain)
    if by_path:
        return by_path if len(by_path) <= 3 else ()  # noqa: PLR2004
    beginning = " ".join(text.plain.split()[:4])
    in_code = " ".join(f"`{code}`" for code in text.codes)
    groups, left = named_groups(f"{beginning} {in_code}", catalogue.routes)
    if not groups:
        return ()
    routes = named_calls(re.sub(r"`[^`]*`", " ", left), [route for route in catalogue.routes if route.group in groups])
    wanted = set(text.codes)
    using = tuple(route for route in routes if wanted & set(members(document, request_schema(route))))
    return using or tuple(routes)
