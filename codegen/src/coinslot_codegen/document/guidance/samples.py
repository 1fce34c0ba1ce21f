"""Request samples of the guidance, held against the schemas.

A sample is a JSON fence below a label that names routes (`**foo / foo-fast edit** (1–14 images):`).
Its values may list choices (`"low|high"`). The schema rules; what differs is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from coinslot_codegen.document.guidance.blocks import Block, Fence, Heading, Paragraph, Text
from coinslot_codegen.document.guidance.families import named_calls, named_groups
from coinslot_codegen.document.guidance.mentions import Catalogue
from coinslot_codegen.document.guidance.outcomes import as_json
from coinslot_codegen.document.members import members, request_schema
from coinslot_codegen.document.model import Finding, RouteSpec
from coinslot_codegen.document.naming import words

_SPAN: Final = re.compile(r"\b(?P<low>\d+)\s*[-–—]\s*(?P<high>\d+)\s+(?P<noun>(?:[\w-]+\s+){0,2}[\w-]+)")
_UP_TO: Final = re.compile(
    r"\b(?:up to|at most|max(?:imum)?|as many as)\s+(?P<high>\d+)\s+`(?P<name>[A-Za-z_]\w*)`"
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A labelled JSON fence and the routes that its label names."""

    line: int
    label: Text
    routes: tuple[RouteSpec, ...]
    value: Mapping[str, Any]


def labelled(text: Text, catalogue: Catalogue) -> tuple[RouteSpec, ...]:
    """The routes that a label names: by path, else by group and call; none if it names no group."""
    by_path = catalogue.in_text(text.plain)
    if by_path:
        return by_path
    label = " ".join(text.strong) or text.plain
    groups, left = named_groups(label, catalogue.routes)
    return named_calls(left, [route for route in catalogue.routes if route.group in groups]) if groups else ()


def read_samples(blocks: Sequence[Block], catalogue: Catalogue) -> Iterator[Sample]:
    """JSON fences right below a label that names routes with a body."""
    label: Text | None = None
    for block in blocks:
        if isinstance(block, Heading | Paragraph):
            label = block.text if isinstance(block, Heading) or block.text.strong else None
        elif isinstance(block, Fence) and label is not None:
            value = as_json(block.content)
            routes = tuple(route for route in labelled(label, catalogue) if route.bodies)
            if isinstance(value, dict) and routes:
                yield Sample(block.place.line, label, routes, value)
            label = None


def disagreements(samples: Sequence[Sample], document: Mapping[str, Any], at: str) -> Iterator[Finding]:
    """What samples and schemas say differently, route by route."""
    for sample in samples:
        for route in sample.routes:
            schema = members(document, request_schema(route))
            if not schema:
                continue
            for message in (*_members(sample, schema), *_counts(sample.label.plain, schema)):
                yield Finding(
                    "disagreement", at, f"line {sample.line}: {route.method} {route.path}: {message}"
                )


def _members(sample: Sample, schema: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, value in sample.value.items():
        if name not in schema:
            yield f"the schema has no member {name!r}"
            continue
        if not isinstance(value, str) or "|" not in value:
            continue
        said = {choice.strip() for choice in value.split("|")}
        listed = schema[name].get("enum", [schema[name]["const"]] if "const" in schema[name] else None)
        allowed = {str(choice) for choice in listed} if isinstance(listed, list) else None
        if allowed is None:
            yield f"{name!r} is not limited to {value!r} by the schema"
        elif allowed != said:
            extra, missing = ", ".join(sorted(said - allowed)), ", ".join(sorted(allowed - said))
            parts = [
                f"the guidance adds {extra}" if extra else "",
                f"the guidance lacks {missing}" if missing else "",
            ]
            yield f"choices of {name!r}: {' and '.join(part for part in parts if part)}"


def _counts(label: str, schema: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """`1–14 reference images` against the bounds of the array `images`."""
    for found in _SPAN.finditer(label):
        nouns = words(found["noun"])
        arrays = [
            name
            for name, one in schema.items()
            if one.get("type") == "array" and words(name)[-1:] == nouns[-1:]
        ]
        if len(arrays) != 1:
            continue
        bounds = schema[arrays[0]]
        stated = (bounds.get("minItems", 0), bounds.get("maxItems"))
        if stated != (int(found["low"]), int(found["high"])):
            taken = f"{stated[0]} to {stated[1] or 'any number'}"
            yield f"{found[0]!r}, but the schema takes {taken} {arrays[0]!r}"


def bound_disagreements(text: str, routes: Sequence[RouteSpec], document: Mapping[str, Any]) -> Iterator[str]:
    """Up to 3 `things` in a rule against the bound of the array `things`."""
    for found in _UP_TO.finditer(text):
        for route in routes:
            bounds = members(document, request_schema(route)).get(found["name"], {})
            if bounds.get("type") == "array" and bounds.get("maxItems") != int(found["high"]):
                taken = bounds.get("maxItems", "any number")
                yield f"{route.method} {route.path}: {found[0]!r}, but the schema takes {taken}"
