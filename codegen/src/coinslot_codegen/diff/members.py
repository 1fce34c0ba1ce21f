"""Members and parameters that come and go, and whether they have to be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from coinslot_codegen.diff.change import Change, Impact
from coinslot_codegen.diff.scalars import Direction
from coinslot_codegen.document.naming import identifier


def going(properties: Mapping[str, Any], direction: Direction) -> dict[str, Any]:
    """Return the members that go this way: what is only read is not sent, what is only written not given."""
    unwanted = "readOnly" if direction == "sent" else "writeOnly"
    return {
        name: one
        for name, one in properties.items()
        if not (isinstance(one, Mapping) and one.get(unwanted) is True)
    }


def removed(name: str, direction: Direction) -> Change:
    """Return the change of a member or parameter that is gone."""
    verb = "is no longer accepted" if direction == "sent" else "is no longer given"
    return Change("breaking", "removed", verb, name, None, place=identifier(name))


def introduced(name: str, direction: Direction, *, required: bool) -> Change:
    """Return the change of a member or parameter that is new."""
    if direction == "given":
        return Change("compatible", "added", "is new", None, name, place=identifier(name))
    impact: Impact = "breaking" if required else "compatible"
    return Change(
        impact,
        "added",
        f"is new and {'required' if required else 'optional'}",
        None,
        name,
        place=identifier(name),
    )


def demanded(name: str, before: bool, after: bool, direction: Direction) -> Iterator[Change]:  # noqa: FBT001
    """Give the change between required and optional."""
    if before == after:
        return
    if direction == "sent":
        message = "is now required" if after else "is no longer required"
        impact: Impact = "breaking" if after else "compatible"
    else:
        message = "is now always there" if after else "may now be missing"
        impact = "compatible" if after else "breaking"
    yield Change(impact, "required" if after else "optional", message, before, after, place=identifier(name))
