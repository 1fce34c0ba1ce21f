"""Python names for the document's names, and the last check before a name becomes code."""

from __future__ import annotations

import keyword
from collections.abc import Collection, Iterable

from coinslot_codegen.document.naming import identifier
from coinslot_codegen.schemas.shape import Unsupported

# Kept as lists: the same document must give the same names under any release of pydantic.
OF_MODELS = (
    "construct", "copy", "dict", "from_orm", "json", "model_computed_fields", "model_config",
    "model_construct", "model_copy", "model_dump", "model_dump_json", "model_extra", "model_fields",
    "model_fields_set", "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild",
    "model_validate", "model_validate_json", "model_validate_strings", "mro", "parse_file", "parse_obj",
    "parse_raw", "register", "root", "schema", "schema_json", "update_forward_refs", "validate",
)  # fmt: skip
OF_TYPES = ("bool", "bytes", "dict", "float", "int", "list", "object", "str", "tuple", "type")
OF_RESULTS = (
    "aimage",
    "asave",
    "came_from",
    "image",
    "job_id",
    "lies_at",
    "media_member",
    "raw",
    "save",
    "saved_to",
)
OF_CALLS = ("idempotency_key", "max_price", "self")
RESERVED = (*OF_MODELS, *OF_TYPES, *OF_CALLS)


def unique(name: str, taken: Collection[str]) -> str:
    """Return `name`, with an underscore or a number behind it if it is taken or means something."""
    if keyword.iskeyword(name):
        name += "_"
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name.rstrip('_')}_{number}", number + 1
    return candidate


def member_names(wires: Iterable[str], reserved: Collection[str] = RESERVED) -> list[str]:
    """Return a Python name for each member, in order, each of them once.

    No name is another member's name on the wire: models can be filled by either.
    """
    known = list(wires)
    names: list[str] = []
    for wire in known:
        name = identifier(wire, "value")
        others = [other for other in known if other != wire]
        names.append(unique(f"{name}_" if name in reserved else name, [*names, *others]))
    return names


def free_class_name(candidates: Iterable[str], taken: Collection[str]) -> str:
    """Return the first candidate that is free, or the last one with a number."""
    name = "Value"
    for name in candidates:
        if name not in taken and not keyword.iskeyword(name):
            return name
    number = 2
    while f"{name}{number}" in taken:
        number += 1
    return f"{name}{number}"


def checked(name: str, pointer: str) -> str:
    """Return `name` if it can be nothing but a name. Raises Unsupported naming the pointer."""
    if name.isidentifier() and name.isascii() and not keyword.iskeyword(name):
        return name
    raise Unsupported(pointer, f"{name!r} is no Python name")
