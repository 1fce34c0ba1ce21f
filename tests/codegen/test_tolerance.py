"""Yesterday's client and today's server: what was added since is kept, and stops nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import httpx
import pytest

from coinslot_codegen.document import read
from tests.codegen.generating import document, operation, package

LEVEL = {"type": "string", "enum": ["low", "high"]}
INNER = {
    "type": "object",
    "properties": {"level": LEVEL, "names": {"type": "array", "items": LEVEL}},
    "required": ["level"],
    "additionalProperties": False,
}
ANSWER = {
    "type": "object",
    "properties": {
        "one": INNER,
        "many": {"type": "array", "items": INNER},
        "by": {"type": "object", "additionalProperties": INNER},
        "either": {"oneOf": [INNER, {"type": "string"}]},
        "kind": {"const": "thing"},
        "count": {"type": "integer", "minimum": 1, "maximum": 3},
        "short": {"type": "string", "maxLength": 2, "pattern": "^a"},
        "when": {"type": "string", "format": "date-time"},
        "at": {"type": "string", "format": "uri"},
    },
    "required": ["one"],
    "additionalProperties": False,
}
OLD = document({"/api/things": {"get": operation(answer=ANSWER)}})


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with package(OLD, tmp_path_factory.mktemp("sample")) as found:
        yield found


def answered(sample: ModuleType, content: Any, status: int = 200) -> Any:
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=content))
    with sample.Sample(transport=transport, pay_with=[]) as client:
        return client.things.list()


NEW = {"level": "higher", "names": ["low", "lower"], "added": {"deep": [1]}}


def test_members_added_at_every_level_are_kept_and_readable(sample: ModuleType) -> None:
    found = answered(sample, {"one": NEW, "many": [NEW], "by": {"a": NEW}, "either": NEW, "added": None})

    for inner in (found.one, found.many[0], found.by["a"], found.either):
        assert inner.added == {"deep": [1]}
    assert found.added is None
    assert found.model_dump()["one"]["added"] == {"deep": [1]}


def test_new_values_of_enums_arrive_as_they_are(sample: ModuleType) -> None:
    found = answered(sample, {"one": NEW, "many": [NEW], "kind": "other"})

    assert (found.one.level, found.many[0].names, found.kind) == ("higher", ["low", "lower"], "other")


def test_bounds_and_formats_hold_only_for_what_is_sent(sample: ModuleType) -> None:
    found = answered(sample, {"one": NEW, "count": 9, "short": "long", "when": "soon", "at": "nowhere"})

    assert (found.count, found.short, found.at) == (9, "long", "nowhere")


@pytest.mark.parametrize("member", ["many", "by", "either", "kind", "count", "short", "when", "at"])
def test_a_null_where_a_member_may_be_missing_is_its_absence(sample: ModuleType, member: str) -> None:
    found = answered(sample, {"one": NEW, member: None})

    assert getattr(found, member) is None


def test_another_status_of_success_is_a_success(sample: ModuleType) -> None:
    assert answered(sample, {"one": NEW}, 203).one.level == "higher"


def test_what_is_not_described_is_told(sample: ModuleType) -> None:
    del sample
    content = document(
        {
            "/api/a": {"get": operation()},
            "/api/b": {"get": operation(answer={})},
            "/api/c": {"get": operation(answer=ANSWER)},
        }
    )
    api = read(json.dumps(content).encode())
    told = [one.pointer for one in api.findings if "is not described" in one.message]
    assert told == ["#/paths/~1api~1a/get/responses", "#/paths/~1api~1b/get/responses"]
