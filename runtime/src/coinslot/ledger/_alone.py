"""What programs of this machine do one at a time, by its name: a hold that ends when its process does."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from coinslot._forks import OneForEach, free_in_forks
from coinslot.errors import LedgerUnavailable
from coinslot.ledger._files import private_folder

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PLACES = 2**30


class Holds:
    """The names that are held under one file: each is a byte of it that the operating system locks.

    One object per file and process (`holds_of`): closing any handle of a file gives the process's locks away.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        free_in_forks(self)
        self._pid = -1
        self._file: IO[bytes] | None = None
        self._mine: set[int] = set()

    @contextmanager
    def alone(self, name: str) -> Iterator[bool]:
        """Say whether nobody else holds this name; it is held until the end. Raises LedgerUnavailable."""
        place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) % _PLACES
        mine = self._take(place)
        try:
            yield mine
        finally:
            if mine:
                self._let_go(place)

    def _take(self, place: int) -> bool:
        with self._guard:
            file = self._opened()
            mine = place not in self._mine and _lock(file, place)
            if mine:
                self._mine.add(place)
            self._close_unless_needed()
            return mine

    def _let_go(self, place: int) -> None:
        with self._guard:
            if self._pid == os.getpid() and self._file is not None:
                self._mine.discard(place)
                _unlock(self._file, place)
                self._close_unless_needed()

    def _close_unless_needed(self) -> None:
        if self._file is not None and not self._mine:
            self._file.close()
            self._file = None

    def _opened(self) -> IO[bytes]:
        # A forked child is another process: it holds nothing of its parent's.
        if self._file is not None and self._pid != os.getpid():
            self._file.close()
            self._file = None
        if self._file is None:
            try:
                private_folder(self._path.parent)
                descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                raise LedgerUnavailable(
                    f"{self._path} cannot be used ({error.strerror}): free its disk and see whose folder it "
                    "is, or set COINSLOT_HOME to one of yours."
                ) from None
            self._file, self._pid, self._mine = os.fdopen(descriptor, "r+b", buffering=0), os.getpid(), set()
        return self._file


_HOLDS = OneForEach(Holds)


def holds_of(path: Path) -> Holds:
    """Return this process's one view of the names held under a resolved path."""
    return _HOLDS.of(path)


def _lock(file: IO[bytes], place: int) -> bool:
    try:
        if sys.platform == "win32":
            file.seek(place)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except OSError:
        return False
    return True


def _unlock(file: IO[bytes], place: int) -> None:
    if sys.platform == "win32":
        file.seek(place)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.lockf(file, fcntl.LOCK_UN, 1, place)
