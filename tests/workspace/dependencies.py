"""What distributions need, as the installed packages' own metadata say."""

from __future__ import annotations

from importlib.metadata import distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.workspace.distributions import Distribution


def needed_by(*wanted: Distribution) -> set[str]:
    """Return the names of all that installing these brings with it, themselves included."""
    waiting = [Requirement(one.project["name"]) for one in wanted]
    seen: set[tuple[str, str]] = set()
    while waiting:
        current = waiting.pop()
        name = canonicalize_name(current.name)
        for extra in {"", *current.extras}:
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += _applying(name, extra)
    return {name for name, _ in seen}


def _applying(name: str, extra: str) -> list[Requirement]:
    declared = map(Requirement, distribution(name).requires or ())
    return [one for one in declared if one.marker is None or one.marker.evaluate({"extra": extra})]
