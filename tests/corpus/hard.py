"""Documents that go wrong in the ways that documents do: each small, each written here."""

from __future__ import annotations

from typing import Any

from tests.codegen.generating import PAID, Json, document, operation
from tests.corpus.odds import FILE, TEXT, giving, parameter, sending
from tests.corpus.shapes import NAMES, PLAIN, SCHEMAS, UNSENDABLE


def _shapes(shapes: dict[str, Json]) -> Json:
    """Every shape as a body that is sent, as an answer, and inside of others."""
    paths: Json = {}
    for number, schema in enumerate(shapes.values()):
        paths[f"/shape/s{number}/body"] = {"post": operation(body=schema, answer=schema)}
        held = {"type": "object", "properties": {"held": schema, "many": {"type": "array", "items": schema}}}
        paths[f"/shape/s{number}/held"] = {"post": operation(body=held, answer=held)}
    return document(paths, schemas=SCHEMAS, title="Shapes")


def _parameters() -> Json:
    odd: list[Any] = [
        {"name": "bare", "in": "query"},
        {"in": "query"},
        {"name": "x", "in": "body"},
        "nonsense",
    ]
    every = [parameter(name, "query", TEXT) for name in NAMES if name]
    both = [parameter("id", place, TEXT) for place in ("query", "header", "cookie", "path")]
    listed = {"type": "array", "items": {"type": "integer"}}
    mapped = {"type": "object", "additionalProperties": TEXT}
    nested = {
        "type": "object",
        "properties": {"of": {"type": "object", "properties": {"a": TEXT, "b": TEXT}}, "to": TEXT},
    }
    body = {
        "type": "object",
        "properties": {"id": TEXT, "limit": TEXT, "max_price": TEXT},
        "required": ["id"],
    }
    return document(
        {
            "/every": {"get": operation(parameters=every)},
            "/ids/{id}/of": {"post": operation(parameters=both, body=body, **PAID)},
            "/undeclared/{one}/{two}": {"get": operation()},
            "/colons/:one/:two": {"get": operation()},
            "/mixed/{one}.{format}": {"get": operation()},
            "/range/{from}-{to}": {"get": operation()},
            "/twice/{id}/{id}": {"get": operation(parameters=[parameter("id", "path", {"type": "integer"})])},
            "/odd/{some name}/{x.y}/{1}": {"get": operation()},
            "/action/{id}:start": {"post": operation()},
            "/query?fixed=1": {"get": operation()},
            "/query?named={name}&of={of}": {
                "get": operation(parameters=[parameter("name", "path", TEXT), parameter("of", "path", TEXT)])
            },
            "/open/{brace": {"get": operation()},
            "/empty/{}": {"get": operation()},
            "/brackets/[id]/(group)/<x>": {"get": operation()},
            "/Case": {"get": operation()},
            "/case": {"get": operation()},
            "/case/": {"get": operation()},
            "/": {"get": operation(), "head": operation(), "options": operation(), "trace": operation()},
            "no-slash": {"get": operation()},
            "/styles": {
                "get": operation(
                    parameters=[
                        parameter("comma", "query", listed, explode=False),
                        parameter("space", "query", listed, style="spaceDelimited"),
                        parameter("pipe", "query", listed, style="pipeDelimited"),
                        parameter("spread", "query", listed),
                        parameter(
                            "deep", "query", {"type": "object", "properties": {"a": TEXT}}, style="deepObject"
                        ),
                        {
                            "name": "json",
                            "in": "query",
                            "content": {"application/json": {"schema": {"type": "object"}}},
                        },
                        parameter("X-List", "header", listed),
                        parameter("comma-map", "query", mapped, explode=False),
                        parameter("space-map", "query", mapped, style="spaceDelimited"),
                        parameter("pipe-map", "query", mapped, style="pipeDelimited"),
                        parameter("nested", "query", nested, explode=False),
                        parameter("many", "cookie", listed),
                        parameter("maybe", "query", {"type": ["integer", "null"]}),
                        *odd,
                        {"$ref": "#/components/parameters/Shared"},
                    ]
                )
            },
            "/" + "long-" * 60 + "end": {"get": operation(operationId="x" * 400)},
            "/日本/{名}": {"get": operation()},
        },
        title="Parameters",
    ) | {"components": {"parameters": {"Shared": parameter("shared", "query", TEXT)}}}


def _messages() -> Json:
    nothing: Any = None
    made = operation(operationId="same")
    event = giving("text/event-stream")
    several = operation()
    several["requestBody"] = {
        "content": {
            "text/plain": {"schema": TEXT},
            "multipart/form-data": {"schema": {"type": "object", "properties": {"f": FILE}}},
            "application/json; charset=utf-8": {"schema": {"type": "object", "properties": {"a": TEXT}}},
        }
    }
    statuses = {
        "default": {
            "responses": {"default": {"description": "", "content": {"application/json": {"schema": TEXT}}}}
        },
        "range": {
            "responses": {"2XX": {"description": "", "content": {"application/json": {"schema": TEXT}}}}
        },
        "number": {"responses": {201: {"description": ""}, "204": {"description": ""}}},
        "empty": {"responses": {}},
        "none": {},
        "null": {"responses": None, "parameters": None, "requestBody": None, "tags": None, "security": None},
        "only-errors": {"responses": {"404": {"description": "No"}}},
        "redirect": {"responses": {"302": {"description": "There"}}},
        "no-schema": {"responses": {"200": {"description": "", "content": {"application/json": {}}}}},
        "star": giving("*/*"),
        "image-star": giving("image/*"),
        "zip": giving("application/zip"),
        "csv": giving("text/csv"),
        "ndjson": giving("application/x-ndjson"),
        "hal": giving("application/hal+json"),
        "events": event,
        "nameless": giving(" "),
    }
    return document(
        {
            **{f"/status/{name}": {"get": one} for name, one in statuses.items()},
            "/ids/a": {"get": made, "put": made},
            "/ids/b": {"get": {**made, "operationId": "dotted.id"}, "post": {**made, "operationId": ""}},
            "/ids/c": {
                "get": {**made, "operationId": 5},
                "delete": {**made, "summary": None, "deprecated": True},
            },
            "/send/several": {"post": several},
            "/send/get": {"get": sending("application/json", {"type": "object", "properties": {"a": TEXT}})},
            "/send/list": {"post": sending("application/json", {"type": "array", "items": TEXT}, **PAID)},
            "/send/text": {"post": sending("application/json", TEXT)},
            "/send/star": {"post": sending("*/*", {"type": "object", "properties": {"a": TEXT}})},
            "/send/image": {"post": sending("image/png", FILE)},
            "/send/no-schema": {
                "post": {**operation(), "requestBody": {"content": {"application/json": {}}}}
            },
            "/send/form/list": {"post": sending("multipart/form-data", {"type": "array", "items": TEXT})},
            "/send/form/text": {"post": sending("application/x-www-form-urlencoded", TEXT)},
            "/send/nameless": {"post": sending("", {"type": "object", "properties": {"a": TEXT}})},
            "/send/empty": {"post": {**operation(), "requestBody": {"content": {}}}},
            "/send/shared": {
                "post": {**operation(), "requestBody": {"$ref": "#/components/requestBodies/Shared"}}
            },
            "/read/shared": {"get": {"responses": {"200": {"$ref": "#/components/responses/Shared"}}}},
            "/item/shared": {"$ref": "#/components/pathItems/Shared"},
            "/item/null": nothing,
            "/item/extended": {"x-note": 1, "summary": "An item", "get": operation(), "servers": []},
            "x-paths": {"get": operation()},
        },
        schemas=SCHEMAS,
        title="Messages",
    ) | {
        "webhooks": {"made": {"post": operation(body={"$ref": "#/components/schemas/Nobody"})}},
        "components": {
            "schemas": SCHEMAS,
            "requestBodies": {
                "Shared": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
                }
            },
            "responses": {
                "Shared": {
                    "description": "",
                    "headers": {"X": {"$ref": "#/components/headers/X"}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}},
                }
            },
            "headers": {"X": {"schema": TEXT}},
            "pathItems": {"Shared": {"get": operation(), "parameters": [parameter("q", "query", TEXT)]}},
        },
    }


PRICES: dict[str, Any] = {
    "fixed": {"price": {"mode": "fixed", "currency": "USD", "amount": "0.13"}, "protocols": [{"x402": {}}]},
    "fixed-number": {"price": {"mode": "fixed", "amount": 0.13}, "protocols": ["x402"]},
    "dynamic": {"price": {"mode": "dynamic", "min": "0.01", "max": "0.02"}},
    "dynamic-unknown": {"price": {"mode": "dynamic", "min": "0", "max": "0"}},
    "dynamic-bare": {"price": {"mode": "dynamic"}},
    "legacy": {"pricingMode": "fixed", "price": "0.05", "protocols": ["x402", "mpp"]},
    "legacy-range": {"pricingMode": "range", "minPrice": "0.05", "maxPrice": "0.10"},
    "legacy-quote": {"pricingMode": "quote"},
    "legacy-dollar": {"price": "$0.05"},
    "offers": {"offers": [{"intent": "charge", "method": "tempo", "amount": "1000", "currency": "0x20c0"}]},
    "offers-dynamic": {"offers": [{"intent": "charge", "method": "tempo", "amount": None}]},
    "flat": {"intent": "charge", "method": "tempo", "amount": "1000"},
    "euros": {"price": {"mode": "fixed", "currency": "EUR", "amount": "1"}},
    "words": {"price": "a bit"},
    "negative": {"price": "-1"},
    "zero": {"price": "0"},
    "nan": {"price": "NaN"},
    "huge": {"price": "1e999"},
    "empty": {},
    "text": "0.05",
    "list": [{"price": "0.05"}],
    "null": None,
    "true": True,
    "protocols-map": {"price": "0.05", "protocols": {"x402": {}, "mpp": {"method": "tempo"}}},
    "protocols-text": {"price": "0.05", "protocols": "x402"},
}


def _prices() -> Json:
    return document(
        {f"/priced/{name}": {"post": operation(**{"x-payment-info": info})} for name, info in PRICES.items()},
        title="Prices",
    )


HARD: dict[str, Json] = {
    "shapes": _shapes(PLAIN),
    "shapes-30": {**_shapes(PLAIN), "openapi": "3.0.3"},
    "parameters": _parameters(),
    "messages": _messages(),
    "prices": _prices(),
    "one": document({"/": {"get": {}}}),
    "no-info": {"openapi": "3.0.0", "paths": {"/a": {"get": {"responses": {}}}}},
    "relative-server": document({"/a": {"get": operation()}}) | {"servers": [{"url": "/api/v2/"}]},
    "templated-server": document({"/a": {"get": operation()}})
    | {
        "servers": [
            {
                "url": "https://{region}.example.com/{base}",
                "variables": {"region": {"default": "eu"}, "base": {"default": "v1"}},
            }
        ]
    },
    "undeclared-template": document({"/a": {"get": operation()}})
    | {"servers": [{"url": "https://{region}.example.com"}]},
    "several-servers": document({"/a": {"get": operation()}})
    | {"servers": [{"url": "https://a.example"}, {"url": "https://b.example"}]},
    "no-servers": {
        key: value for key, value in document({"/a": {"get": operation()}}).items() if key != "servers"
    },
    "bad-servers": document({"/a": {"get": operation()}}) | {"servers": "https://a.example"},
    "odd-title": document({"/a": {"get": operation()}}, title="🙂"),
    "long-title": document({"/a": {"get": operation()}}, title="Very " * 100),
    "reserved-title": document({"/a": {"get": operation()}}, title="Client"),
}
UNCALLED: Json = _shapes(UNSENDABLE)
"""Comes out, and nobody can call it."""
