"""How a plain value changed: its type, its choices, its bounds, its default."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from coinslot_codegen.diff.change import Change, Impact
from coinslot_codegen.diff.ends import ends
from coinslot_codegen.diff.view import View

Direction: TypeAlias = Literal["sent", "given"]

_OTHERS: Final = (
    "propertyNames",
    "patternProperties",
    "dependentRequired",
    "dependentSchemas",
    "contains",
    "minContains",
    "maxContains",
    "not",
    "if",
    "then",
    "else",
    "contentEncoding",
    "contentMediaType",
)
"""Rules that are compared as they are written."""
_WIDER: Final = [("int32", "int64"), ("float", "double")]
"""No set: what a document has in a format's place may have no hash."""


def shown(value: Any) -> str:
    """Return a JSON value for people."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}…"


def null(old: View, new: View, direction: Direction) -> Iterator[Change]:
    """Give the change between never and sometimes null."""
    if old.null == new.null:
        return
    if direction == "sent":
        message = "may now be null" if new.null else "may no longer be null"
    else:
        message = "may now be null" if new.null else "is never null now"
    good = new.null if direction == "sent" else old.null
    yield Change("compatible" if good else "breaking", "null", message, old.null, new.null)


def said(old: View, new: View, direction: Direction) -> Iterator[Change]:
    """Give the changes of what stands beside a value: default, deprecation, description."""
    before, after = old.words.get("default"), new.words.get("default")
    if direction == "sent" and shown(before) != shown(after):
        if after is None:
            message = f"no longer defaults to {shown(before)}"
        else:
            message = f"defaults to {shown(after)}" + (
                f", not {shown(before)}" if before is not None else " now"
            )
        yield Change("compatible", "default", message, before, after)
    if bool(old.words.get("deprecated")) != bool(new.words.get("deprecated")):
        word = "is deprecated" if new.words.get("deprecated") else "is no longer deprecated"
        yield Change("compatible", "deprecated", word)
    texts = [described(one.words) for one in (old, new)]
    if texts[0] != texts[1]:
        yield Change("compatible", "description", "is described in other words", texts[0], texts[1])


def kinds(old: frozenset[str] | None, new: frozenset[str] | None, direction: Direction) -> Iterator[Change]:
    """Give the change of JSON types."""
    if old == new:
        return
    named = (kind_names(old), kind_names(new))
    # What the wider type holds, the narrower one does not.
    wider, narrower = (new, old) if direction == "sent" else (old, new)
    impact: Impact = "compatible" if _holds(wider, narrower) else "breaking"
    yield Change(
        impact,
        "type",
        f"is {named[1]}, not {named[0]}",
        _listed(old),
        _listed(new),
    )


def _holds(wider: frozenset[str] | None, narrower: frozenset[str] | None) -> bool:
    if wider is None:
        return True
    if narrower is None:
        return False
    return all(one in wider or (one == "integer" and "number" in wider) for one in narrower)


def common(old: frozenset[str], new: frozenset[str]) -> bool:
    """Whether a value can be of both types."""
    return bool(old & new) or ({"integer", "number"} <= old | new)


def kind_names(kinds: frozenset[str] | None) -> str:
    """Return JSON types for people."""
    return " or ".join(sorted(kinds)) if kinds else "any value"


def choices(
    old: tuple[Any, ...] | None, new: tuple[Any, ...] | None, direction: Direction
) -> Iterator[Change]:
    """Give the values that came and went."""
    if old is None and new is None:
        return
    sent = direction == "sent"
    if old is None or new is None:
        narrower = old is None
        impact: Impact = "breaking" if sent and narrower else "compatible"
        values = ", ".join(shown(one) for one in new or old or ())
        verb = "accepts" if sent else "is"
        message = f"{verb} only {values} now" if narrower else f"{verb} any value now, not only {values}"
        yield Change(impact, "values", message, old and list(old), new and list(new))
        return
    before, after = ({shown(one): one for one in values} for values in (old, new))
    for text, value in before.items():
        if text not in after:
            verb = "no longer accepts" if sent else "is no longer"
            yield Change("breaking" if sent else "compatible", "value-removed", f"{verb} {text}", value, None)
    for text, value in after.items():
        if text not in before:
            verb = "also accepts" if sent else "may also be"
            yield Change("compatible", "value-added", f"{verb} {text}", None, value)


def bounds(old: Mapping[str, Any], new: Mapping[str, Any], direction: Direction) -> Iterator[Change]:
    """Give the changes of length, size, pattern, format and step."""
    sent = direction == "sent"
    yield from ends(old, new, sent=sent)
    yield from _forms(old, new, sent=sent)
    if bool(old.get("uniqueItems")) != bool(new.get("uniqueItems")):
        unique = bool(new.get("uniqueItems"))
        impact: Impact = "breaking" if sent and unique else "compatible"
        yield Change(impact, "unique", "holds no item twice now" if unique else "may hold an item twice now")


def others(old: Mapping[str, Any], new: Mapping[str, Any], direction: Direction) -> Iterator[Change]:
    """Give the changes of rules that no other function reads."""
    for word in _OTHERS:
        was, now = old.get(word), new.get(word)
        if was == now:
            continue
        impact: Impact = "breaking" if direction == "sent" and now is not None else "compatible"
        if now is None:
            message = f"no longer has the rule `{word}`"
        else:
            message = f"has the rule `{word}` {shown(now)}" + (f", not {shown(was)}" if was else "")
        yield Change(impact, "rule-of-values", message, was, now)


def _forms(old: Mapping[str, Any], new: Mapping[str, Any], *, sent: bool) -> Iterator[Change]:
    for word, noun in (("pattern", "pattern"), ("format", "format"), ("multipleOf", "step")):
        was, now = old.get(word), new.get(word)
        if was == now:
            continue
        loosened = now is None or (was, now) in _WIDER
        if now is None:
            message = f"no longer has the {noun} {shown(was)}"
        else:
            message = f"has the {noun} {shown(now)}" + (f", not {shown(was)}" if was is not None else " now")
        yield Change("breaking" if sent and not loosened else "compatible", word, message, was, now)


def described(schema: Any) -> str:
    """Return a schema's description, its layout apart."""
    text = schema.get("description") if isinstance(schema, Mapping) else None
    return " ".join(text.split()) if isinstance(text, str) else ""


def _listed(kinds: frozenset[str] | None) -> list[str] | None:
    return sorted(kinds) if kinds else None
