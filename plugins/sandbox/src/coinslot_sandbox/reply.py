"""Answers in the sandbox's own words, and the two encodings of x402."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response


def reply(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Return a JSON answer."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(body, status, headers=headers, media_type="application/json")


def problem(status: int, details: Mapping[str, Any]) -> Response:
    """Return an answer of RFC 9457, as MPP's servers refuse."""
    body = json.dumps(dict(details), ensure_ascii=False, separators=(",", ":")).encode()
    headers = {"Cache-Control": "no-store"}
    return Response(body, status, headers=headers, media_type="application/problem+json")


def refusal(status: int, error: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return `{"error": code, "message": text}`."""
    return reply(status, {"error": error, "message": message}, headers)


def encoded(content: Any) -> str:
    """Return JSON as x402's headers carry it: base64 with the standard alphabet."""
    return base64.b64encode(json.dumps(content, ensure_ascii=False).encode()).decode()


def decoded(header: str) -> Any:
    """Return the JSON of an x402 header; raises ValueError."""
    padded = header.strip() + "=" * (-len(header.strip()) % 4)
    return json.loads(base64.b64decode(padded, validate=True))
