"""Finding plugins of the generator: by name, one at a time, and only the one that may claim the name.

A bare `NAME` must come from the distribution `coinslot-NAME`; a third party's plugin is named
`distribution:name`. Nothing is imported but what was named.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from importlib.metadata import EntryPoint, entry_points

from coinslot_codegen.extending.errors import ExtensionRefused

_GROUP = "coinslot.codegen"


def claim_of(name: str) -> EntryPoint:
    """Return what is installed under this name, not imported yet. Raises ExtensionRefused."""
    distribution, separator, short = name.rpartition(":")
    wanted = _normal(distribution) if separator else f"coinslot-{_normal(short)}"
    claims = [entry for entry in entry_points(group=_GROUP) if entry.name == short]
    entitled = [entry for entry in claims if _distribution(entry) == wanted]
    if len(entitled) == 1:
        return entitled[0]
    if entitled:
        raise ExtensionRefused(f"the plugin {name!r} is claimed twice by {wanted}")
    raise ExtensionRefused(_missing(name))


def version_of(name: str) -> str | None:
    """Return the version of a plugin's distribution, without importing it; None: it is not installed."""
    try:
        claim = claim_of(name)
    except ExtensionRefused:
        return None
    return claim.dist.version if claim.dist is not None else None


def _missing(name: str) -> str:
    """Say what is installed instead. To install what was typed is no advice: that may be a trap."""
    here = {_full(entry): entry.name for entry in entry_points(group=_GROUP)}
    meant = [full for full, short in here.items() if short == name] or get_close_matches(name, here, n=1)
    told = f"the plugin {name!r} is not installed."
    if meant:
        told += f" Did you mean {' or '.join(meant)}?"
    return f"{told} Installed {'are: ' + ', '.join(sorted(here)) if here else 'is none'}."


def _full(entry: EntryPoint) -> str:
    """Return the name by which an installed plugin is asked for."""
    distribution = _distribution(entry)
    return entry.name if distribution == f"coinslot-{_normal(entry.name)}" else f"{distribution}:{entry.name}"


def _distribution(entry: EntryPoint) -> str:
    return _normal(entry.dist.name) if entry.dist is not None else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
