"""Objects that require themselves for ever, which no message can hold."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from coinslot_codegen.schemas.shape import Member, Normal, Shape, referenced


def ended(shapes: Mapping[str, Shape]) -> Iterator[tuple[Shape, Member]]:
    """Make optional what an object requires and no value without end could hold; give each such member.

    Shapes are changed in place.
    """
    whole = _with_an_end(shapes)
    for shape in shapes.values():
        if shape.key in whole:
            continue
        for number, member in enumerate(shape.members):
            if member.required and not _ends(member.value, whole):
                shape.members[number] = replace(member, required=False)
                yield shape, member
        shape.members.sort(key=lambda member: not member.required)


def _with_an_end(shapes: Mapping[str, Shape]) -> set[str]:
    """Return the keys of the shapes that something finite can meet: the least set that holds by itself."""
    found: set[str] = set()
    while True:
        more = {
            shape.key
            for shape in shapes.values()
            if shape.key not in found and all(_ends(value, found) for value in _demanded(shape))
        }
        if not more:
            return found
        found |= more


def _demanded(shape: Shape) -> Iterator[Normal]:
    if shape.whole is not None:
        yield shape.whole
    yield from (member.value for member in shape.members if member.required)


def _ends(value: Normal, whole: Collection[str]) -> bool:
    key = referenced(value)
    if key is not None:
        return key in whole
    if "anyOf" in value:
        return any(_ends(one, whole) for one in value["anyOf"])
    if "prefixItems" in value:
        return all(_ends(one, whole) for one in value["prefixItems"])
    if value.get("type") == "array" and value.get("minItems", 0) > 0:
        return _ends(value.get("items", {}), whole)
    return True
