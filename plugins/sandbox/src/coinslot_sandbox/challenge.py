"""The 402 itself: what is asked for a request, in both versions of x402."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response

from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_sandbox.reply import encoded, reply


def resource(api: Api, route: RouteSpec, url: str) -> dict[str, Any]:
    """Return x402's `resource`, with the members that Merit's servers add."""
    described = {
        "url": url,
        "method": route.method,
        "description": " ".join(part for part in (route.summary, route.description) if part) or route.title,
        "mimeType": "application/json",
    }
    tags = [tag[:32] for tag in route.tags[:5]]
    return (
        described | ({"tags": tags} if tags else {}) | ({"serviceName": api.title[:32]} if api.title else {})
    )


def challenge_v2(
    described: Mapping[str, Any],
    offers: Sequence[Mapping[str, Any]],
    error: str | None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the v2 answer: everything in the header, `{}` in the body."""
    required: dict[str, Any] = {"x402Version": 2}
    if error is not None:
        required["error"] = error
    required |= {"resource": described, "accepts": list(offers)}
    return reply(
        402, {}, {"PAYMENT-REQUIRED": encoded(required), "Cache-Control": "no-store", **(headers or {})}
    )


def challenge_v1(
    offers: Sequence[Mapping[str, Any]],
    error: str | None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the v1 answer: everything in the body."""
    required = {"x402Version": 1, "error": error or "X-PAYMENT header is required", "accepts": list(offers)}
    return reply(402, required, {"Cache-Control": "no-store", **(headers or {})})
