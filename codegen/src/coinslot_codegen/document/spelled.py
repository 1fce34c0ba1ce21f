"""Words of schemas that a document spells otherwise, put right before anything is read.

Numbers and truths as texts (`"minLength": "1"`, `"required": "true"`), null among the names of types,
which YAML makes of `[string, null]`, and references that are no texts.
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
    """Put in the document what such a word means, if it means anything; give each as a flaw."""
    waiting: list[tuple[Any, tuple[str | int, ...], bool]] = [(document, (), False)]
    while waiting:
        value, at, names = waiting.pop()
        if isinstance(value, list):
            waiting.extend((child, (*at, index), False) for index, child in enumerate(value))
        elif isinstance(value, dict):
            for key, child in list(value.items()):
                mended = None if names else _mended(key, child)
                if mended is not None:
                    value[key], told = mended
                    if value[key] is None:
                        del value[key]
                    yield Finding("flaw", pointer(*at, key), told)
                elif names or not (key in DATA or key.startswith("x-")):
                    waiting.append((child, (*at, key), not names and key in NAMED))


def _mended(word: str, said: object) -> tuple[Any, str] | None:
    """Return what a word of a schema means (None: nothing) and how to tell; None: it is well as it is."""
    if isinstance(said, str):
        meant = _meant(word, said)
        return None if meant is None else (meant, f"is a text; it is read as {str(meant).lower()}")
    if word == "$ref":
        return None, "is no text; it is left out"
    if word == "type" and isinstance(said, list) and None in said:
        kinds = ["null" if one is None else one for one in said]
        return kinds, "null among types is read as the type 'null'"
    return None


def _meant(word: str, text: str) -> float | bool | None:
    plain = text.strip()
    if word in _TRUTHS and plain.lower() in ("true", "false"):
        return plain.lower() == "true"
    if word in _NUMBERS and _NUMBER.fullmatch(plain):
        return float(plain) if "." in plain else int(plain)
    return None
