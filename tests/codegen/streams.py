"""A document whose answers are event streams, alone and beside JSON."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
STREAM = {"text/event-stream": {"schema": {"$ref": "#/components/schemas/Delta"}}}
ITEMS = {
    "text/event-stream": {
        "itemSchema": {
            "type": "object",
            "properties": {
                "event": {"const": "delta"},
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": {"$ref": "#/components/schemas/Delta"},
                },
            },
        }
    }
}
ENDED = {"type": "object", "required": ["ended"], "properties": {"ended": {"type": "boolean"}}}
KINDS = {
    "text/event-stream": {
        "itemSchema": {
            "oneOf": [
                {"type": "object", "properties": {"data": {"$ref": "#/components/schemas/Delta"}}},
                {"type": "object", "properties": {"data": ENDED}},
            ]
        }
    }
}
JSON = {
    "application/json": {
        "schema": {"type": "object", "required": ["text"], "properties": {"text": TEXT}},
    }
}
PAID = {"x-payment-info": {"pricingMode": "fixed", "price": "$0.01", "protocols": ["x402"]}}


def answers(content: dict[str, Any], *, paid: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {"200": {"description": "Said.", "content": content}}
    return {
        "responses": {**found, "402": {"description": "Pay"}} if paid else found,
        **(PAID if paid else {}),
    }


def asks(**members: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": ["prompt"], "properties": {"prompt": TEXT, **members}}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


STREAMS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Streams", "version": "1"},
    "servers": [{"url": "https://streams.example"}],
    "paths": {
        "/api/talk": {"post": {**asks(stream={"type": "boolean"}), **answers({**STREAM, **JSON}, paid=True)}},
        "/api/free/talk": {"post": {**asks(stream={"type": "boolean"}), **answers({**STREAM, **JSON})}},
        "/api/free/say": {
            "post": {
                **asks(stream={"const": True}),
                **answers({**STREAM, "text/plain": {"schema": TEXT}}),
            }
        },
        "/api/news/latest": {"get": answers(STREAM)},
        "/api/news/items": {"get": answers(ITEMS)},
        "/api/news/kinds": {"get": answers(KINDS)},
        "/api/news/text": {"get": answers({"text/event-stream": {"schema": TEXT}})},
        "/api/news/paid": {"get": answers(STREAM, paid=True)},
    },
    "components": {
        "schemas": {
            "Delta": {"type": "object", "required": ["delta"], "properties": {"delta": TEXT}},
            "Events": {"type": "object", "properties": {"a": TEXT}},
        }
    },
}
