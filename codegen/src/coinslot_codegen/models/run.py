"""Running datamodel-code-generator, once for all values of a document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from coinslot_codegen.schemas.shape import Normal

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
    "use_standard_collections": True,
    "use_tuple_for_fixed_items": True,
    "use_union_operator": True,
}
_FIELDS = 100
"""In one model: the generator's time grows faster than a model's size."""


def generated_source(values: Sequence[Normal], shapes: Iterable[str]) -> str:
    """Return the generator's Python source: `values` as the fields `v0`, `v1`, … of some models.

    It sees neither names nor prose of the document (a shape in a value is an empty model, named by
    its key), so it can rename nothing, and no text of the document reaches it but constants and
    patterns.
    """
    # Its import takes a moment that reading a document should not cost.
    from datamodel_code_generator import generate

    fields = {f"v{index}": value for index, value in enumerate(values)}
    models = [list(fields.items())[start : start + _FIELDS] for start in range(0, len(fields), _FIELDS)]
    schema = {
        "$defs": {
            **{key: {"type": "object", "properties": {}} for key in shapes},
            **{f"Values{number}": _model(dict(some)) for number, some in enumerate(models)},
        }
    }
    source = generate(schema, **_OPTIONS)
    if not isinstance(source, str):
        raise TypeError("datamodel-code-generator answered with several modules for one schema")
    return source


def _model(fields: Mapping[str, Normal]) -> dict[str, Any]:
    # What may be left out differs from member to member, and is added where a member is written.
    return {"type": "object", "properties": dict(fields), "required": list(fields)}
