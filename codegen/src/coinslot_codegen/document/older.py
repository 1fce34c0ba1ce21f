"""Bodies as version 2 of OpenAPI wrote them, among the parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coinslot_codegen.document.model import Finding, Report
from coinslot_codegen.document.references import followed

_FORM: Final = "application/x-www-form-urlencoded"
_PARTS: Final = "multipart/form-data"
_LOCATIONS: Final = {"body": "body", "formdata": "form", "form": "form"}
_NOT_SCHEMA: Final = frozenset(
    {"name", "in", "required", "style", "explode", "collectionFormat", "allowEmptyValue"}
)


def body_place(written: object) -> str | None:
    """Say whether a parameter is a `body` or a field of a `form`; None: it is a parameter of today."""
    location = written.get("in") if isinstance(written, Mapping) else None
    return _LOCATIONS.get(location.lower()) if isinstance(location, str) else None


def body_of_parameters(
    document: Mapping[str, Any], listed: object, at: str, report: Report
) -> Mapping[str, Any] | None:
    """Return the request body that a list of parameters describes, in today's words; None: it has none."""
    fields: dict[str, Any] = {}
    required: list[str] = []
    for index, item in enumerate(listed if isinstance(listed, list) else ()):
        here = f"{at}/{index}"
        written = followed(document, item, here)
        place = body_place(written)
        if place == "body":
            report(Finding("flaw", here, "a parameter in the body is read as the request body, in JSON"))
            content = {"application/json": {"schema": written.get("schema", {})}}
            return {**_said(written), "required": written.get("required") is True, "content": content}
        if place == "form" and isinstance(written.get("name"), str):
            report(Finding("flaw", here, "a parameter in a form is read as a field of the request body"))
            fields[written["name"]] = _field(written)
            required += [written["name"]] if written.get("required") is True else []
    if not fields:
        return None
    schema = {"type": "object", "properties": fields, "required": required}
    is_parts = any(isinstance(one, Mapping) and one.get("type") == "file" for one in fields.values())
    return {"required": bool(required), "content": {_PARTS if is_parts else _FORM: {"schema": schema}}}


def _field(written: Mapping[str, Any]) -> Any:
    if "schema" in written:
        schema = written["schema"]
        return {**_said(written), **schema} if isinstance(schema, Mapping) else schema
    return {word: said for word, said in written.items() if word not in _NOT_SCHEMA}


def _said(written: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": written["description"]} if "description" in written else {}
