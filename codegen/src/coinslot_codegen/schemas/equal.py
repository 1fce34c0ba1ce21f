"""Finding shapes that are equal in structure and role, also where they hold themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from coinslot_codegen.schemas.shape import Shape, referenced


def first_equals(shapes: Mapping[str, Shape]) -> dict[str, str]:
    """Return, for each shape's key, the key of the first shape that is equal to it.

    All shapes start as one class, and classes are split by their members' classes until no split is
    left (so that two recursive shapes are equal exactly when nothing tells them apart).
    """
    numbers = dict.fromkeys(shapes, 0)
    while True:
        forms = {key: _form(shape, numbers) for key, shape in shapes.items()}
        order = {form: number for number, form in enumerate(dict.fromkeys(forms.values()))}
        split = {key: order[form] for key, form in forms.items()}
        if len(order) == len(set(numbers.values())):
            break
        numbers = split
    firsts: dict[int, str] = {}
    for key, number in split.items():
        firsts.setdefault(number, key)
    return {key: firsts[number] for key, number in split.items()}


def _form(shape: Shape, numbers: Mapping[str, int]) -> str:
    members = (
        sorted((member.wire, member.required, _numbered(member.value, numbers)) for member in shape.members)
        if shape.whole is None
        else _numbered(shape.whole, numbers)
    )
    return json.dumps([shape.role, shape.open, shape.whole is None, members, numbers[shape.key]])


def _numbered(value: Any, numbers: Mapping[str, int]) -> str:
    return json.dumps(_replaced(value, numbers), sort_keys=True)


def _replaced(value: Any, numbers: Mapping[str, int]) -> Any:
    if isinstance(value, dict):
        key = referenced(value)
        if key is not None:
            return {"$ref": numbers[key]}
        return {name: _replaced(item, numbers) for name, item in value.items()}
    return [_replaced(item, numbers) for item in value] if isinstance(value, list) else value


def pointed(value: Any, firsts: Mapping[str, str]) -> Any:
    """Return `value` with each reference led to the first of the equal shapes."""
    if isinstance(value, dict):
        key = referenced(value)
        if key is not None:
            return {"$ref": f"#/$defs/{firsts[key]}"}
        return {name: pointed(item, firsts) for name, item in value.items()}
    return [pointed(item, firsts) for item in value] if isinstance(value, list) else value
