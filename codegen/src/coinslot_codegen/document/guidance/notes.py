"""Prose rules that stand beside a route.

A paragraph or list item belongs to the routes of the heading that it stands below, if that is a
route's path; else to those that it names by path, or by the name of their group at its beginning or
in code marks; else to those of the label that it stands below. What shows JSON or leads elsewhere,
and what was read as data, is no rule.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from coinslot_codegen.document.guidance.blocks import Block, Heading, Paragraph, Text
from coinslot_codegen.document.guidance.families import named_calls, named_groups
from coinslot_codegen.document.guidance.mentions import METHODS, Catalogue
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
            headed = [one for one in headed if one[0] < block.level] + [
                (block.level, catalogue.in_text(block.text.plain))
            ]
            label = ()
        elif isinstance(block, Paragraph):
            if _is_label(block.text):
                label = labelled(block.text, catalogue)
            elif block.place.line not in taken and _is_rule(block.text):
                below = next((routes for _, routes in reversed(headed) if routes), ())
                for route in below or _meant(block.text, catalogue, document) or label:
                    found.setdefault(key(route), []).append(block.text.plain)
    return {route: tuple(dict.fromkeys(notes)) for route, notes in found.items()}


def _is_label(text: Text) -> bool:
    """A line that introduces what stands below: it ends in a colon, or is bold with at most an aside."""
    if text.plain.endswith(":"):
        return True
    return (
        bool(text.strong)
        and re.fullmatch(r"\s*(?:\([^()]*\))?[.:]?", text.plain.removeprefix(text.strong[0])) is not None
    )


def _is_rule(text: Text) -> bool:
    if re.match(rf"`?(?:{METHODS})\s+/\S*`?\s+[—–:-]", text.plain):
        return False  # an entry of a list of routes, which the route's own summary says too
    plain = re.sub(rf"`?(?:{METHODS})?\s*/[^\s`]*`?", "", text.plain)
    if (
        not len(plain.split()) >= _LEAST_WORDS
        or len(text.plain) > LONGEST
        or any("://" in link for link in text.links)
    ):
        return False
    return not re.search(r"\{[^{}]*[,:][^{}]*\}|https?://|\bPAYMENT-|\bSIGN-IN-", text.plain)


def _meant(text: Text, catalogue: Catalogue, document: Mapping[str, Any]) -> tuple[RouteSpec, ...]:
    by_path = catalogue.in_text(text.plain)
    if by_path:
        return by_path if len(by_path) <= 3 else ()
    beginning = " ".join(text.plain.split()[:4])
    in_code = " ".join(f"`{code}`" for code in text.codes)
    # A plain word that begins a sentence has a capital anyway; only what starts jobs has such names.
    jobs = [route for route in catalogue.routes if route.job]
    groups, left = named_groups(beginning, jobs, in_prose=True)
    groups |= named_groups(in_code, catalogue.routes, in_prose=True)[0]
    if not groups:
        return ()
    routes = named_calls(
        re.sub(r"`[^`]*`", " ", left), [route for route in catalogue.routes if route.group in groups]
    )
    wanted = set(text.codes)
    using = tuple(route for route in routes if wanted & set(members(document, request_schema(route))))
    return using or tuple(routes)
