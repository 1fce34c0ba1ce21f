"""Schemas as documents have them, in the words that a validator of JSON Schema takes.

OpenAPI 3.0 says nullable and exclusive bounds in its own way; older drafts wrote tuples as `items`; and
documents hold words of the wrong kind, patterns of other languages, and references to nothing. What
cannot be read allows anything: a sandbox refuses nobody for a flaw of the document.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from jsonschema import Draft202012Validator

from coinslot_codegen.document.type_words import TYPES, type_meant
from coinslot_sandbox.schema.scalars import BOUNDS

_DATA: Final = frozenset({"default", "enum", "const", "example", "examples"})
_NAMED: Final = frozenset({"$defs", "definitions", "patternProperties", "properties", "schemas"})
"""Words whose keys are names that the author chose."""
_KINDS: Final[tuple[tuple[tuple[str, ...], type | tuple[type, ...]], ...]] = (
    (("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), (int, float)),
    (("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), (int, float)),
    (("required", "allOf", "anyOf", "oneOf", "prefixItems", "enum"), list),
    (("properties", "patternProperties", "dependentRequired", "dependentSchemas"), Mapping),
    (("additionalProperties", "propertyNames", "not", "items", "if", "then", "else"), (Mapping, bool)),
    (("uniqueItems",), bool),
)
_LISTS: Final = ("allOf", "anyOf", "oneOf")


def plain(node: Any, leads: Callable[[str], str | None]) -> Any:
    """Return a schema, or a whole document, made plain; `leads` gives where a reference leads, or None."""
    return _node(node, leads, names=False)


def _node(node: Any, leads: Callable[[str], str | None], *, names: bool) -> Any:
    if isinstance(node, list):
        return [_node(item, leads, names=False) for item in node]
    if not isinstance(node, Mapping):
        return node
    made = {
        str(key): value
        if not names and key in _DATA
        else _node(value, leads, names=not names and key in _NAMED)
        for key, value in node.items()
    }
    return made if names else _schema(made, leads)


def _schema(  # noqa: C901 - one step per flaw
    made: dict[str, Any], leads: Callable[[str], str | None]
) -> dict[str, Any]:
    _say_anew(made)
    for words, kind in _KINDS:
        for word in words:
            if word in made and (not isinstance(made[word], kind) or (kind is list and _is_off(word, made))):
                del made[word]
    if "properties" in made:
        made["properties"] = {name: _member(one) for name, one in made["properties"].items()}
    for word in _LISTS:
        if word in made:
            made[word] = [one for one in made[word] if isinstance(one, Mapping | bool)] or [True]
    if "required" in made and "properties" in made:
        # What only one direction has is demanded of none: the document does not say which is meant.
        one_way = {name for name, one in made["properties"].items() if _is_one_way(one)}
        made["required"] = [name for name in made["required"] if name not in one_way]
    _mend_type(made)
    if not made.get("multipleOf", 1) > 0:
        del made["multipleOf"]
    if not _is_pattern(made.get("pattern", "")):
        del made["pattern"]
    if "patternProperties" in made:
        rules = made["patternProperties"].items()
        made["patternProperties"] = {pattern: one for pattern, one in rules if _is_pattern(pattern)}
    for word in ("$dynamicRef", "$recursiveRef", "$anchor", "$dynamicAnchor", "$id"):
        # These name places by their own names; here every schema is judged by itself.
        made.pop(word, None)
    if "$ref" in made:
        target = leads(made.pop("$ref")) if isinstance(made["$ref"], str) else None
        made |= {} if target is None else {"$ref": target}
    return _with_null(made) if made.pop("nullable", False) is True else made


def _member(one: Any) -> Any:
    """Return a member's schema; what is none allows anything but where it names a type."""
    if isinstance(one, Mapping | bool):
        return one
    return True if (meant := type_meant(one)) is None else meant


def _mend_type(made: dict[str, Any]) -> None:
    """Read types that do not exist as what they mean; leave out a type or bound that no constant meets."""
    kind = made.get("type", "null")
    if isinstance(kind, str) and kind not in TYPES:
        del made["type"]
        made |= type_meant(kind) or {}
    elif not _is_type(kind):
        del made["type"]
    listed = [made["const"]] if "const" in made else made.get("enum")
    for word in ("type", *BOUNDS) if listed else ():
        if word in made and not any(_meets(one, {word: made[word]}) for one in listed or []):
            del made[word]


def _meets(value: Any, rule: Mapping[str, Any]) -> bool:
    return Draft202012Validator(rule).is_valid(value)


def _say_anew(made: dict[str, Any]) -> None:
    """Write what older versions say in their own way in today's words."""
    if "oneOf" in made and "anyOf" not in made:
        # Alternatives of real documents overlap, and no real server counts how many of them hold.
        made["anyOf"] = made.pop("oneOf")
    for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if made.get(exclusive) is True and bound in made:
            made[exclusive] = made.pop(bound)
        elif isinstance(made.get(exclusive), bool):
            del made[exclusive]
    if isinstance(made.get("items"), list):
        made["prefixItems"] = made.pop("items")
        if "additionalItems" in made:
            made["items"] = made.pop("additionalItems")


def _with_null(made: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(made.get("type"), str) or any(word in made for word in _LISTS):
        return {"anyOf": [made, {"type": "null"}]}
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    return {**made, "type": [made["type"], "null"]}


def _is_one_way(member: Any) -> bool:
    return isinstance(member, Mapping) and True in (member.get("readOnly"), member.get("writeOnly"))


def _is_off(word: str, made: Mapping[str, Any]) -> bool:
    if word == "required":
        return not all(isinstance(name, str) for name in made[word])
    return not made[word]


def _is_type(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(one, str) and one in TYPES for one in value)
    return isinstance(value, str) and value in TYPES


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError, RecursionError, OverflowError):
        return False
    return True
