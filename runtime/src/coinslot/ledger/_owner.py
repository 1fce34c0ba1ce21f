"""Who is at work on an attempt: a lease that ends when its process does.

A process holds an operating-system lock for as long as it lives, killed or not, so a dead owner is
known as dead at once: no clock has to run out before a restarted program resumes its own call.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import secrets
import sys
import threading
import time
from pathlib import Path
from typing import IO

from coinslot._forks import OneForEach, free_in_forks
from coinslot.errors import LedgerUnavailable
from coinslot.ledger._files import private_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


RECOVERING = ".recovering"
REMEMBERED = 86_400
"""Seconds for which a killed process is known as killed."""


class Owners:
    """The living owners of one ledger, as far as this process can tell.

    One object per folder and process (`owners_of`): record locks belong to the process, and
    closing any handle of a file gives the process's lock on it away.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard = threading.Lock()
        free_in_forks(self)
        self._pid = -1
        self._process = ""
        self._held: IO[bytes] | None = None
        self._mine: set[str] = set()
        atexit.register(self._tidy)

    def enter(self, *, recovering: bool = False) -> str:
        """Return a fresh owner, alive until `leave` or the end of this process.

        One that is `recovering` works for calls that were made before, and stands in for them.
        """
        with self._guard:
            self._hold()
            owner = f"{self._process}.{secrets.token_hex(16)}{RECOVERING if recovering else ''}"
            self._mine.add(owner)
            return owner

    def leave(self, owner: str) -> None:
        """End an owner: whatever it still holds may be taken over."""
        # Without the guard: a collection of garbage may come here, in a thread that has it already.
        self._mine.discard(owner)

    def alive(self, owner: str | None) -> bool:
        """Whether this owner may still be at work."""
        if owner is None:
            return False
        with self._guard:
            self._hold()
            if owner in self._mine:
                return True
            process = owner.partition(".")[0]
            return process != self._process and self._locked_elsewhere(process)

    def killed(self, owner: str | None) -> bool:
        """Whether this owner's process ended without coming to its end, within the last day."""
        if owner is None or self.alive(owner):
            return False
        process = owner.partition(".")[0]
        return process != self._process and self._memory(process).exists()

    def _hold(self) -> None:
        # A forked child is another process: POSIX record locks are not inherited.
        if self._pid == os.getpid():
            return
        try:
            self._begin()
        except OSError as error:
            raise LedgerUnavailable(
                f"The ledger's folder {self._folder} cannot be used ({error.strerror}): free its disk "
                "and see whose folder it is, or set COINSLOT_HOME to one of yours."
            ) from None

    def _begin(self) -> None:
        private_folder(self._folder)
        self._process = secrets.token_hex(16)
        self._mine = set()
        # Locked before it gets its name, so that a named file without a lock has a dead owner.
        unnamed = self._folder / f"{self._process}.new"
        descriptor = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._held = os.fdopen(descriptor, "r+b", buffering=0)
        _lock(self._held)
        unnamed.rename(self._path(self._process))
        self._pid = os.getpid()
        # A worker of a pool comes to its end without what `atexit` was given.
        pool = sys.modules.get("multiprocessing.util")
        if pool is not None:
            pool.Finalize(None, self._tidy, exitpriority=0)
        self._forget()

    def _locked_elsewhere(self, process: str) -> bool:
        path = self._path(process)
        try:
            stream = path.open("r+b", buffering=0)
        except FileNotFoundError:
            return False
        except OSError:
            # Not ours to open: whoever made it may well be at work.
            return True
        with stream:
            if _is_locked(stream):
                return True
        # Who comes to an end takes its file away, perhaps after it was opened here: then nothing is renamed.
        with contextlib.suppress(OSError):
            os.utime(path)
            path.rename(self._memory(process))
        return False

    def _forget(self) -> None:
        """Take away what is known of processes that were killed long ago."""
        for memory in self._folder.glob("*.killed"):
            with contextlib.suppress(OSError):
                if memory.stat().st_mtime < time.time() - REMEMBERED:
                    memory.unlink()

    def _memory(self, process: str) -> Path:
        return self._folder / f"{process}.killed"

    def _path(self, process: str) -> Path:
        return self._folder / f"{process}.lock"

    def _tidy(self) -> None:
        if self._held is not None and self._pid == os.getpid():
            with contextlib.suppress(OSError):
                self._path(self._process).unlink(missing_ok=True)
            self._held.close()


_OWNERS = OneForEach(Owners)


def owners_of(folder: Path) -> Owners:
    """Return this process's one view of the owners in a resolved folder."""
    # Two of them would take each other's living owners for dead.
    return _OWNERS.of(folder)


def _lock(stream: IO[bytes]) -> None:
    if sys.platform == "win32":
        stream.write(b".")
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        fcntl.lockf(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _is_locked(stream: IO[bytes]) -> bool:
    """Whether another process holds the lock; asked so that whoever asks at the same time is told the same.

    Two ledgers in one folder share its owners, and their transactions do not wait for each other.
    """
    try:
        if sys.platform == "win32":
            # There a locked byte is read by nobody else.
            stream.read(1)
        else:
            fcntl.lockf(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    return False
