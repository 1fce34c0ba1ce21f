"""What the events of a stream hold is compared too, however a document describes it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from coinslot_codegen.diff import changes
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.streams import ENDED, ITEMS, JSON, STREAM, STREAMS, TEXT

LATEST, ITEM, KIND, SAID = "/api/news/latest", "/api/news/items", "/api/news/kinds", "/api/news/text"
DELTA = {"$ref": "#/components/schemas/Delta"}


def api(path: str, content: Any = None, **delta: Any) -> Api:
    """Return the document with another answer at `path`, or another schema of its events' data."""
    made = copy.deepcopy(STREAMS)
    if content is not None:
        made["paths"][path]["get"]["responses"]["200"]["content"] = content
    made["components"]["schemas"]["Delta"] |= delta
    made["paths"] = {path: made["paths"][path]}
    return read(json.dumps(made).encode())


def told(old: Api, new: Api) -> list[tuple[str, str, str]]:
    return [(one.impact, one.kind, one.place) for one in changes(old, new)]


@pytest.mark.parametrize(
    ("path", "place"),
    [(LATEST, "event.data"), (ITEM, "event.data"), (KIND, "event.data.<Delta>")],
)
def test_a_member_of_the_data_comes_and_goes(path: str, place: str) -> None:
    more = api(path, properties={"delta": TEXT, "count": {"type": "integer"}})
    assert told(api(path), more) == [("compatible", "added", f"{place}.count")]
    assert told(more, api(path)) == [("breaking", "removed", f"{place}.count")]


def test_other_words_for_the_same_events_are_no_change() -> None:
    listed = {"text/event-stream": {"schema": {"type": "array", "items": DELTA}}}
    for content in (ITEMS, listed):
        assert told(api(LATEST, STREAM), api(LATEST, content)) == [("compatible", "text", "")]


def test_another_kind_of_event_breaks_no_call() -> None:
    some = api(KIND)
    more = copy.deepcopy(STREAMS["paths"][KIND]["get"]["responses"]["200"]["content"])
    more["text/event-stream"]["itemSchema"]["oneOf"].append({"properties": {"data": {"type": "array"}}})
    assert told(some, api(KIND, more)) == [("compatible", "option-added", "event.data")]
    assert told(api(KIND, more), some) == [("compatible", "option-removed", "event.data")]


def test_an_event_is_called_otherwise() -> None:
    content: Any = copy.deepcopy(ITEMS)
    content["text/event-stream"]["itemSchema"]["properties"]["event"] = {"const": "chunk"}
    assert told(api(ITEM), api(ITEM, content)) == [
        ("compatible", "value-removed", "event.event"),
        ("compatible", "value-added", "event.event"),
    ]


def test_data_that_were_text_and_are_described_now() -> None:
    plain = api(SAID, {"text/event-stream": {}})
    described = api(SAID, {"text/event-stream": {"schema": ENDED}})
    assert ("breaking", "type", "event.data") in told(plain, described)
    assert ("breaking", "type", "event.data") in told(described, plain)
    assert told(api(SAID), plain) == [("compatible", "type", "event.data")]


@pytest.mark.parametrize("other", [STREAM, {"text/plain": {"schema": TEXT}}, {"image/png": {}}])
def test_an_answer_that_can_be_json_now_is_read_as_json(other: Any) -> None:
    assert told(api(SAID, other), api(SAID, {**other, **JSON})) == [("breaking", "answer-type", "answer")]
    beside = told(api(SAID, JSON), api(SAID, {**other, **JSON}))
    assert beside == [("compatible", "answer-type", "answer")]
