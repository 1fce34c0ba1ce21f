"""How the events of one stream changed: what they are called, and what their data hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from coinslot_codegen.diff.change import Change
from coinslot_codegen.diff.values import Values
from coinslot_codegen.document.members import members
from coinslot_codegen.document.model import AnswerSpec
from coinslot_codegen.document.streams import event_data, event_names

_PLACE = "event"


def compare_events(old: AnswerSpec, new: AnswerSpec, values: Values) -> Iterator[Change]:
    """Give the changes of one stream's events, however each document describes them."""
    sides = ((values.old, old), (values.new, new))
    before, after = (event_data(document, answer) or {} for document, answer in sides)
    typed = _is_typed(values.old, before), _is_typed(values.new, after)
    for change in values.compare(before, after, "given"):
        one = change
        if change.kind == "option-added" and not change.place:
            # An event that is of no kind that a client knows comes as its text, and always could.
            one = replace(change, impact="compatible")
        elif change.kind == "type" and not change.place and not typed[0]:
            # What was handed out as its text may be handed out as it is described now.
            one = replace(change, impact="breaking" if typed[1] else "compatible")
        yield one.at(_PLACE, "data")
    names = [event_names(document, answer) for document, answer in sides]
    if all(names):
        was, now = ({"enum": sorted(each)} for each in names)
        yield from (one.at(_PLACE, "event") for one in values.compare(was, now, "given"))


def _is_typed(document: Mapping[str, Any], schema: Any) -> bool:
    options = schema.get("anyOf") if isinstance(schema, Mapping) else None
    listed = options if isinstance(options, list) else [schema]
    return any(members(document, one) for one in listed)
