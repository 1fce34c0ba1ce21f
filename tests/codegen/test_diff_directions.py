"""Members that go one way only, and what stands beside a reference."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coinslot_codegen.diff import changes
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.generating import PAID, document, operation

TEXT: Any = {"type": "string"}
BOX = {"type": "object", "properties": {"w": {"type": "number"}}}
REF = {"$ref": "#/components/schemas/Box"}


def api(*, sent: Any, given: Any) -> Api:
    body, answer = ({"type": "object", "properties": {"v": one}, "required": ["v"]} for one in (sent, given))
    paths = {"/api/thing/make": {"post": operation(body=body, answer=answer, **PAID)}}
    return read(json.dumps(document(paths, schemas={"Box": BOX})).encode())


def told(old: Api, new: Api) -> list[tuple[str, str, str, str]]:
    return [(one.impact, one.kind, one.place, one.message) for one in changes(old, new)]


def test_what_is_only_read_is_not_sent() -> None:
    plain = api(sent=TEXT, given=TEXT)
    read_only = api(sent={**TEXT, "readOnly": True}, given=TEXT)
    assert told(plain, read_only) == [("breaking", "removed", "v", "is no longer accepted")]
    assert told(read_only, plain) == [("breaking", "added", "v", "is new and required")]
    assert [one[1] for one in told(plain, api(sent=TEXT, given={**TEXT, "readOnly": True}))] == ["text"]


def test_what_is_only_written_is_not_given() -> None:
    plain = api(sent=TEXT, given=TEXT)
    write_only = api(sent=TEXT, given={**TEXT, "writeOnly": True})
    assert told(plain, write_only) == [("breaking", "removed", "answer.v", "is no longer given")]
    assert told(write_only, plain) == [("compatible", "added", "answer.v", "is new")]


@pytest.mark.parametrize(
    ("beside", "kind", "message"),
    [
        ({"default": {"w": 1}}, "default", 'defaults to {"w": 1} now'),
        ({"deprecated": True}, "deprecated", "is deprecated"),
        ({"description": "A box"}, "description", "is described in other words"),
    ],
)
def test_what_stands_beside_a_reference(beside: Any, kind: str, message: str) -> None:
    found = told(api(sent=REF, given=REF), api(sent={**REF, **beside}, given=REF))
    assert found == [("compatible", kind, "v", message)]
