"""Which generator this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

RUNTIME: Final = "0.1"
"""Series of the runtime that generated clients are written for."""


@cache
def generator_version() -> str:
    """Return this generator's version."""
    try:
        return version("coinslot-codegen")
    except PackageNotFoundError:
        return "0"


def generator() -> str:
    """Return this generator's name and version, as manifests keep them."""
    return f"coinslot-codegen {generator_version()}"
