"""Sentences and clauses, without falling over dots in names, figures and code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_CODE: Final = re.compile(r"`[^`]*`")
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z`\"'(])|\n+")
_CLAUSE: Final = re.compile(r"\s*;\s+|(?<=[.!?])\s+(?=[A-Z`\"'(])|\n+")


def sentences(text: str) -> list[str]:
    """The sentences of a text; a dot inside a name or a figure ends none."""
    return list(_split(text, _SENTENCE))


def clauses(text: str) -> list[str]:
    """Sentences, and the parts of them between semicolons."""
    return list(_split(text, _CLAUSE))


def without_code(text: str) -> str:
    """The text around the code marks."""
    return _CODE.sub(" ", text)


def codes(text: str) -> list[str]:
    """What stands in code marks, in order."""
    return [found[1:-1] for found in _CODE.findall(text)]


def _split(text: str, pattern: re.Pattern[str]) -> Iterator[str]:
    """Split where the pattern matches outside of code marks."""
    spans = [found.span() for found in _CODE.finditer(text)]
    start = 0
    for found in pattern.finditer(text):
        if any(low < found.start() < high - 1 for low, high in spans):
            continue
        yield text[start : found.start()].strip()
        start = found.end()
    yield text[start:].strip()
