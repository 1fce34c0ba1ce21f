"""Small documents for the tests of the reader."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from coinslot_codegen.document import Api, read

ROOT = Path(__file__).parents[2]
TRANSCRIPTION = ROOT / "generated" / "stablestudio.openapi.json"
REWORDINGS = Path(__file__).parent / "rewordings"
OTHERS = ROOT.parent / "shared" / "spec"

PAID: dict[str, Any] = {"x-payment-info": {"pricingMode": "fixed", "price": "0.05"}}
ACCEPTED = {"type": "object", "properties": {"jobId": {"type": "string"}, "status": {"type": "string"}}}
STATE = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "status": {"type": "string"},
        "result": {},
        "error": {"type": "string"},
    },
    "required": ["id", "status"],
}


def answered(schema: Any) -> dict[str, Any]:
    return {"200": {"description": "OK", "content": {"application/json": {"schema": schema}}}}


def asked(**properties: Any) -> dict[str, Any]:
    """A JSON body with these members, all required."""
    schema = {"type": "object", "properties": properties, "required": sorted(properties)}
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def maker(prompt: str = "", **more: Any) -> dict[str, Any]:
    """A paid POST that starts a job."""
    body = asked(prompt={"type": "string", "description": prompt}, **more)
    return {"post": {**PAID, "requestBody": body, "responses": answered(ACCEPTED)}}


def jobs() -> dict[str, Any]:
    """The routes that tell the state of jobs."""
    page = {
        "type": "object",
        "properties": {"items": {"type": "array", "items": STATE}, "nextCursor": {"type": "string"}},
    }
    one = {"name": "jobId", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        "/api/jobs": {"get": {"responses": answered(page)}},
        "/api/jobs/{jobId}": {"get": {"parameters": [one], "responses": answered(STATE)}},
    }


def document(paths: dict[str, Any], guidance: str | None = None, **more: Any) -> dict[str, Any]:
    info = {"title": "Things", "version": "1"} | ({"x-guidance": guidance} if guidance is not None else {})
    return {
        "openapi": "3.1.0",
        "info": info,
        "servers": [{"url": "https://things.example"}],
        "paths": paths,
        **more,
    }


def read_paths(paths: dict[str, Any], guidance: str | None = None, **more: Any) -> Api:
    return read_document(document(paths, guidance, **more))


def read_document(made: dict[str, Any]) -> Api:
    return read(json.dumps(made).encode())


def transcription(guidance: str | None = None) -> dict[str, Any]:
    """The studio's document, with other guidance if it is given."""
    made: dict[str, Any] = json.loads(TRANSCRIPTION.read_bytes())
    if guidance is not None:
        made["info"]["x-guidance"] = guidance
    return made


def reordered(value: Any) -> Any:
    """The same data with the keys of every object the other way round."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(list(value))}
    return [reordered(one) for one in value] if isinstance(value, list) else copy.deepcopy(value)
