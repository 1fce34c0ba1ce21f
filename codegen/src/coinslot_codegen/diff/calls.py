"""How one call changed: what it is called, what it takes, what it answers, what it asks of its caller."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coinslot_codegen.diff import terms
from coinslot_codegen.diff.answers import compare_answers
from coinslot_codegen.diff.change import Change, Impact
from coinslot_codegen.diff.members import demanded, introduced, removed
from coinslot_codegen.diff.values import Values
from coinslot_codegen.document.model import BodySpec, ParameterSpec, RouteSpec
from coinslot_codegen.document.naming import identifier


def compare_calls(
    old: RouteSpec, new: RouteSpec, values: Values, moved: Mapping[str, str]
) -> Iterator[Change]:
    """Give all changes of one route; `moved` are the paths that routes have now, by those that they had."""
    calls = (f"{old.group}.{old.name}", f"{new.group}.{new.name}")
    if old.method != new.method:
        message = f"is called with {new.method} (was {old.method})"
        yield Change("breaking", "method", message, old.method, new.method)
    if calls[0] != calls[1] and old.path == new.path:
        yield Change("breaking", "call", f"is now called `{calls[1]}`", *calls)
    for word, before, after in (
        ("summary", old.summary, new.summary),
        ("description", old.description, new.description),
    ):
        if before.split() != after.split():
            yield Change("compatible", word, f"has another {word}", before, after)
    if old.deprecated != new.deprecated:
        yield Change("compatible", "deprecated", f"is {'' if new.deprecated else 'no longer '}deprecated")
    yield from _access(old, new)
    yield from terms.price(old, new)
    yield from terms.waiting(old, new, moved)
    yield from _parameters(old, new, values)
    yield from _bodies(old, new, values)
    yield from compare_answers(old, new, values)


def _access(old: RouteSpec, new: RouteSpec) -> Iterator[Change]:
    if old.access != new.access:
        said = {
            "paid": "is paid for",
            "signed": "needs a signature and no payment",
            "open": "is neither paid for nor signed",
        }
        impact: Impact = "compatible" if (old.access, new.access) == ("signed", "open") else "breaking"
        if "paid" in (old.access, new.access):
            impact = "money"
        yield Change(impact, "access", f"{said[new.access]} now", old.access, new.access)


def _parameters(old: RouteSpec, new: RouteSpec, values: Values) -> Iterator[Change]:
    before, after = _by_name(old), _by_name(new)
    gone = {key: one for key, one in before.items() if key not in after}
    added = {key: one for key, one in after.items() if key not in before}
    for location in ("path", "query", "header", "cookie"):
        left = {name: _described(one) for (where, name), one in gone.items() if where == location}
        right = {name: _described(one) for (where, name), one in added.items() if where == location}
        pairs = values.renamed(left, right)
        if location == "path":
            # Both paths have the same places, and nothing but a name is different in them.
            pairs = dict(zip(left, right, strict=False)) if len(left) == len(right) else {}
        for was, now in pairs.items():
            if gone[location, was].required != added[location, now].required:
                continue
            yield Change(
                "breaking", "renamed", f"is now called `{identifier(now)}`", was, now, place=identifier(was)
            )
            yield from _compared(gone.pop((location, was)), added.pop((location, now)), values)
    for where, name in list(gone):
        moved = next((one for one in added if one[1] == name), None)
        if moved:
            message = f"moved from the {where} to the {moved[0]}"
            yield Change("breaking", "moved", message, where, moved[0], place=identifier(name))
            added.pop(moved)
            continue
        yield removed(name, "sent")
    for (_, name), one in added.items():
        yield introduced(name, "sent", required=one.required)
    for key, one in before.items():
        if key in after:
            yield from demanded(one.name, one.required, after[key].required, "sent")
            yield from _compared(one, after[key], values)


def _compared(old: ParameterSpec, new: ParameterSpec, values: Values) -> Iterator[Change]:
    if old.style != new.style:
        styles = [one.style or "the usual way" for one in (old, new)]
        message = f"is written in another way: {styles[1]} (was {styles[0]})"
        yield Change("breaking", "style", message, old.style, new.style, place=identifier(new.name))
    for change in values.compare(old.schema, new.schema, "sent"):
        # The parameter's own description stands before its schema's, and mostly says the same.
        if change.kind == "description" and not change.place and (old.description or new.description):
            continue
        yield change.at(identifier(new.name))
    if old.description.split() != new.description.split():
        words = (old.description, new.description)
        yield Change(
            "compatible", "description", "is described in other words", *words, place=identifier(new.name)
        )


def _by_name(route: RouteSpec) -> Mapping[tuple[str, str], ParameterSpec]:
    return {
        (one.location, one.name.lower() if one.location == "header" else one.name): one
        for one in route.parameters
    }


def _described(one: ParameterSpec) -> Mapping[str, Any]:
    schema = one.schema if isinstance(one.schema, Mapping) else {}
    return {**schema, "description": one.description}


def _bodies(old: RouteSpec, new: RouteSpec, values: Values) -> Iterator[Change]:
    before, after = ({body.media_type: body for body in route.bodies} for route in (old, new))
    for kind in before.keys() - after.keys():
        yield Change("breaking", "body-removed", f"no longer takes a body of {kind}", kind, None)
    for kind in sorted(after.keys() - before.keys()):
        needed = not before and after[kind].required
        message = f"{'needs' if needed else 'takes'} a body of {kind} now"
        yield Change("breaking" if needed else "compatible", "body-added", message, None, kind)
    listed: list[BodySpec] = [body for kind, body in before.items() if kind in after]
    for index, body in enumerate(listed):
        other = after[body.media_type]
        yield from _asked_for(body, other)
        if index == 0 and body.description.split() != other.description.split():
            words = (body.description, other.description)
            yield Change(
                "compatible", "description", "is described in other words", words[0], words[1], place="body"
            )
        known = ("description",)
        for change in values.compare(body.schema, other.schema, "sent"):
            if change.kind not in known or change.place:
                yield change if index == 0 else change.at(f"<{body.media_type}>")


def _asked_for(old: BodySpec, new: BodySpec) -> Iterator[Change]:
    if old.required == new.required:
        return
    # What its members have to be is another matter: a call that takes a body never goes without one.
    message = "is now required; clients have always sent one" if new.required else "is no longer required"
    kind = "required" if new.required else "optional"
    yield Change("compatible", kind, message, old.required, new.required, place="body")
