"""A fork of this process: the child has none of its threads, and waits for nothing that one of them held."""

from __future__ import annotations

# What it does before a fork has to come after what is done here: it takes a lock that loading modules need.
import logging  # noqa: F401
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Hashable, Iterable
from functools import cached_property
from types import FrameType
from typing import Generic, Protocol, TypeAlias, TypeVar

LOADING_PATIENCE = 10.0
"""Seconds for which a fork waits for modules: whoever loads one may itself wait for the thread that forks."""
_LOCKING = ("importlib._bootstrap", "pydantic.")
"""Modules whose functions take, when first called at least, locks that a child never sees free again."""
_TLS = ("ssl", "create_default_context")
"""Where OpenSSL loads what it needs, certificates too, with locks of its own."""


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
        with self._guard:
            if key not in self._made:
                self._made[key] = self._make(key)
            return self._made[key]


Step: TypeAlias = Callable[[], object]

_FORKING = threading.RLock()
_HOLD: list[tuple[Step, Step]] = [(_FORKING.acquire, _FORKING.release)]
_HELD: list[Step] = []
"""How the thread that forks lets go of what it holds."""
_LATE_LOADERS = {"coinslot"}


def hold_in_forks(hold: Step, let_go: Step) -> None:
    """Let whoever forks hold something meanwhile, and let it go afterwards in parent and child."""
    _HOLD.append((hold, let_go))


def loads_late(modules: Iterable[str]) -> None:
    """Let forks wait while a thread loads a module for a generated client, as they do for the runtime.

    `modules` are those of its class and of what that derives from.
    """
    parts = (module.partition("._client") for module in modules)
    _LATE_LOADERS.update(package for package, client, _ in parts if client)


def _before() -> None:
    given_up = time.monotonic() + LOADING_PATIENCE
    while True:
        # Whoever has just slept goes on without the others until it waits for something.
        time.sleep(0.001)
        patient = time.monotonic() < given_up
        if patient and _is_loading():
            continue
        for hold, let_go in _HOLD:
            hold()
            _HELD.append(let_go)
        if not (patient and _is_loading()):
            return
        _let_go()


def _let_go() -> None:
    while _HELD:
        _HELD.pop()()


def _in_child() -> None:
    _let_go()
    for guarded in list(_GUARDED):
        guarded._guard = threading.Lock()  # noqa: SLF001 - this is what it has one for


def _is_loading() -> bool:
    """Whether another thread is, for us, at what is locked in the child for ever if it is not through."""
    here = threading.get_ident()
    frames = sys._current_frames()  # noqa: SLF001 - documented, and nothing else tells
    return any(_loads(frame) for thread, frame in frames.items() if thread != here)


def _loads(innermost: FrameType) -> bool:
    frame: FrameType | None = innermost
    loading = False
    while frame is not None:
        name = str(frame.f_globals.get("__name__"))
        if (loading and _is_ours(name)) or _caches_for_us(frame):
            return True
        loading = loading or name.startswith(_LOCKING) or (name, frame.f_code.co_name) == _TLS
        frame = frame.f_back
    return False


def _caches_for_us(frame: FrameType) -> bool:
    # Before Python 3.12 a `cached_property` has a lock, one for all of its objects.
    if frame.f_code is not cached_property.__get__.__code__:
        return False
    return _is_ours(str(getattr(frame.f_locals["self"].func, "__module__", None)))


def _is_ours(module: str) -> bool:
    return any(f"{module}.".startswith(f"{package}.") for package in _LATE_LOADERS)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_let_go, after_in_child=_in_child)
