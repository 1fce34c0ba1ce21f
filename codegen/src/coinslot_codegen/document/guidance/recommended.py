"""Defaults that the guidance recommends: a purpose, a group, a reason."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from coinslot_codegen.document.guidance.blocks import Block, Paragraph, Table
from coinslot_codegen.document.guidance.cells import read_columns
from coinslot_codegen.document.guidance.clauses import codes
from coinslot_codegen.document.guidance.families import named_groups
from coinslot_codegen.document.model import Recommendation, RouteSpec

_ADVICE: Final = re.compile(
    r"\brecommend\w*|\bdefaults?\b|\bwhich\b|\bchoos\w*|\bpick\w*|\bprefer\w*|\bsuggest\w*|\bbest\b"
    r"|\bstart with\b",
    re.IGNORECASE,
)
_DASH: Final = re.compile(r"^\s*[-–—:,.]+\s*")


def read_recommendations(
    blocks: Sequence[Block], routes: Sequence[RouteSpec]
) -> tuple[tuple[Recommendation, ...], frozenset[int]]:
    """Recommendations and their lines.

    From list items `**Purpose:** code — reason`, such tables, and `Defaults: code for purpose`.
    """
    found: dict[Recommendation, int] = {}
    for block in blocks:
        made: Iterable[Recommendation] = ()
        if isinstance(block, Table):
            made = _from_table(block, routes)
        elif isinstance(block, Paragraph):
            made = _from_item(block, routes) or _from_sentence(block, routes)
        for one in made:
            found.setdefault(one, block.place.line)
    return tuple(found), frozenset(found.values())


def _advises(block: Paragraph | Table) -> bool:
    return _ADVICE.search(" ".join([*block.place.trail[-1:], block.place.lead])) is not None


def _group(code: str, routes: Sequence[RouteSpec]) -> str | None:
    """The one group that a code span names, whole."""
    groups, left = named_groups(f"`{code}`", routes)
    return next(iter(groups)) if len(groups) == 1 and not left.strip(" `") else None


def _from_item(block: Paragraph, routes: Sequence[RouteSpec]) -> list[Recommendation]:
    plain = block.text.plain
    before, mark, _ = plain.partition("`")
    if not (mark and block.in_list and _advises(block) and before.strip().endswith((":", "–", "—", "-"))):
        return []
    code = codes(plain)[0]
    target = _group(code, routes)
    if target is None:
        return []
    purpose = before.strip(" :–—-*")
    reason = _DASH.sub("", plain[len(before) + len(code) + 2 :]).strip()
    return [Recommendation(purpose, target, reason)] if purpose else []


def _from_sentence(block: Paragraph, routes: Sequence[RouteSpec]) -> Iterator[Recommendation]:
    head, colon, rest = block.text.plain.partition(":")
    if not (colon and _ADVICE.search(head)) or len(head.split()) > 6:
        return
    for found in re.finditer(r"`([^`]+)`\s+for\s+([^`,;.]+)", rest):
        target = _group(found[1], routes)
        if target is not None:
            yield Recommendation(re.sub(r"\s+and$", "", found[2].strip()), target, "")


def _from_table(table: Table, routes: Sequence[RouteSpec]) -> Iterator[Recommendation]:
    columns = read_columns(table)
    if not _advises(table) or columns.route is not None or columns.prices or columns.polls:
        return
    for row in table.rows:
        for index, text in enumerate(row.cells):
            target = _group(text.codes[0], routes) if len(text.codes) == 1 else None
            others = [one.plain for at, one in enumerate(row.cells) if at != index and one.plain]
            if target is not None and others:
                yield Recommendation(others[0], target, others[1] if len(others) > 1 else "")
                break
