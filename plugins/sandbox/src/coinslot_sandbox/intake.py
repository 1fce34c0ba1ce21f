"""Reading a request and holding it against the document, before any talk of money."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from coinslot_codegen.document.model import RouteSpec
from coinslot_sandbox.forms import is_form, read_form
from coinslot_sandbox.parameters import Reader, kinds, refused
from coinslot_sandbox.reply import refusal, reply
from coinslot_sandbox.schema.dialect import Dialect, Schema
from coinslot_sandbox.schema.impossible import impossible, rule

_NOT_PARAMETERS = frozenset({"accept", "authorization", "content-type"})
"""Headers that a document may list as parameters without making them any."""


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
        self._dialect = dialect
        self._bodies = {_kind(body.media_type): body for body in route.bodies}
        self._schemas = {kind: self._schema(kind, body.schema) for kind, body in self._bodies.items()}
        self._needed = any(body.required for body in route.bodies)
        places = {text: name for name, text in parse_qsl(route.path.partition("?")[2])}
        names = [parameter.name for parameter in route.parameters]
        self._parameters = [
            (
                Reader(parameter, dialect, places.get(f"{{{parameter.name}}}", ""), names),
                dialect.validator(parameter.schema),
            )
            for parameter in route.parameters
            if parameter.location != "header" or parameter.name.lower() not in _NOT_PARAMETERS
        ]

    def read(self, request: Request, path: Mapping[str, str], raw: bytes) -> Inputs:
        """Return the checked request; raises `Refused` with 400 (415 for a foreign media type)."""
        problems: list[dict[str, str]] = []
        query: dict[str, Any] = dict(request.query_params)
        for reader, validator in self._parameters:
            parameter, value = reader.spec, reader.read(request, path)
            if value is None:
                if parameter.required and "null" not in _texts(request, parameter.name):
                    problems.append(
                        {"path": parameter.name, "message": f"{parameter.location} parameter is required"}
                    )
                continue
            problems += _told(_errors(validator, value), parameter.name)
            if parameter.location == "query":
                query[parameter.name] = value
        body = self._read_body(request, raw, problems)
        if problems:
            message = "; ".join(f"{problem['path']}: {problem['message']}" for problem in problems)[:500]
            raise Refused(reply(400, {"error": "invalid_request", "message": message, "issues": problems}))
        return Inputs(path, query, body)

    def _schema(self, kind: str, schema: Schema) -> Schema:
        read = self._dialect.read(schema)
        # A form is made of named members; where its schema speaks of a list or a text, they may be any.
        speaks_of = set(kinds(self._dialect, read)) if is_form(kind) else set()
        return True if speaks_of and "object" not in speaks_of else read

    def _read_body(self, request: Request, raw: bytes, problems: list[dict[str, str]]) -> Any:
        if not self._bodies:
            return None
        media_type = request.headers.get("content-type", "")
        if not raw and (not self._needed or not media_type):
            if self._needed and not self._is_empty_form(media_type):
                problems.append({"path": "body", "message": "a body is required"})
            return None
        kind = self._fitting(media_type or "application/json")
        schema = self._schemas[kind]
        if is_form(kind):
            return self._checked(schema, lambda: read_form(raw, media_type, schema, self._dialect), problems)
        if not is_json(kind) and not (kind == "*/*" and is_json(media_type)):
            return None
        return self._checked(schema, lambda: json.loads(raw, parse_constant=refused), problems)

    def _is_empty_form(self, media_type: str) -> bool:
        return is_form(media_type) and _kind(media_type) in self._bodies

    def _fitting(self, media_type: str) -> str:
        """Return the declared media type that this one is; raises `Refused`."""
        kind = _kind(media_type)
        if is_json(kind):
            # Whatever kind of JSON the document names, plain JSON says the same.
            known = next((one for one in self._bodies if is_json(one)), None)
            if known is not None:
                return kind if kind in self._bodies else known
        for declared in self._bodies:
            if declared in {kind, "*/*"} or (declared.endswith("/*") and kind.startswith(declared[:-1])):
                return declared
        raise Refused(refusal(415, "unsupported_media_type", f"send {' or '.join(self._bodies)}"))

    def _checked(self, schema: Schema, read: Callable[[], Any], problems: list[dict[str, str]]) -> Any:
        try:
            body = read()
        except (ValueError, RecursionError):
            problems.append({"path": "body", "message": "not what its media type says"})
            return None
        errors = _errors(self._dialect.judge(schema), body)
        if errors:
            free = impossible(self._dialect, schema)
            problems += _told([error for error in errors if rule(error) not in free], "")
        return body


def _kind(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def _texts(request: Request, name: str) -> list[str]:
    return request.query_params.getlist(name)


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON, `application/problem+json` included."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain == "application/json" or plain.endswith("+json")


def _errors(validator: Draft202012Validator, value: Any) -> list[ValidationError]:
    try:
        return list(islice(validator.iter_errors(value), 20))
    except RecursionError:
        # A schema that is a part of itself refuses nothing.
        return []


def _told(errors: list[ValidationError], name: str) -> Iterator[dict[str, str]]:
    for error in errors:
        path = ".".join(str(step) for step in error.absolute_path)
        yield {"path": path or name or "body", "message": error.message[:200]}
