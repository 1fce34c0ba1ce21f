"""Locks over a fork: the child has none of its parent's threads, and waits for nothing that one held."""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol


class Guarded(Protocol):
    """What keeps its threads apart by a lock, and is whole for a child that none of them is in."""

    _guard: threading.Lock


_GUARDED: weakref.WeakSet[Guarded] = weakref.WeakSet()


def free_in_forks(guarded: Guarded) -> None:
    """Give every process that is forked from this one a lock of its own there, which nobody holds."""
    _GUARDED.add(guarded)


def _free_all() -> None:
    for guarded in list(_GUARDED):
        guarded._guard = threading.Lock()  # noqa: SLF001 - this is what it has one for


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_all)
