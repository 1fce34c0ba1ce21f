"""What was understood, as JSON for tools."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from coinslot_codegen.document.model import Api, MediaSpec, RouteSpec


def as_data(api: Api) -> dict[str, Any]:
    """Everything but the schemas, which stand in the document."""
    return {
        "title": api.title,
        "version": api.version,
        "openapi": api.openapi,
        "origin": api.origin,
        "routes": [_route(route) for route in api.routes],
        "schemes": [asdict(one) for one in api.schemes],
        "upload": asdict(api.upload) if api.upload else None,
        "offers": [asdict(one) for one in api.offers],
        "recommendations": [asdict(one) for one in api.recommendations],
        "findings": [asdict(finding) for finding in api.findings],
    }


def _route(route: RouteSpec) -> dict[str, Any]:
    payment = route.payment
    return {
        "call": f"{route.group}.{route.name}",
        "method": route.method,
        "path": route.path,
        "pointer": route.pointer,
        "operation_id": route.operation_id,
        "title": route.title,
        "access": route.access,
        "security": list(route.security),
        "shown": [list(one) for one in route.shown],
        "price": asdict(route.price) if route.price else None,
        "stated": {"low": payment.low, "high": payment.high, "protocols": list(payment.protocols)}
        if payment
        else None,
        "time": asdict(route.time) if route.time else None,
        "poll": {"seconds": route.poll_seconds, "provenance": route.poll_provenance} if route.job else None,
        "job": asdict(route.job) if route.job else None,
        "result": asdict(route.result) if route.result else None,
        "result_lifetime_seconds": route.result_lifetime_seconds,
        "parameters": [f"{one.location}:{one.name}" for one in route.parameters],
        "media": [_media(one) for one in route.media],
        "bodies": [body.media_type for body in route.bodies],
        "answers": [f"{answer.status} {answer.media_type or ''}".strip() for answer in route.answers],
        "notes": list(route.notes),
    }


def _media(media: MediaSpec) -> dict[str, Any]:
    return {
        "member": ".".join(media.path),
        "many": media.many,
        "kinds": list(media.kinds),
        "provenance": media.provenance,
    }
