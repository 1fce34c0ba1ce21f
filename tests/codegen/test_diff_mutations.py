"""Any changes of any routes, many at once: each is named, and nothing else is."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from coinslot_codegen.diff import compare
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from coinslot_codegen.document.naming import identifier

FILE = Path(__file__).resolve().parents[2] / "generated" / "stablestudio.openapi.json"
CONTENT: dict[str, Any] = json.loads(FILE.read_bytes())
Schema: TypeAlias = dict[str, Any]
Change: TypeAlias = tuple[str, str, str]
Mutation: TypeAlias = Callable[[Schema, str], set[Change]]
"""Changes one member of a request in place, and says what the change is."""


def drop(body: Schema, name: str) -> set[Change]:
    del body["properties"][name]
    body["required"] = [one for one in body.get("required", []) if one != name]
    return {("breaking", "removed", identifier(name))}


def demand(body: Schema, name: str) -> set[Change]:
    listed = body.setdefault("required", [])
    if name in listed:
        listed.remove(name)
        return {("compatible", "optional", identifier(name))}
    listed.append(name)
    return {("breaking", "required", identifier(name))}


def describe(body: Schema, name: str) -> set[Change]:
    # What a member takes files for is read from its description too, so that it stays at its head.
    member = body["properties"][name]
    member["description"] = f"{member.get('description', 'A value')}. Said in words that nothing else has."
    return {("compatible", "description", identifier(name))}


def choose(body: Schema, name: str) -> set[Change]:
    member = body["properties"][name]
    if "enum" in member:
        member["enum"] = [*member["enum"][1:], "of-tomorrow"]
        return {
            ("breaking", "value-removed", identifier(name)),
            ("compatible", "value-added", identifier(name)),
        }
    return describe(body, name)


def add(body: Schema, name: str) -> set[Change]:
    del name
    body["properties"]["neverSeenBefore"] = {"type": "boolean"}
    return {("compatible", "added", "never_seen_before")}


def leave(body: Schema, name: str) -> set[Change]:
    del body, name
    return set()


MUTATIONS: tuple[Mutation, ...] = (drop, demand, describe, choose, add, leave)


def body_of(content: dict[str, Any], path: str) -> Schema:
    found: Schema = content["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    return found


PATHS = sorted(path for path in CONTENT["paths"] if path.startswith("/api/generate/"))


@cache
def original() -> Api:
    return read(FILE.read_bytes())


@settings(max_examples=12)
@given(data=st.data())
def test_every_change_of_many_is_named_and_nothing_else(data: st.DataObject) -> None:
    content = copy.deepcopy(CONTENT)
    calls = {route.path: f"{route.group}.{route.name}" for route in original().routes}
    expected: set[tuple[str, Change]] = set()
    for path in data.draw(st.lists(st.sampled_from(PATHS), unique=True, max_size=6)):
        body = body_of(content, path)
        # What the guidance is about would say so in more places than the schema.
        names = sorted(
            name for name, one in body["properties"].items() if name not in ("duration", "seconds")
        )
        mutation = data.draw(st.sampled_from(MUTATIONS))
        made = mutation(body, data.draw(st.sampled_from(names)))
        expected |= {(calls[path], change) for change in made}
    found = compare(original(), read(json.dumps(content).encode()))
    assert {(one.call, (one.impact, one.kind, one.place)) for one in found} == expected
