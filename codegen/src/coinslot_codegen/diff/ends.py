"""How the ends of a value changed: the least and the most of its size, of its items, of its characters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from coinslot_codegen.diff.change import Change, Impact

_COUNTED: Final = {
    "Length": "characters",
    "Items": "items",
    "Properties": "members",
}


@dataclass(frozen=True, slots=True)
class _End:
    value: float
    is_open: bool = False
    """Whether the value itself lies outside."""


def ends(old: Mapping[str, Any], new: Mapping[str, Any], *, sent: bool) -> Iterator[Change]:
    """Give the changes of bounds, however each side writes them."""
    for word, unit in _COUNTED.items():
        for side, sign in (("min", 1), ("max", -1)):
            before, after = (_count(words, f"{side}{word}") for words in (old, new))
            yield from _moved(before, after, sign, unit, sent=sent)
    for bound, exclusive, sign in (
        ("minimum", "exclusiveMinimum", 1),
        ("maximum", "exclusiveMaximum", -1),
    ):
        before, after = (_end(words, bound, exclusive, sign) for words in (old, new))
        yield from _moved(before, after, sign, "", sent=sent)


def _moved(old: _End | None, new: _End | None, sign: int, unit: str, *, sent: bool) -> Iterator[Change]:
    if old == new:
        return
    tighter = new is not None and (old is None or _tightness(new, sign) > _tightness(old, sign))
    impact: Impact = "breaking" if sent and tighter else "compatible"
    told = _said(new, sign, unit) if new is not None else "any number" if unit else "any value"
    verb = "takes" if sent else "is"
    was = f"{old.value:g}" if old is not None else "unbounded"
    if old is not None and new is not None and old.value == new.value:
        was = _said(old, sign, unit)
    message = f"{verb} {told} (was {was})"
    yield Change(impact, "bound", message, old.value if old else None, new.value if new else None)


def _said(end: _End, sign: int, unit: str) -> str:
    words = ("more than", "at least") if sign > 0 else ("less than", "at most")
    return f"{words[0] if end.is_open else words[1]} {end.value:g}" + (f" {unit}" if unit else "")


def _tightness(end: _End, sign: int) -> tuple[float, bool]:
    return end.value * sign, end.is_open


def _count(words: Mapping[str, Any], word: str) -> _End | None:
    value = _figure(words.get(word))
    # At least none says nothing.
    return None if value is None or (value == 0 and word.startswith("min")) else _End(value)


def _end(words: Mapping[str, Any], bound: str, exclusive: str, sign: int) -> _End | None:
    strict, value = words.get(exclusive), _figure(words.get(bound))
    found = [] if value is None else [_End(value, strict is True)]
    if (second := _figure(strict)) is not None:
        found.append(_End(second, is_open=True))
    if not found:
        return None
    end = max(found, key=lambda one: _tightness(one, sign))
    if words.get("type") == "integer" and end.is_open and end.value == int(end.value):
        return _End(end.value + sign)
    return end


def _figure(value: object) -> float | None:
    return None if isinstance(value, bool) or not isinstance(value, int | float) else value
