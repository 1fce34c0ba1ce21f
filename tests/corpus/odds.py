"""One document with all that other people's documents are known to hold."""

from __future__ import annotations

from typing import Any

from tests.codegen.generating import PAID, Json, document, operation

TEXT: Json = {"type": "string"}
FILE: Json = {"type": "string", "format": "binary"}


def sending(media_type: str, schema: Json, **more: Any) -> Json:
    """Make an operation with a body of one media type."""
    made = operation(answer={"type": "object", "properties": {"ok": {"type": "boolean"}}}, **more)
    return {**made, "requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def giving(media_type: str, **more: Any) -> Json:
    """Make an operation whose answer is of one media type."""
    made = operation(**more)
    made["responses"]["200"]["content"] = {media_type: {"schema": TEXT}}
    return made


def parameter(name: str, location: str, schema: Json, **more: Any) -> Json:
    """Make a parameter."""
    return {"name": name, "in": location, "required": location == "path", "schema": schema, **more}


PARTS: Json = {
    "type": "object",
    "properties": {"imageFile": FILE, "more": {"type": "array", "items": FILE}, "note": TEXT},
    "required": ["imageFile"],
}
FORM: Json = {
    "type": "object",
    "properties": {"to": TEXT, "lines": {"type": "array", "items": TEXT}},
    "required": ["to"],
}
POINT: Json = {"type": "object", "properties": {"x": {"type": "number"}, "y": {"type": "number"}}}
SCHEMAS: Json = {
    "Node": {
        "type": "object",
        "properties": {
            "next": {"$ref": "#/components/schemas/Node"},
            "kids": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        },
    },
    "Cat": {
        "type": "object",
        "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
        "required": ["kind"],
    },
    "Dog": {
        "type": "object",
        "properties": {"kind": {"const": "dog"}, "good": {"type": "boolean"}},
        "required": ["kind"],
    },
    "Pet": {
        "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "kind"},
    },
    "Odd": {
        "type": "object",
        "properties": {
            "pair": {"type": "array", "prefixItems": [TEXT, {"type": "integer"}], "items": False},
            "named": {
                "type": "object",
                "propertyNames": {"pattern": "^[a-z]+$"},
                "additionalProperties": {"type": "integer"},
            },
            "loose": {"type": "array"},
            "anything": {},
            "maybe": {"anyOf": [TEXT, {"type": "null"}]},
            "older": {"type": "string", "nullable": True},
            "several": {"type": ["string", "integer", "null"]},
            "class": TEXT,
            "2nd-value": {"const": 2},
            "both": {"allOf": [POINT, {"type": "object", "properties": {"z": {"type": "number"}}}]},
        },
    },
}

DOCUMENT = document(
    {
        "/api/send/form": {"post": sending("application/x-www-form-urlencoded", FORM, operationId="same")},
        "/api/send/parts": {"post": sending("multipart/form-data", PARTS, operationId="same", **PAID)},
        "/api/send/anything": {"post": sending("multipart/form-data", {"type": "object"})},
        "/api/send/bytes": {"post": sending("application/octet-stream", FILE)},
        "/api/send/text": {"post": sending("text/plain", TEXT)},
        "/api/send/xml": {"put": sending("application/xml", POINT, operationId="dotted.id.here")},
        "/api/send/odd": {"post": sending("application/json", {"$ref": "#/components/schemas/Odd"})},
        "/api/send/tree": {"post": sending("application/json", {"$ref": "#/components/schemas/Node"})},
        "/api/send/pet": {"post": sending("application/json", {"$ref": "#/components/schemas/Pet"}, **PAID)},
        "/api/read/text": {"get": giving("text/plain")},
        "/api/read/page": {"get": giving("text/html; charset=utf-8")},
        "/api/read/xml": {"get": giving("application/xml")},
        "/api/read/image": {"get": giving("image/png", **PAID)},
        "/api/read/sound": {"get": giving("audio/mpeg")},
        "/api/read/film": {"get": giving("video/mp4")},
        "/api/read/events": {"get": giving("text/event-stream")},
        "/api/read/nothing": {"delete": {"responses": {"204": {"description": "Gone"}}}},
        "/api/things/:thingId/parts/{part}": {
            "get": operation(parameters=[parameter("part", "path", {"type": "integer"})])
        },
        "/api/search": {
            "get": operation(
                parameters=[
                    parameter("tags", "query", {"type": "array", "items": TEXT}, explode=False),
                    parameter("near", "query", {"allOf": [POINT]}, style="deepObject"),
                    parameter("plain", "query", POINT),
                    parameter("X-Trace", "header", TEXT),
                    parameter("session", "cookie", TEXT),
                ]
            )
        },
    },
    schemas=SCHEMAS,
    title="Odds",
)
