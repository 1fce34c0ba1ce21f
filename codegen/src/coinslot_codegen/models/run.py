"""Running datamodel-code-generator, once for all shapes of a document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coinslot_codegen.schemas.shape import Shape

WHOLE = "m0"
"""The one member of a shape that is no object."""

_OPTIONS: Final[Mapping[str, Any]] = {
    "input_file_type": "jsonschema",
    "output_model_type": "pydantic_v2.BaseModel",
    "target_python_version": "3.11",
    "disable_timestamp": True,
    "enum_field_as_literal": "all",
    "field_constraints": True,
    "formatters": [],
    "strict_nullable": True,
    "use_annotated": True,
    "use_missing_sentinel": True,
    "use_standard_collections": True,
    "use_tuple_for_fixed_items": True,
    "use_union_operator": True,
}


def generated_source(shapes: Mapping[str, Shape]) -> str:
    """Return the generator's Python source for all shapes.

    It sees neither names nor prose of the document: shapes are `S0`, `S1`, …, their members `m0`,
    `m1`, … in order. So it can rename nothing, and the document's text cannot reach it, but for
    constants and patterns.
    """
    # Its import takes a moment that reading a document should not cost.
    from datamodel_code_generator import generate

    source = generate({"$defs": {key: _schema(shape) for key, shape in shapes.items()}}, **_OPTIONS)
    if not isinstance(source, str):
        raise TypeError("datamodel-code-generator answered with several modules for one schema")
    return source


def _schema(shape: Shape) -> dict[str, Any]:
    if shape.whole is not None:
        return {"type": "object", "properties": {WHOLE: shape.whole}, "required": [WHOLE]}
    names = {f"m{index}": member for index, member in enumerate(shape.members)}
    return {
        "type": "object",
        "properties": {name: member.value for name, member in names.items()},
        "required": [name for name, member in names.items() if member.required],
    }
