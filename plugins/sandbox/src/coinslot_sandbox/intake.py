"""Reading a request and holding it against the document, before any talk of money."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from coinslot_codegen.document.model import BodySpec, ParameterSpec, RouteSpec
from coinslot_sandbox.reply import refusal, reply
from coinslot_sandbox.schema.dialect import Dialect


class Refused(Exception):
    """The request ends here, with this answer."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a request asks for, in the document's terms."""

    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any

    @property
    def members(self) -> dict[str, Any]:
        """All named values together, the body's last."""
        body = self.body if isinstance(self.body, Mapping) else {}
        return {**self.path, **self.query, **body}


async def read_body(request: Request, limit: int) -> bytes:
    """Return the body; raises `Refused` with 413 when it is larger than `limit` bytes."""
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > limit:
        raise Refused(refusal(413, "payload_too_large", f"the body is larger than {limit} bytes"))
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise Refused(refusal(413, "payload_too_large", f"the body is larger than {limit} bytes"))
    except ClientDisconnect as gone:
        raise Refused(refusal(400, "incomplete", "the body ended early")) from gone
    return bytes(body)


class Intake:
    """Checks the requests of one route."""

    def __init__(self, route: RouteSpec, dialect: Dialect) -> None:
        self._route = route
        json_bodies = [body for body in route.bodies if is_json(body.media_type)]
        self._body: BodySpec | None = json_bodies[0] if json_bodies else None
        self._other = {body.media_type.lower() for body in route.bodies} if not json_bodies else set()
        self._body_schema = dialect.validator(self._body.schema) if self._body else None
        self._parameters = [
            (parameter, dialect.validator(parameter.schema), _kind(dialect, parameter))
            for parameter in route.parameters
        ]

    def read(self, request: Request, path: Mapping[str, str], raw: bytes) -> Inputs:
        """Return the checked request; raises `Refused` with 400 (415 for a foreign media type)."""
        problems: list[dict[str, str]] = []
        query: dict[str, Any] = dict(request.query_params)
        for parameter, validator, kind in self._parameters:
            value = _value(request, path, parameter)
            if value is None:
                if parameter.required:
                    problems.append(
                        {"path": parameter.name, "message": f"{parameter.location} parameter is required"}
                    )
                continue
            typed = _typed(value, kind)
            problems += _problems(validator, typed, parameter.name)
            if parameter.location == "query":
                query[parameter.name] = typed
        body = self._read_body(request, raw, problems)
        if problems:
            message = "; ".join(f"{problem['path']}: {problem['message']}" for problem in problems)[:500]
            raise Refused(reply(400, {"error": "invalid_request", "message": message, "issues": problems}))
        return Inputs(path, query, body)

    def _read_body(self, request: Request, raw: bytes, problems: list[dict[str, str]]) -> Any:
        if self._body is None or self._body_schema is None:
            if self._other and not raw and self._route.bodies[0].required:
                problems.append({"path": "body", "message": "a body is required"})
            return None
        if not raw and not self._body.required:
            return None
        media_type = request.headers.get("content-type", "application/json")
        if raw and not is_json(media_type):
            raise Refused(refusal(415, "unsupported_media_type", f"send {self._body.media_type}"))
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            problems.append({"path": "body", "message": "not JSON"})
            return None
        problems += _problems(self._body_schema, body, "")
        return body


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, `application/problem+json` included."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain == "application/json" or plain.endswith("+json")


def _problems(validator: Draft202012Validator, value: Any, name: str) -> Iterator[dict[str, str]]:
    errors: list[ValidationError] = list(validator.iter_errors(value))[:20]
    for error in errors:
        path = ".".join(str(step) for step in error.absolute_path)
        yield {"path": path or name or "body", "message": error.message[:200]}


def _value(request: Request, path: Mapping[str, str], parameter: ParameterSpec) -> Any:
    match parameter.location:
        case "path":
            return path.get(parameter.name)
        case "query":
            values = request.query_params.getlist(parameter.name)
            return values[0] if len(values) == 1 else (values or None)
        case "header":
            return request.headers.get(parameter.name)
        case "cookie":
            return request.cookies.get(parameter.name)


def _kind(dialect: Dialect, parameter: ParameterSpec) -> str:
    schema = dialect.resolve(dialect.read(parameter.schema))
    kind = schema.get("type", "string") if isinstance(schema, Mapping) else "string"
    if isinstance(kind, list):
        kind = next((word for word in kind if word != "null"), "string")
    return str(kind)


def _typed(value: Any, kind: str) -> Any:
    """Return a parameter's text as the type that its schema names, or as it is where it is not that."""
    if kind == "array":
        return value if isinstance(value, list) else str(value).split(",")
    if not isinstance(value, str):
        return value
    if kind == "boolean":
        return {"true": True, "false": False}.get(value, value)
    if kind in {"integer", "number"}:
        try:
            return int(value) if kind == "integer" else float(value)
        except ValueError:
            return value
    return value
