"""JSON Schemas of an OpenAPI document, made ready for a plain JSON Schema validator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker

from coinslot_codegen.document import DocumentError, resolve
from coinslot_codegen.document.references import meant
from coinslot_sandbox.schema.plain import plain

Schema: TypeAlias = Mapping[str, Any] | bool

_INSIDE = "x-inside"
_NAMED_DEPTH = 3
"""Slashes of a reference to a schema that has a name, as `#/components/schemas/Thing`."""
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
    """The schemas of one document; its local references resolve anywhere."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._written = document
        self._inside: dict[str, str] = {}
        """Where schemas stand that are referred to inside of others, by the references that lead there."""
        self._schemas: dict[str, Schema] = {}
        """Those schemas, by their places: where words were made plain, the written way inside is no more."""
        self.document: Mapping[str, Any] = {**plain(document, self._leads), _INSIDE: self._schemas}
        self._fill()
        # A local reference of a schema is looked up from the schema's own root.
        self._roots = {key: value for key, value in self.document.items() if key not in {"info", "openapi"}}

    def read(self, schema: Schema) -> Schema:
        """Return the schema in JSON Schema's own words."""
        made: Schema = plain(schema, self._leads)
        self._fill()
        return made

    def validator(self, schema: Schema) -> Draft202012Validator:
        """Return a validator for one schema of the document."""
        return self.judge(self.read(schema))

    def judge(self, schema: Schema) -> Draft202012Validator:
        """Return a validator for a schema that was read already."""
        if isinstance(schema, bool):
            return Draft202012Validator(schema)
        return Draft202012Validator({**self._roots, **schema}, format_checker=_FORMATS)

    def resolve(self, schema: Any) -> Schema:
        """Follow a schema's `$ref`, as often as it has one; what is not found allows anything."""
        if not isinstance(schema, Mapping):
            return schema if isinstance(schema, bool) else True
        if not isinstance(reference := schema.get("$ref"), str):
            return schema
        try:
            found = resolve(self.document, reference)
        except DocumentError:
            return True
        if not isinstance(found, Mapping):
            return found if isinstance(found, bool) else True
        beside = {word: said for word, said in schema.items() if word not in ("$ref", "description")}
        if "properties" in beside:
            beside["properties"] = {**found.get("properties", {}), **beside["properties"]}
        return {**found, **beside} if beside else found

    def member(self, schema: Any, name: str) -> Schema:
        """Return the schema of a member, which may stand in others, as in `data.id`."""
        found = self.resolve(schema)
        properties = found.get("properties", {}) if isinstance(found, Mapping) else {}
        first, _, rest = name.partition(".")
        if name in properties or not rest:
            return self.resolve(properties.get(name, True))
        return self.member(properties.get(first, True), rest)

    def _fill(self) -> None:
        while waiting := [one for one in self._inside.items() if one[1] not in self._schemas]:
            for reference, place in waiting:
                self._schemas[place] = plain(resolve(self._written, reference), self._leads)

    def _leads(self, reference: str) -> str | None:
        try:
            leads = isinstance(resolve(self._written, reference), Mapping | bool)
        except DocumentError:
            return None
        if not leads:
            return None
        target = meant(self._written, reference)
        if target.count("/") <= _NAMED_DEPTH:
            return target
        place = self._inside.setdefault(target, str(len(self._inside)))
        return f"#/{_INSIDE}/{place}"
