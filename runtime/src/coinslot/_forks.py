"""Locks over a fork: the child has none of its parent's threads, and waits for nothing that one held."""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Hashable
from types import FrameType
from typing import Generic, Protocol, TypeVar

LOADING_PATIENCE = 10.0
"""Seconds for which a fork waits for modules: whoever loads one may itself wait for the thread that forks."""


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
        if key in self._made:
            return self._made[key]
        with self._guard:
            if key not in self._made:
                self._made[key] = self._make(key)
            return self._made[key]


def _free_all() -> None:
    for guarded in list(_GUARDED):
        guarded._guard = threading.Lock()  # noqa: SLF001 - this is what it has one for


_LATE_LOADERS = {"coinslot"}
"""Packages that load their modules when a call first needs them."""


def loads_late(package: str) -> None:
    """Let forks wait while a thread loads a module for this package, as they do for the runtime."""
    _LATE_LOADERS.add(package)


def _wait_for_loading() -> None:
    # A module that is being loaded when a process forks is locked in the child, and nobody there loads it.
    given_up = time.monotonic() + LOADING_PATIENCE
    while True:
        # Whoever has just slept is interrupted by no other thread before it has looked and forked.
        time.sleep(0.001)
        if time.monotonic() > given_up or not _is_loading():
            return


def _is_loading() -> bool:
    here = threading.get_ident()
    frames = sys._current_frames()  # noqa: SLF001 - documented, and nothing else tells
    return any(_loads(frame) for thread, frame in frames.items() if thread != here)


def _loads(innermost: FrameType) -> bool:
    """Whether something of ours wanted a module that this thread is at work on."""
    frame: FrameType | None = innermost
    loading = False
    while frame is not None:
        name = str(frame.f_globals.get("__name__"))
        if loading and any(f"{name}.".startswith(f"{package}.") for package in _LATE_LOADERS):
            return True
        loading = loading or name == "importlib._bootstrap"
        frame = frame.f_back
    return False


if hasattr(os, "register_at_fork"):
    # Of what is done before a fork, what was named first comes last.
    os.register_at_fork(before=_wait_for_loading, after_in_child=_free_all)
