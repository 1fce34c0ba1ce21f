"""Locks over a fork: the child has none of its parent's threads, and waits for nothing that one held."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Hashable
from typing import Generic, Protocol, TypeVar


class Guarded(Protocol):
    """What keeps its threads apart by a lock, and is whole for a child that none of them is in."""

    _guard: threading.Lock


_GUARDED: weakref.WeakSet[Guarded] = weakref.WeakSet()


def free_in_forks(guarded: Guarded) -> None:
    """Give every process that is forked from this one a lock of its own there, which nobody holds."""
    _GUARDED.add(guarded)


KeyT = TypeVar("KeyT", bound=Hashable)
MadeT = TypeVar("MadeT")


class OneForEach(Generic[KeyT, MadeT]):
    """What this process has one of for each key, made when first asked for."""

    def __init__(self, make: Callable[[KeyT], MadeT]) -> None:
        self._make = make
        self._made: dict[KeyT, MadeT] = {}
        self._guard = threading.Lock()
        free_in_forks(self)

    def of(self, key: KeyT) -> MadeT:
        """Return the one for this key, to every thread the same."""
        # Without the guard first: a collection of garbage may ask here, in a thread that has it already.
        known = self._made.get(key)
        if known is not None:
            return known
        with self._guard:
            if key not in self._made:
                self._made[key] = self._make(key)
            return self._made[key]


def _free_all() -> None:
    for guarded in list(_GUARDED):
        guarded._guard = threading.Lock()  # noqa: SLF001 - this is what it has one for


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_free_all)
