"""A text that matches a pattern, for the patterns that documents use: dates, codes, addresses."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from re import _constants as c  # type: ignore[attr-defined]  # the parser that `re` itself uses, since Python 3.11
from re import _parser  # type: ignore[attr-defined]  # as above
from typing import Any

_LONGEST = 1000
_CATEGORIES = {c.CATEGORY_DIGIT: "1", c.CATEGORY_WORD: "a", c.CATEGORY_SPACE: " "}
_ORDINARY = string.ascii_lowercase + string.digits + string.ascii_uppercase + " -_.:/"


def matching(pattern: str, least: int = 0) -> str | None:
    """Return the plainest text that matches and has at least so many characters.

    None for a pattern that is too clever for this.
    """
    try:
        parsed = _parser.parse(pattern)
        # A part that may be repeated is repeated until the whole is long enough.
        for times in (1, least):
            text = "".join(_texts(parsed, times))[:_LONGEST]
            if len(text) >= least and re.search(pattern, text):
                return text
    except (re.error, LookupError, RecursionError, OverflowError):
        pass
    return None


def _texts(parts: Iterable[tuple[Any, Any]], times: int) -> Iterable[str]:
    for kind, value in parts:
        if kind is c.LITERAL:
            yield chr(value)
        elif kind is c.IN:
            yield _one_of(value)
        elif kind in {c.MAX_REPEAT, c.MIN_REPEAT}:
            least, most, repeated = value
            yield "".join(_texts(repeated, 1)) * min(max(least, times), most, _LONGEST)
        elif kind is c.SUBPATTERN:
            yield "".join(_texts(value[3], times))
        elif kind is c.BRANCH:
            yield "".join(_texts(value[1][0], times))
        elif kind is c.ANY:
            yield "a"
        elif kind is c.NOT_LITERAL:
            yield "a" if chr(value) != "a" else "b"
        elif kind is not c.AT:
            raise LookupError(kind)


def _one_of(members: list[tuple[Any, Any]]) -> str:
    kind, value = members[0]
    if kind is c.NEGATE:
        refused = re.compile(f"[{''.join(_as_text(member) for member in members[1:])}]")
        return next(character for character in _ORDINARY if not refused.match(character))
    if kind is c.RANGE:
        return chr(value[0])
    return chr(value) if kind is c.LITERAL else str(_CATEGORIES[value])


def _as_text(member: tuple[Any, Any]) -> str:
    kind, value = member
    if kind is c.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    if kind is c.LITERAL:
        return re.escape(chr(value))
    return {c.CATEGORY_DIGIT: r"\d", c.CATEGORY_WORD: r"\w", c.CATEGORY_SPACE: r"\s"}[value]
