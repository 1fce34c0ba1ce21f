"""Whether what is installed fits together, as the installed packages say of each other."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from coinslot.checks._finding import Finding

RUNTIME = "coinslot"


def check_versions() -> Iterator[Finding]:
    """Compare the runtime, the backends and the clients with what they ask of each other."""
    yield Finding("right", "python", f"{platform.python_version()} in {sys.prefix}")
    installed: dict[str, Distribution] = {}
    for each in distributions():
        installed.setdefault(canonicalize_name(each.name), each)
    if RUNTIME in installed:
        yield Finding("right", "runtime", f"{RUNTIME} {installed[RUNTIME].version}")
    for name, each in sorted(installed.items()):
        wanted = [one for one in _requirements(each) if _ours(canonicalize_name(one.name))]
        if not wanted:
            continue
        misfits = [one for one in wanted if not _fits(one, installed)]
        if misfits:
            told = " and ".join(str(one) for one in misfits)
            todo = f"pip install -U {name} {' '.join(sorted({one.name for one in misfits}))}"
            yield Finding("wrong", name, f"{each.version} needs {told}, and finds something else", todo)
        else:
            yield Finding("right", name, each.version)


def clients() -> list[str]:
    """Return the import names of installed clients: what stands on the runtime and is none of ours."""
    names = {
        each.name.replace("-", "_")
        for each in distributions()
        if not _ours(canonicalize_name(each.name))
        and any(canonicalize_name(one.name) == RUNTIME for one in _requirements(each))
    }
    return sorted(name for name in names if find_spec(name) is not None)


def _fits(wanted: Requirement, installed: dict[str, Distribution]) -> bool:
    there = installed.get(canonicalize_name(wanted.name))
    return there is not None and wanted.specifier.contains(there.version, prereleases=True)


def _requirements(one: Distribution) -> Iterator[Requirement]:
    for text in one.requires or ():
        try:
            wanted = Requirement(text)
        except InvalidRequirement:
            continue
        if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
            yield wanted


def _ours(name: str) -> bool:
    return name == RUNTIME or name.startswith(f"{RUNTIME}-")
