"""A schema as it is compared: references followed, parts drawn together, spellings made equal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.schemas.merge import merged, structural

_OF_OBJECTS = ("properties", "additionalProperties", "propertyNames", "required")


@dataclass(frozen=True, slots=True)
class View:
    """What one schema says of a value."""

    words: Mapping[str, Any]
    """Its remaining words: bounds, members, items."""
    kinds: frozenset[str] | None
    """JSON types, `null` apart; None: any."""
    null: bool
    choices: tuple[Any, ...] | None
    """The only values that there are; None: not enumerated."""
    options: tuple[Any, ...]
    """Schemas of which one holds; empty: no choice of schemas."""

    @property
    def properties(self) -> Mapping[str, Any]:
        """Members by wire name."""
        found = self.words.get("properties")
        return found if isinstance(found, Mapping) else {}

    @property
    def required(self) -> frozenset[str]:
        """Wire names of the members that have to be there."""
        listed = self.words.get("required")
        return frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()


def view(document: Mapping[str, Any], schema: Any) -> View:
    """Return what `schema` says. Raises DocumentError for one that no value can meet."""
    words = merged(document, {} if schema in (None, True) else schema, "#")
    null = words.pop("nullable", False) is True
    for word in ("oneOf", "anyOf"):
        listed = words.get(word)
        if not isinstance(listed, list) or not listed:
            continue
        rest = {name: value for name, value in words.items() if name not in (word, "discriminator")}
        options = [one for one in listed if not _is_null(one)]
        null = null or len(options) < len(listed)
        constants = [_constants(document, one) for one in options]
        if options and all(found is not None for found in constants):
            values = [value for found in constants for value in found or ()]
            return _plain({**rest, "enum": values}, null=null)
        if len(options) == 1:
            inner = view(document, {"allOf": [rest, options[0]]} if structural(rest) else options[0])
            said: dict[str, Any] = {name: rest[name] for name in ("default", "description") if name in rest}
            return View(
                {**inner.words, **said}, inner.kinds, null or inner.null, inner.choices, inner.options
            )
        shared = [{"allOf": [rest, one]} if structural(rest) else one for one in options]
        return View(rest, None, null, None, tuple(shared))
    return _plain(words, null=null)


def name_of(schema: Any) -> str | None:
    """Return what the document calls an option, if it calls it anything."""
    if not isinstance(schema, Mapping):
        return None
    if isinstance(schema.get("$ref"), str):
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    return schema["title"] if isinstance(schema.get("title"), str) else None


def canonical(document: Mapping[str, Any], schema: Any, depth: int = 6, *, through: bool = False) -> str:
    """Return a text that is equal for schemas of equal meaning, prose apart, as deep as `depth`.

    Schemas that it refers to inside stand in it by their names; `through` them it goes as deep as three.
    """
    depth = min(depth, 3) if through else depth
    return json.dumps(_structure(document, schema, depth, through=through), sort_keys=True, default=str)


def _structure(document: Mapping[str, Any], schema: Any, depth: int, *, through: bool) -> Any:
    try:
        seen = view(document, schema)
    except DocumentError:
        return "unreadable"
    if depth == 0:
        return sorted(seen.kinds or ())
    words = {
        word: seen.words[word] for word in structural(seen.words) if word not in ("type", "enum", "const")
    }

    def inner(schema: Any) -> Any:
        if not through and isinstance(schema, Mapping) and structural(schema) == ["$ref"]:
            return schema["$ref"]
        return _structure(document, schema, depth - 1, through=through)

    for word in ("items", "additionalProperties"):
        if isinstance(words.get(word), Mapping):
            words[word] = inner(words[word])
    words["properties"] = {name: inner(one) for name, one in seen.properties.items()}
    words["required"] = sorted(seen.required)
    choices = sorted(map(repr, seen.choices)) if seen.choices is not None else None
    return [sorted(seen.kinds or ()), seen.null, choices, words, [inner(one) for one in seen.options]]


def _plain(words: dict[str, Any], *, null: bool) -> View:
    listed = [words["const"]] if "const" in words else words.get("enum")
    choices = None
    if isinstance(listed, list):
        null = null or None in listed
        choices = tuple(value for value in listed if value is not None)
    kind = words.get("type")
    kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if isinstance(one, str)]
    if not kinds and choices is not None:
        kinds = [_kind(value) for value in choices]
    if not kinds and any(word in words for word in _OF_OBJECTS):
        kinds = ["object"]
    if not kinds and ("items" in words or "prefixItems" in words):
        kinds = ["array"]
    null = null or "null" in kinds
    return View(words, frozenset(kinds) - {"null"} if kinds else None, null, choices, ())


def _is_null(schema: Any) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("enum") == [None])


def _constants(document: Mapping[str, Any], schema: Any) -> Sequence[Any] | None:
    if not isinstance(schema, Mapping):
        return None
    words = merged(document, schema, "#")
    if "const" in words:
        return [words["const"]]
    return words["enum"] if isinstance(words.get("enum"), list) else None


def _kind(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
    return "object"
