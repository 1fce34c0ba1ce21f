"""A document whose jobs do not show by structure, and its bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.codegen.generating import PAID, document, operation

NUMBER = {"name": "number", "in": "path", "required": True, "schema": {"type": "string"}}


def answer(**kinds: str) -> dict[str, Any]:
    """Make an answer of these members."""
    return {"type": "object", "properties": {name: {"type": kind} for name, kind in kinds.items()}}


ORDERS = document(
    {
        "/v1/films": {"post": operation(answer=answer(ticket="string"), **PAID)},
        "/v1/orders/{number}": {
            "get": operation(answer=answer(phase="string", film="object"), parameters=[NUMBER])
        },
        "/v1/paid/{number}": {"get": operation(parameters=[NUMBER], **PAID)},
    }
)


def source_of(content: Mapping[str, Any]) -> bytes:
    """Return a document's bytes."""
    return json.dumps(content).encode()
