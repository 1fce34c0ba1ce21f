"""What a client takes as one and the same breaks nothing: any success, a body that it sends anyway."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coinslot_codegen.diff import compare
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.generating import PAID, Json, document, operation

URL: Json = {"type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"]}
FIGURE: Json = {"type": "object", "properties": {"url": {"type": "integer"}}, "required": ["url"]}


def api(paths: dict[str, Any]) -> Api:
    return read(json.dumps(document(paths)).encode())


def answering(**schemas: Json | None) -> Api:
    """Make an API whose one route answers so; None: without a body."""
    told = {
        status.lstrip("_"): {
            "description": "Done",
            **({} if schema is None else {"content": {"application/json": {"schema": schema}}}),
        }
        for status, schema in schemas.items()
    }
    return api({"/api/thing/make": {"post": {**operation(**PAID), "responses": told}}})


def told(old: Api, new: Api) -> list[tuple[str, str, str]]:
    return [(one.impact, one.kind, f"{one.place} {one.message}".strip()) for one in compare(old, new)]


@pytest.mark.parametrize("now", ["201", "202", "2XX", "default"])
def test_another_status_of_the_same_success_breaks_nothing(now: str) -> None:
    found = told(answering(_200=URL), answering(**{f"_{now}": URL}))
    assert found == [("compatible", "answer-status", f"answers {now} (was 200)")]


def test_what_a_success_holds_is_compared_whatever_its_status() -> None:
    assert told(answering(_200=URL), answering(_201=FIGURE)) == [
        ("breaking", "type", "answer.url is integer, not string"),
        ("compatible", "answer-status", "answers 201 (was 200)"),
    ]
    assert told(answering(_200=URL, _202=FIGURE), answering(_202=FIGURE)) == [
        ("breaking", "type", "answer.url is integer, not string"),
        ("compatible", "answer-removed", "no longer answers 200"),
    ]


def test_one_of_several_successes_may_go_and_come() -> None:
    both, one = answering(_200=URL, _202=URL), answering(_200=URL)
    assert told(both, one) == [("compatible", "answer-removed", "no longer answers 202")]
    assert told(one, both) == [("compatible", "answer-added", "may answer 202")]


def test_another_success_that_the_call_cannot_read_breaks_it() -> None:
    found = told(answering(_200=URL), answering(_200=URL, _202=FIGURE))
    assert found == [
        ("breaking", "answer-added", "may answer 202, with something else than the call reads (answer.url)")
    ]


def test_no_success_at_all_breaks() -> None:
    found = told(answering(_200=URL), answering(_404=None))
    assert ("breaking", "answer-removed", "no longer answers 200") in found


def test_a_default_beside_a_success_is_no_success() -> None:
    fails = {"type": "object", "properties": {"error": {"type": "string"}}}
    found = told(answering(_200=URL, default=fails), answering(_200=URL))
    assert found == [("compatible", "answer-removed", "no longer answers default")]


@pytest.mark.parametrize("required", [[], ["a"]])
def test_a_body_that_every_client_sends_may_be_required(required: list[str]) -> None:
    def with_body(*, needed: bool) -> Api:
        body = {"type": "object", "properties": {"a": {"type": "string"}}, "required": required}
        made = operation(body=body, **PAID)
        made["requestBody"]["required"] = needed
        return api({"/api/thing/make": {"post": made}})

    loose, strict = with_body(needed=False), with_body(needed=True)
    assert told(loose, strict) == [
        ("compatible", "required", "body is now required; clients have always sent one")
    ]
    assert told(strict, loose) == [("compatible", "optional", "body is no longer required")]


@pytest.mark.parametrize("methods", [("post", "put"), ("post", "patch"), ("get", "post")])
def test_another_method_of_the_same_call_is_one_breaking_change(methods: tuple[str, str]) -> None:
    found = compare(*(api({"/api/thing/make": {one: operation(**PAID)}}) for one in methods))
    was, now = (one.upper() for one in methods)
    assert [(one.impact, one.kind, one.call, one.route, one.message) for one in found] == [
        ("breaking", "method", "thing.make", f"{was} /api/thing/make", f"is called with {now} (was {was})")
    ]


def test_the_rest_of_a_call_is_compared_whatever_its_method() -> None:
    kinds = [{"type": "object", "properties": {"a": {"type": one}}} for one in ("string", "integer")]
    before = api({"/api/thing/make": {"post": operation(body=kinds[0], **PAID)}})
    after = api({"/api/thing/make": {"put": operation(body=kinds[1], **PAID)}})
    assert told(before, after) == [
        ("breaking", "method", "is called with PUT (was POST)"),
        ("breaking", "type", "a is integer, not string"),
    ]


def test_deleting_is_another_call_than_getting() -> None:
    found = compare(*(api({"/api/things/{id}": {one: operation()}}) for one in ("get", "delete")))
    assert {one.kind for one in found} == {"route-removed", "route-added"}
