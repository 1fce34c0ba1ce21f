"""Words of schemas that a document spells otherwise, put right before anything is read.

Numbers and truths as texts (`"minLength": "1"`, `"required": "true"`), and null among the names of
types, which YAML makes of `[string, null]`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from coinslot_codegen.document.model import Finding
from coinslot_codegen.document.references import DATA, NAMED, pointer

_NUMBERS: Final = frozenset(
    {
        "exclusiveMaximum",
        "exclusiveMinimum",
        "maximum",
        "maxItems",
        "maxLength",
        "maxProperties",
        "minimum",
        "minItems",
        "minLength",
        "minProperties",
        "multipleOf",
    }
)
_TRUTHS: Final = frozenset(
    {
        "additionalProperties",
        "deprecated",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "explode",
        "nullable",
        "readOnly",
        "required",
        "uniqueItems",
        "writeOnly",
    }
)
_NUMBER: Final = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")


def read_as_meant(document: dict[str, Any]) -> Iterator[Finding]:
    """Put in the document what such a word means; give each as a flaw."""
    waiting: list[tuple[Any, tuple[str | int, ...], bool]] = [(document, (), False)]
    while waiting:
        value, at, names = waiting.pop()
        if isinstance(value, list):
            waiting.extend((child, (*at, index), False) for index, child in enumerate(value))
        elif isinstance(value, dict):
            for key, child in value.items():
                if names:
                    waiting.append((child, (*at, key), False))
                elif isinstance(child, str):
                    meant = _meant(key, child)
                    if meant is not None:
                        value[key] = meant
                        said = str(meant).lower()
                        yield Finding("flaw", pointer(*at, key), f"is a text; it is read as {said}")
                elif key == "type" and isinstance(child, list) and None in child:
                    value[key] = ["null" if one is None else one for one in child]
                    yield Finding("flaw", pointer(*at, key), "null among types is read as the type 'null'")
                elif not (key in DATA or key.startswith("x-")):
                    waiting.append((child, (*at, key), key in NAMED))


def _meant(word: str, text: str) -> float | bool | None:
    plain = text.strip()
    if word in _TRUTHS and plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    if word in _NUMBERS and _NUMBER.fullmatch(plain):
        return float(plain) if "." in plain else int(plain)
    return None
