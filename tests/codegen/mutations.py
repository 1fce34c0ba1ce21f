"""The studio's document and others of one route, changed in one place."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from coinslot_codegen.diff import compare
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.generating import PAID, document, operation

FILE = Path(__file__).resolve().parents[2] / "generated" / "stablestudio.openapi.json"
EDIT = "/api/generate/nano-banana-pro/edit"
CALL = "nano_banana_pro.edit"


Mutation = Callable[[dict[str, Any]], object]


@cache
def original() -> Api:
    return read(FILE.read_bytes())


def mutated(*mutations: Mutation) -> Api:
    content = copy.deepcopy(json.loads(FILE.read_bytes()))
    for mutation in mutations:
        mutation(content)
    return read(json.dumps(content).encode())


def post(content: dict[str, Any], path: str = EDIT) -> dict[str, Any]:
    found: dict[str, Any] = content["paths"][path]["post"]
    return found


def body(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = post(content)["requestBody"]["content"]["application/json"]["schema"]
    return found


def answer(content: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = post(content)["responses"]["200"]["content"]["application/json"]["schema"]
    return found


def member(content: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = body(content)["properties"][name]
    return found


def guided(old: str, new: str) -> Mutation:
    def mutate(content: dict[str, Any]) -> None:
        assert old in content["info"]["x-guidance"]
        content["info"]["x-guidance"] = content["info"]["x-guidance"].replace(old, new)

    return mutate


def renamed(before: str, after: str) -> Mutation:
    def mutate(content: dict[str, Any]) -> None:
        properties = body(content)["properties"]
        properties[after] = properties.pop(before)

    return mutate


def wide(*mutations: Mutation) -> set[tuple[str, str, str]]:
    """Return (impact, kind, message) of every change, calls apart."""
    return {(one.impact, one.kind, one.message) for one in compare(original(), mutated(*mutations))}


def one_route(**more: Any) -> Api:
    return read(json.dumps(document({"/api/thing/make": {"post": operation(**more)}})).encode())


def body_of(properties: dict[str, Any], **more: Any) -> Api:
    return one_route(body={"type": "object", "properties": properties, **more}, **PAID)


def kinds_of(old: dict[str, Any], new: dict[str, Any], *, given: bool = False) -> set[tuple[str, str]]:
    """Return (impact, kind) of the changes of one value `v`, sent or given."""
    sides = [
        one_route(answer={"type": "object", "properties": {"v": one}}) if given else body_of({"v": one})
        for one in (old, new)
    ]
    return {(one.impact, one.kind) for one in compare(*sides)}
