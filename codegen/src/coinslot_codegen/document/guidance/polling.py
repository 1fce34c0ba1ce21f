"""Polling intervals by family: from tables, lists and sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coinslot_codegen.document.figures import Span, duration, durations
from coinslot_codegen.document.guidance.blocks import Block, Paragraph, Table, Text
from coinslot_codegen.document.guidance.cells import POLL, cell, is_empty, read_columns
from coinslot_codegen.document.guidance.clauses import codes, sentences
from coinslot_codegen.document.guidance.families import RANKS, Families, Selection
from coinslot_codegen.document.guidance.mentions import written_paths
from coinslot_codegen.document.guidance.said import RouteKey, key
from coinslot_codegen.document.model import Finding

_JOB: Final = re.compile(
    r"\bjobs?\b|\bstatus\b|\bcomplete\b|\bfinished\b|\bdone\b|\bready\b|\brequests?\b", re.IGNORECASE
)
_EVERY: Final = re.compile(r"\bevery\s+(?:~|about\s+|roughly\s+)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Interval:
    """One line of the guidance: so many seconds for this selection of routes."""

    line: int
    seconds: float
    meant: Selection
    text: str


def read_intervals(blocks: Sequence[Block], families: Families) -> list[Interval]:
    """Every line that says how often to ask."""
    found: list[Interval] = []
    for block in blocks:
        if isinstance(block, Table):
            found += _from_table(block, families)
        elif isinstance(block, Paragraph):
            found += _from_prose(block, families)
    return found


def settle(
    intervals: Sequence[Interval], families: Families, at: str
) -> tuple[Mapping[RouteKey, float], list[Finding]]:
    """Seconds for each route: a name beats a kind, a kind the remainder; contradictions say nothing."""
    findings = [
        Finding(
            "unread",
            at,
            f"line {one.line}: polling interval for {one.text!r}: no route is meant",
        )
        for one in intervals
        if one.meant.rank is None
    ]
    settled: dict[RouteKey, float] = {}
    keyed = [(one, one.meant.keys()) for one in intervals]
    for route in families.routes:
        for rank in RANKS:
            said = [one for one, keys in keyed if one.meant.rank == rank and key(route) in keys]
            figures = {one.seconds for one in said}
            if len(figures) > 1:
                lines = ", ".join(str(one.line) for one in said)
                message = f"lines {lines}: different polling intervals for {route.method} {route.path}"
                findings.append(Finding("disagreement", at, message))
            elif figures:
                settled[key(route)] = figures.pop()
            if said:
                break
    return settled, findings


def _from_table(table: Table, families: Families) -> list[Interval]:
    columns = read_columns(table)
    if columns.route is not None or not columns.polls:
        return []
    found = []
    for row in table.rows:
        length = duration(cell(row.cells, columns.polls[0]).plain)
        others = [
            text
            for index, text in enumerate(row.cells)
            if index not in {*columns.polls, *columns.times, *columns.prices}
        ]
        subject = next((text for text in others if not is_empty(text.plain)), Text(""))
        if length and length.high:
            found.append(Interval(row.line, length.high, families.select(subject), subject.plain))
    return found


def _from_prose(block: Paragraph, families: Families) -> list[Interval]:
    around = " ".join([*block.place.trail[-1:], block.place.lead])
    found: list[Interval] = []
    for sentence in sentences(block.text.plain):
        spans = durations(sentence)
        told = [span for span in spans if _EVERY.search(sentence[: span.start])]
        polls = POLL.search(sentence.replace("every", "")) is not None
        if not told and len(spans) == 1 and (polls or _is_entry(block, sentence, spans[0], around)):
            told = spans
        in_context = POLL.search(around.replace("every", "")) or _JOB.search(around) or _JOB.search(sentence)
        if told and (polls or in_context):
            found += _told(block, sentence, told, families)
    return found


def _is_entry(block: Paragraph, sentence: str, span: Span, around: str) -> bool:
    """`- images: 5 s`, below words that announce polling intervals."""
    announced = POLL.search(around.replace("every", "")) is not None
    alone = not sentence[span.end :].strip(" .;")
    return (
        block.in_list
        and announced
        and alone
        and sentence[: span.start].rstrip(" ~").endswith((":", "-", "–", "—"))
    )


def _told(block: Paragraph, sentence: str, spans: Sequence[Span], families: Families) -> list[Interval]:
    """Each length of time with the words that it belongs to: those before it, or those behind it."""
    if written_paths(sentence):
        meant = families.catalogue.in_text(sentence)
        watched = {route.path for route in meant}
        routes = tuple(
            route
            for route in families.routes
            if route in meant or (route.job and route.job.status_path in watched)
        )
        if len(spans) != 1 or not routes:
            return []
        return [
            _interval(
                block,
                spans[0],
                Selection("named" if len(routes) < len(families.routes) else "rest", routes),
                sentence,
            )
        ]
    cuts = [0, *(span.end for span in spans)]
    before = [_subject(sentence[start : span.start]) for start, span in zip(cuts, spans, strict=False)]
    ends = [*(span.start for span in spans[1:]), len(sentence)]
    behind = [_subject(sentence[span.end : end]) for span, end in zip(spans, ends, strict=True)]
    chosen = before if _says_something(before[0], families) else behind
    if len(spans) == 1 and not any(_says_something(text, families) for text in chosen):
        names_nothing = not block.in_list or POLL.search(sentence.replace("every", ""))
        return (
            [_interval(block, spans[0], Selection("rest", families.routes), sentence)]
            if names_nothing
            else [_interval(block, spans[0], families.select(Text(before[0])), before[0])]
        )
    return [
        _interval(block, span, families.select(Text(text, tuple(codes(text)))), text)
        for span, text in zip(spans, chosen, strict=True)
    ]


def _subject(text: str) -> str:
    bare = re.sub(r"\bevery\s+(?:~|about|roughly)?\s*$", "", text, flags=re.IGNORECASE)
    return re.sub(r"\bpoll(?:s|ed|ing)?\b|\binterval\b", " ", bare, flags=re.IGNORECASE).strip(" :,;.–—-")


def _says_something(text: str, families: Families) -> bool:
    meant = families.select(Text(text, tuple(codes(text))), in_prose=True)
    return meant.rank in {"named", "kind"}


def _interval(block: Paragraph, span: Span, meant: Selection, text: str) -> Interval:
    return Interval(block.place.line, span.length.high or span.length.low, meant, text)
