"""Members that the document does not name: however it says that they are taken, and of which type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from coinslot_codegen.diff import compare
from coinslot_codegen.document import read
from coinslot_codegen.document.model import Api
from tests.codegen.generating import PAID, document, operation

TEXTS: Any = {"type": "string"}
OPENED = ("compatible", "open", "accepts members that the document does not name")
CLOSED = ("breaking", "open", "no longer accepts members that the document does not name")


def taking(rest: Any, *, named: bool) -> Api:
    """Make an API that takes an object; `rest` None: nothing is said of members without a name."""
    body: dict[str, Any] = {"type": "object", **({"properties": {"a": TEXTS}} if named else {})}
    if rest is not None:
        body["additionalProperties"] = rest
    return read(json.dumps(document({"/api/thing/make": {"post": operation(body=body, **PAID)}})).encode())


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (None, {}, [OPENED]),
        (None, True, [OPENED]),
        ({}, None, [CLOSED]),
        (TEXTS, False, [CLOSED]),
        (True, {}, []),
        ({}, True, []),
        (None, False, []),
        (True, TEXTS, [("breaking", "type", "is string, not any value")]),
        (TEXTS, True, [("compatible", "type", "is any value, not string")]),
    ],
)
def test_beside_members_with_a_name(old: Any, new: Any, told: list[tuple[str, str, str]]) -> None:
    found = compare(taking(old, named=True), taking(new, named=True))
    assert [(one.impact, one.kind, one.message) for one in found] == told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (None, True, []),
        ({}, None, []),
        (None, False, [CLOSED]),
        (None, TEXTS, [("breaking", "type", "is string, not any value")]),
    ],
)
def test_an_object_of_which_nothing_is_said_takes_all(
    old: Any, new: Any, told: list[tuple[str, str, str]]
) -> None:
    found = compare(taking(old, named=False), taking(new, named=False))
    assert [(one.impact, one.kind, one.message) for one in found] == told
