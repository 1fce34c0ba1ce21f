"""JSON Schemas of an OpenAPI document, made ready for a plain JSON Schema validator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

Schema: TypeAlias = Mapping[str, Any] | bool

_FORMATS = FormatChecker(formats=["date", "email", "uuid"])


@_FORMATS.checks("uri")
def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme) and bool(parts.netloc or parts.path)


@_FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    return not isinstance(value, str) or bool(datetime.fromisoformat(value))


class Dialect:
    """The schemas of one document; its local references resolve anywhere.

    OpenAPI 3.0 writes a nullable type and exclusive bounds in its own way; they are rewritten to
    what JSON Schema means by them.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._old = str(document.get("openapi", "")).startswith("3.0")
        self.document: Mapping[str, Any] = _modern(document) if self._old else document
        # A local reference of a schema is looked up from the schema's own root.
        self._roots = {key: value for key, value in self.document.items() if key not in {"info", "openapi"}}

    def read(self, schema: Schema) -> Schema:
        """Return the schema in JSON Schema's own words."""
        return _modern(schema) if self._old and not isinstance(schema, bool) else schema

    def validator(self, schema: Schema) -> Draft202012Validator:
        """Return a validator for one schema of the document."""
        plain = self.read(schema)
        if isinstance(plain, bool):
            return Draft202012Validator(plain)
        return Draft202012Validator({**self._roots, **plain}, format_checker=_FORMATS)

    def resolve(self, schema: Schema) -> Schema:
        """Follow a schema's `$ref`, as often as it has one; what is not found allows anything."""
        for _ in range(32):
            if isinstance(schema, bool) or not isinstance(reference := schema.get("$ref"), str):
                return schema
            schema = self._at(reference)
        return True

    def _at(self, reference: str) -> Schema:
        if not reference.startswith("#/"):
            return True
        found: Any = self.document
        for step in reference[2:].split("/"):
            key = step.replace("~1", "/").replace("~0", "~")
            if isinstance(found, Mapping) and key in found:
                found = found[key]
            elif isinstance(found, list) and key.isdigit() and int(key) < len(found):
                found = found[int(key)]
            else:
                return True
        return found if isinstance(found, Mapping | bool) else True


def _modern(node: Any) -> Any:
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    plain = {key: _modern(value) for key, value in node.items()}
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if plain.get(exclusive) is True and bound in plain:
            plain[exclusive] = plain.pop(bound)
        elif isinstance(plain.get(exclusive), bool):
            del plain[exclusive]
    if plain.get("nullable") is True:
        del plain["nullable"]
        if isinstance(plain.get("type"), str):
            plain["type"] = [plain["type"], "null"]
            if isinstance(plain.get("enum"), list) and None not in plain["enum"]:
                plain["enum"] = [*plain["enum"], None]
        else:
            plain = {"anyOf": [plain, {"type": "null"}]}
    return plain
