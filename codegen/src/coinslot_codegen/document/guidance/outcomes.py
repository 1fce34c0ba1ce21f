"""What a finished job holds and how long its URLs live, from samples and sentences.

Only sections that speak of jobs are looked at: those that name a route telling a job's state, or
whose heading or sentences speak of jobs and results.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from coinslot_codegen.document.figures import durations
from coinslot_codegen.document.guidance.blocks import Block, Fence, Heading, Paragraph, Table, Text
from coinslot_codegen.document.guidance.clauses import clauses, codes, sentences, without_code
from coinslot_codegen.document.guidance.families import RANKS, Families, Selection
from coinslot_codegen.document.guidance.media import kinds_in
from coinslot_codegen.document.guidance.said import RouteKey, key
from coinslot_codegen.document.model import Finding, ResultSpec, RouteSpec
from coinslot_codegen.document.results import is_url_member, result_class

_URLS: Final = re.compile(
    r"\b(?:urls?|uris?|links?|address(?:es)?|assets?|results?|files?|media|downloads?|images?|videos?)\b",
    re.IGNORECASE,
)
_ENDS: Final = re.compile(
    r"\bexpir\w*|\bvalid\b|\bliv(?:e|es|ed)\b|\blifetimes?\b|\bavailable\b|\bstops? working\b|\bgone\b"
    r"|\blasts?\b|\bkept\b|\bdeleted\b|\bremoved\b|\bdisappears?\b|\bgood for\b"
    r"|\bworks? for\b|\bdies?\b|\bheld\b|\bhold\b|\bstored\b",
    re.IGNORECASE,
)
_NAME: Final = re.compile(r"[A-Za-z_][\w-]*")


@dataclass(frozen=True, slots=True)
class Outcome:
    """One place that says which members a result has."""

    line: int
    members: tuple[str, ...]
    meant: Selection


def job_blocks(blocks: Sequence[Block], families: Families) -> list[Block]:
    """The blocks of the sections that speak of jobs."""
    watched = {route.job.status_path for route in families.routes if route.job}
    trails = {
        block.place.trail + ((block.text.plain,) if isinstance(block, Heading) else ())
        for block in blocks
        if any(
            route.path in watched and route.method == "GET"
            for route in families.catalogue.in_text(_words(block))
        )
        and not (
            isinstance(block, Paragraph)
            and block.in_list
            and len(families.catalogue.in_text(_words(block))) != 1
        )
    }
    # What hangs below a chapter of the text belongs to it; below the title of the text hangs everything.
    return [
        block
        for block in blocks
        if not isinstance(block, Heading)
        and any(
            block.place.trail == trail or (len(trail) > 1 and block.place.trail[: len(trail)] == trail)
            for trail in trails
        )
    ]


def _words(block: Block) -> str:
    if isinstance(block, Table):
        return ""
    return block.content if isinstance(block, Fence) else block.text.plain


def read_outcomes(blocks: Sequence[Block], families: Families) -> list[Outcome]:
    """Every place that says which members a result has."""
    found: list[Outcome] = []
    for block in job_blocks(blocks, families):
        if isinstance(block, Fence):
            found += _from_sample(block, families)
        elif isinstance(block, Paragraph):
            for clause in clauses(block.text.plain):
                members = _members_in(clause)
                if members:
                    found.append(
                        Outcome(block.place.line, members, _meant(without_code(clause), members, families))
                    )
    return found


def settle(
    outcomes: Sequence[Outcome], families: Families, at: str
) -> tuple[Mapping[RouteKey, ResultSpec], list[Finding]]:
    """The result of each route; two different ones for the same routes say nothing."""
    settled: dict[RouteKey, ResultSpec] = {}
    findings: list[Finding] = []
    keyed = [(one, one.meant.keys()) for one in outcomes]
    for route in families.routes:
        for rank in RANKS:
            said = [one for one, keys in keyed if one.meant.rank == rank and key(route) in keys]
            shapes = {one.members: one for one in reversed(said)}
            if len(shapes) == 1:
                settled[key(route)] = _spec(said[0], families, route, at)
            elif shapes:
                lines = ", ".join(sorted({str(one.line) for one in said}, key=int))
                findings.append(
                    Finding(
                        "disagreement",
                        at,
                        f"lines {lines}: different results for {route.method} {route.path}",
                    )
                )
            if said:
                break
    return settled, findings


def _spec(outcome: Outcome, families: Families, route: RouteSpec, at: str) -> ResultSpec:
    """The member that holds what the route makes comes first."""
    kind, told = families.kind(route), families.kind_from(route)
    members = tuple(sorted(outcome.members, key=lambda name: kind not in kinds_in(name)))
    by_others = f"; its kind {told}" if told else ""
    return ResultSpec(result_class(members), members, f"{at}, line {outcome.line}{by_others}")


def _from_sample(block: Fence, families: Families) -> list[Outcome]:
    sample = as_json(block.content)
    if not isinstance(sample, dict):
        return []
    places = {route.job.result_member for route in families.routes if route.job}
    found = []
    for name in sorted(places & set(sample)):
        members = _urls_of(sample[name])
        if members:
            found.append(Outcome(block.place.line, members, _meant("", members, families)))
    return found


def _members_in(clause: str) -> tuple[str, ...]:
    """URL members that a clause names in code: of an object if there is one, else by themselves."""
    marked = codes(clause)
    for code in marked:
        if code.strip().startswith("{"):
            sample = as_json(code)
            inner = (
                next((sample[one] for one in ("result", "output") if one in sample), sample)
                if isinstance(sample, dict)
                else None
            )
            return _urls_of(inner) if inner is not None else tuple(filter(is_url_member, _NAME.findall(code)))
    return tuple(dict.fromkeys(code for code in marked if _NAME.fullmatch(code) and is_url_member(code)))


def _urls_of(value: object) -> tuple[str, ...]:
    if not isinstance(value, Mapping):
        return ()
    return tuple(
        name
        for name, inner in value.items()
        if isinstance(inner, str) and (is_url_member(name) or inner.startswith("http"))
    )


def _meant(text: str, members: Sequence[str], families: Families) -> Selection:
    """Whose result it is: whom the clause names, else the kind that the members are called after."""
    said = families.select(Text(text), in_prose=True) if text.strip() else None
    if said and said.rank in {"named", "kind"}:
        return said
    kinds = kinds_in(" ".join(members))
    if len(kinds) == 1:
        return Selection("kind", families.of_kinds(kinds), kinds)
    first = kinds_in(members[0])
    return Selection("kind", families.of_kinds(first), first) if first else Selection("rest", families.routes)


def read_lifetimes(blocks: Sequence[Block], families: Families) -> tuple[float, int] | None:
    """(seconds, line) of the one sentence that says how long result URLs live; None without one."""
    found: set[tuple[float, int]] = set()
    for block in job_blocks(blocks, families):
        if not isinstance(block, Paragraph):
            continue
        for sentence in sentences(block.text.plain):
            spans = durations(sentence)
            if len(spans) == 1 and _URLS.search(without_code(sentence)) and _ENDS.search(sentence):
                found.add((spans[0].length.high or spans[0].length.low, block.place.line))
    seconds = {length for length, _ in found}
    return min(found, key=lambda one: one[1]) if len(seconds) == 1 else None


def as_json(text: str) -> Any:
    """What a sample holds; None if it is no JSON."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def with_lifetime(routes: Sequence[RouteSpec], seconds: float | None) -> dict[RouteKey, float]:
    """The same lifetime for every route that starts a job."""
    return {key(route): seconds for route in routes if route.job} if seconds else {}
