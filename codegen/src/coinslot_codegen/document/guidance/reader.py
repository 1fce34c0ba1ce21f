"""The style that comes with the generator: Markdown read by its structure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from coinslot_codegen.document.figures import Money, money
from coinslot_codegen.document.guidance import outcomes, polling
from coinslot_codegen.document.guidance.blocks import Block, Fence, Heading, Paragraph, Table, read_blocks
from coinslot_codegen.document.guidance.challenges import read_offers
from coinslot_codegen.document.guidance.families import Families
from coinslot_codegen.document.guidance.mentions import Catalogue, written_paths
from coinslot_codegen.document.guidance.notes import read_notes
from coinslot_codegen.document.guidance.recommended import read_recommendations
from coinslot_codegen.document.guidance.said import Guidance, RouteKey, key
from coinslot_codegen.document.guidance.samples import bound_disagreements, disagreements, read_samples
from coinslot_codegen.document.guidance.tables import RouteTables
from coinslot_codegen.document.guidance.uploads import read_media_members, read_upload
from coinslot_codegen.document.model import Finding, RouteSpec

_ASIDE: Final = re.compile(r"\(([^()]*)\)")


class MarkdownGuidance:
    """Tables of routes, tables and lists of polling intervals, samples, steps and rules."""

    def read(self, text: str, at: str, routes: Sequence[RouteSpec], document: Mapping[str, Any]) -> Guidance:
        """Read all of it; see `GuidanceReader`."""
        blocks = read_blocks(text)
        catalogue = Catalogue(routes)
        recommendations, advised = read_recommendations(blocks, catalogue.routes)
        started = tuple(route for route in routes if route.job)
        families = Families(document, catalogue, started, recommendations)
        tables = RouteTables(at, families)
        for block in blocks:
            if isinstance(block, Table):
                tables.read(block)
        prices = dict(_headed_prices(blocks, catalogue)) | tables.prices
        intervals = polling.read_intervals(blocks, families)
        polls, poll_findings = polling.settle(intervals, families, at)
        said = outcomes.read_outcomes(blocks, families)
        results, result_findings = outcomes.settle(said, families, at)
        lifetime = outcomes.read_lifetimes(blocks, families)
        upload, upload_findings = read_upload(blocks, catalogue, document, at)
        taken = advised | {one.line for one in intervals} | {one.line for one in said}
        notes = read_notes(blocks, catalogue, document, taken)
        return Guidance(
            prices=prices,
            times=tables.times,
            polls={**polls, **tables.polls},
            results=results,
            lifetimes=outcomes.with_lifetime(families.routes, lifetime[0] if lifetime else None),
            notes=notes,
            recommendations=recommendations,
            upload=upload,
            media_members=read_media_members(blocks, upload),
            offers=read_offers(blocks, at),
            findings=(
                *tables.findings,
                *_without_row(tables, catalogue),
                *poll_findings,
                *result_findings,
                *upload_findings,
                *disagreements(list(read_samples(blocks, catalogue)), document, at),
                *_unknown_routes(blocks, catalogue, at),
                *_bounds(notes, catalogue, document, at),
            ),
        )


def _headed_prices(blocks: Sequence[Block], catalogue: Catalogue) -> Iterator[tuple[RouteKey, Money]]:
    """`### POST /api/thing ($0.54)`: the one route of a heading or line, priced in brackets."""
    for block in blocks:
        if not isinstance(block, Heading | Paragraph) or len(block.text.plain) > 200:
            continue
        written = written_paths(block.text.plain)
        figures = [found for aside in _ASIDE.findall(block.text.plain) if (found := money(aside))]
        if len(written) == 1 and written[0].methods and written[0].start == 0 and len(figures) == 1:
            for route in catalogue.by_path(written[0]):
                if route.access == "paid":
                    yield key(route), figures[0]


def _without_row(tables: RouteTables, catalogue: Catalogue) -> Iterator[Finding]:
    for route in catalogue.routes:
        if tables.prices and route.access == "paid" and key(route) not in tables.exact:
            fallback = "the document's price holds" if route.price else "the price is unknown"
            message = f"the guidance prices other routes, but has no row for this one; {fallback}"
            yield Finding("disagreement", route.pointer, message)


def _unknown_routes(blocks: Sequence[Block], catalogue: Catalogue, at: str) -> Iterator[Finding]:
    """Every `METHOD /path` that the document does not have."""
    for block in blocks:
        if isinstance(block, Table):
            continue
        text = block.content if isinstance(block, Fence) else block.text.plain
        for one in written_paths(text):
            outside = "://" in one.path or one.path.startswith("//")
            if one.methods and not outside and not catalogue.by_path(one):
                spelled = f"{'/'.join(one.methods)} {one.path}"
                yield Finding(
                    "disagreement", at, f"line {block.place.line}: the document has no route {spelled}"
                )


def _bounds(
    notes: Mapping[RouteKey, tuple[str, ...]], catalogue: Catalogue, document: Mapping[str, Any], at: str
) -> Iterator[Finding]:
    for route in catalogue.routes:
        for note in notes.get(key(route), ()):
            for message in bound_disagreements(note, [route], document):
                yield Finding("disagreement", at, message)
