"""Reads documents of paid HTTP APIs and writes typed clients for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coinslot_codegen.generation import Generated as Generated
    from coinslot_codegen.generation import generate as generate

_WRITING = ("Generated", "generate")


def __getattr__(name: str) -> Any:
    """Load the writing half when it is first asked for: the reading half is shared, and does without it."""
    from importlib import import_module

    if name not in _WRITING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module("coinslot_codegen.generation"), name)
