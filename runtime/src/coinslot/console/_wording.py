"""What a request's model refuses, in words that a person uses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def refusal(problem: ErrorDetails) -> str:
    """Return what is wrong with a value, as in `must have at most 2000 characters, not 2001`."""
    bounds: Mapping[str, Any] = problem.get("ctx", {})
    words = _WORDS.get(problem["type"])
    if words is not None:
        return words(bounds, problem["input"])
    # Words of the library's own begin with a capital; what comes before them is no sentence's end.
    told = problem["msg"]
    return told[:1].lower() + told[1:]


def _characters(bound: str, number: int, value: Any) -> str:
    if number == 1 and value == "":
        return "must not be empty"
    characters = "character" if number == 1 else "characters"
    return f"must have {bound} {number} {characters}, not {len(value)}"


def _items(bound: str, number: int, bounds: Mapping[str, Any]) -> str:
    return f"takes {bound} {number}, not {bounds.get('actual_length')}"


_WORDS: Mapping[str, Callable[[Mapping[str, Any], Any], str]] = {
    "string_too_short": lambda bounds, value: _characters("at least", bounds["min_length"], value),
    "string_too_long": lambda bounds, value: _characters("at most", bounds["max_length"], value),
    "too_short": lambda bounds, _: _items("at least", bounds["min_length"], bounds),
    "too_long": lambda bounds, _: _items("at most", bounds["max_length"], bounds),
    "greater_than_equal": lambda bounds, value: f"must be at least {bounds['ge']}, not {value}",
    "greater_than": lambda bounds, value: f"must be more than {bounds['gt']}, not {value}",
    "less_than_equal": lambda bounds, value: f"must be at most {bounds['le']}, not {value}",
    "less_than": lambda bounds, value: f"must be less than {bounds['lt']}, not {value}",
    "literal_error": lambda bounds, _: f"must be {bounds['expected']}",
    "missing": lambda *_: "is missing",
    "extra_forbidden": lambda *_: "is not taken",
    "string_type": lambda *_: "must be text",
    "int_type": lambda *_: "must be a whole number",
    "int_parsing": lambda *_: "must be a whole number",
    "int_from_float": lambda *_: "must be a whole number",
    "float_type": lambda *_: "must be a number",
    "float_parsing": lambda *_: "must be a number",
    "bool_type": lambda *_: "must be true or false",
    "bool_parsing": lambda *_: "must be true or false",
    "list_type": lambda *_: "must be a list",
    "dict_type": lambda *_: "must be an object",
    "model_type": lambda *_: "must be an object",
}
"""By the library's name of the flaw."""
