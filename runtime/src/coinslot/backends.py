"""Finding payment backends: by name, one at a time, and only the one that may claim the name.

A bare `NAME` must come from the distribution `coinslot-NAME`; a third party's backend is named
`distribution:name`. Nothing is imported but what was named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from coinslot.backend import Backend, Setting
from coinslot.errors import ConfigurationError
from coinslot.text import clean

GROUP = "coinslot.backends"
HOW_TO_INSTALL = (
    "pip install ./plugins/NAME in the folder of coinslot's sources, whose README lists the names"
)
"""No registry is asked: a name that is not ours there may be a stranger's."""
_OURS = "coinslot-"


def load_backends(pay_with: Sequence[str | Backend] | None, setting: Setting) -> tuple[Backend, ...]:
    """Return the backends to pay with, in order of preference.

    None: every installed first-party backend that has a key. Raises ConfigurationError for a name
    that is not installed, claimed twice, or has no usable key, and where nothing can pay.
    """
    if pay_with is None:
        found = _all_with_keys(setting)
    elif isinstance(pay_with, str):
        message = f'pay_with is a list of names: pay_with=["{clean(pay_with, 40)}"]'
        raise ConfigurationError(message)
    else:
        found = tuple(load_backend(entry, setting) if isinstance(entry, str) else entry for entry in pay_with)
        for backend in found:
            _check_name(backend)
    names = [backend.name for backend in found]
    if len(set(names)) != len(names):
        message = f"pay_with names a backend twice: {', '.join(names)}"
        raise ConfigurationError(message)
    if not setting.surroundings.real and any(not backend.test_key for backend in found):
        message = "Time and chance may be replaced only with test keys."
        raise ConfigurationError(message)
    return found


def load_backend(name: str, setting: Setting) -> Backend:
    """Import the backend of this name and make it from `setting`. Raises ConfigurationError."""
    backend: Backend = claim_of(name).load()(setting)
    return backend


def claim_of(name: str, group: str = GROUP) -> EntryPoint:
    """Return what is installed under this name by whom it belongs to, not imported yet.

    Raises ConfigurationError where nothing is, or where several distributions claim it.
    """
    distribution, separator, short = name.rpartition(":")
    wanted = _normal(distribution) if separator else f"{_OURS}{_normal(short)}"
    claims = [entry for entry in entry_points(group=group) if entry.name == short]
    entitled = [entry for entry in claims if _distribution(entry) == wanted]
    if len(entitled) > 1 or (not separator and len(claims) > len(entitled) > 0):
        claimants = ", ".join(sorted(_distribution(entry) for entry in claims))
        raise ConfigurationError(
            f"The backend {clean(name, 60)!r} is claimed twice, by {claimants}: "
            "uninstall the one you did not want."
        )
    if not entitled:
        raise ConfigurationError(_missing(name, group))
    return entitled[0]


def _check_name(backend: Backend) -> None:
    """Refuse a stranger that calls itself as one of ours does: the ledger knows backends by that name."""
    modules = {kind.__module__.partition(".")[0] for kind in type(backend).__mro__}
    for entry in entry_points(group=GROUP):
        ours = entry.name == backend.name and _distribution(entry) == f"{_OURS}{_normal(entry.name)}"
        if ours and entry.module.partition(".")[0] not in modules:
            module = clean(type(backend).__module__, 60)
            raise ConfigurationError(
                f"A backend of {module} calls itself {backend.name!r}, which is the name of coinslot's own: "
                "the ledger could not tell them apart. Its author has to give it another."
            )


def first_party(group: str = GROUP) -> list[str]:
    """Return the names that our own distributions have installed, in order."""
    return sorted(
        {
            entry.name
            for entry in entry_points(group=group)
            if _distribution(entry) == f"{_OURS}{_normal(entry.name)}"
        }
    )


def _all_with_keys(setting: Setting) -> tuple[Backend, ...]:
    found: list[Backend] = []
    reasons: dict[str, list[str]] = {}
    for name in first_party():
        try:
            found.append(load_backend(name, setting))
        except ConfigurationError as error:
            # Two that use the same key lack it for the same reason, which is told once.
            reasons.setdefault(str(error), []).append(name)
    if not found:
        each = (f"{' and '.join(names)}: {why}" for why, names in reasons.items())
        told = " ".join(each) or f"None is installed: {HOW_TO_INSTALL}."
        unable = ConfigurationError(f"No payment backend can be used. {told}")
        unable.add_note("One wallet that can pay is enough; 'coinslot doctor' says what is missing here.")
        raise unable
    return tuple(found)


def _missing(name: str, group: str) -> str:
    """Say what is installed instead. To install what was typed is no advice: that may be a trap."""
    from difflib import get_close_matches

    told = f"The backend {clean(name, 60)!r} is not installed."
    ours = first_party(group)
    others = {
        f"{_distribution(entry)}:{entry.name}": entry.name
        for entry in entry_points(group=group)
        if _distribution(entry) != f"{_OURS}{_normal(entry.name)}"
    }
    meant = [full for full, short in others.items() if short == name]
    meant = meant or get_close_matches(name, [*ours, *others], n=1)
    if meant:
        told += f" Did you mean {' or '.join(clean(one, 60) for one in meant)}?"
    here = ", ".join(clean(one, 60) for one in [*ours, *sorted(others)])
    return f"{told} Installed {'are: ' + here if here else 'is none'}. Ours: {HOW_TO_INSTALL}."


def _distribution(entry: EntryPoint) -> str:
    return _normal(entry.dist.name) if entry.dist is not None else ""


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
