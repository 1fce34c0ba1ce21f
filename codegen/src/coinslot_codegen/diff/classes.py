"""Classes of a client that have another name, since the document calls their schemas otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from coinslot_codegen.diff.change import Change
from coinslot_codegen.diff.view import canonical, view
from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.naming import class_name
from coinslot_codegen.document.references import references

_SCHEMAS: Final = "#/components/schemas/"


def renamed(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Give the schemas of the same content under another name, where only one can be meant."""
    before, after = _named(old), _named(new)
    gone = _by_content(old, sorted(before - _defined(new)))
    fresh = _by_content(new, sorted(after - _defined(old)))
    for content, names in gone.items():
        others = fresh.get(content, [])
        if len(names) == len(others) == 1 and class_name(names[0]) != class_name(others[0]):
            told = f"the class `{class_name(names[0])}` is called `{class_name(others[0])}`"
            yield Change("breaking", "class", told, names[0], others[0])


def _named(document: Mapping[str, Any]) -> set[str]:
    """The schemas that stand inside of others: their classes are called after them."""
    found = set()
    for pointer, ref in references(document):
        steps = pointer.split("/")
        inside = "properties" in steps[-3:-1] or {"items", "additionalProperties"} & set(steps[-2:])
        if inside and ref.startswith(_SCHEMAS):
            found.add(ref.removeprefix(_SCHEMAS))
    return found


def _defined(document: Mapping[str, Any]) -> set[str]:
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, Mapping) else None
    return {str(name) for name in schemas} if isinstance(schemas, Mapping) else set()


def _by_content(document: Mapping[str, Any], names: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in names:
        schema = {"$ref": _SCHEMAS + name}
        try:
            has_class = bool(view(document, schema).properties)
        except DocumentError:
            continue
        if has_class:
            found.setdefault(canonical(document, schema, through=True), []).append(name)
    return found
