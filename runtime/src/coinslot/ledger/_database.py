"""The SQLite file of the ledger: for its owner alone, up to date, one transaction at a time."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coinslot.errors import ConfigurationError, LedgerUnavailable
from coinslot.ledger._files import private_folder
from coinslot.ledger._place import Mounts, read_mounts, shared
from coinslot.ledger._schema import STEPS

PATIENCE = 30.0
"""Seconds for which one waits until another is through with the file."""

_KNOWN: weakref.WeakSet[Database] = weakref.WeakSet()
_KNOWING = threading.RLock()
"""Who begins or ends a database holds it, and who forks: no thread may then be in the midst of either."""
_MAKING = threading.Lock()
"""Nobody in this process opens a ledger before the handle that made its file is closed."""


class Database:
    """One connection for each process, shared by its threads."""

    def __init__(self, path: Path, mounts: Mounts = read_mounts) -> None:
        self._path = path
        self._mounts = mounts
        self._guard = threading.RLock()
        self._connection: sqlite3.Connection | None = None
        self._pid = -1
        self._inode = -1
        with _KNOWING:
            _KNOWN.add(self)

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Hold the connection for questions that change nothing."""
        with self._guard, _failures(self._path):
            yield self._connect()

    @contextmanager
    def transaction(self, *, synced: bool = False) -> Iterator[sqlite3.Connection]:
        """Make one transaction; `synced`: it is on the disk when this ends, not only in its cache."""
        with self._guard, _failures(self._path):
            db = self._connect()
            self._check_apart(db)
            if synced:
                self._check_in_place()
                db.execute("PRAGMA synchronous = FULL")
            try:
                db.execute("BEGIN IMMEDIATE")
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            finally:
                if synced:
                    db.execute("PRAGMA synchronous = NORMAL")

    def _connect(self) -> sqlite3.Connection:
        if self._connection is not None and self._pid == os.getpid():
            return self._connection
        self._connection = _opened(self._path, self._mounts)
        self._pid = os.getpid()
        self._inode = self._path.stat().st_ino
        return self._connection

    def _check_apart(self, db: sqlite3.Connection) -> None:
        # A collection of garbage may come here, by a call that nobody awaited to its end: what it would undo
        # when it fails is not its own.
        if db.in_transaction:
            raise LedgerUnavailable(f"The ledger {self._path} is being written by this very thread.")

    def _check_in_place(self) -> None:
        # Whoever moved the file away would take what is written into it with it.
        try:
            inode = self._path.stat().st_ino
        except OSError:
            inode = -1
        if inode != self._inode:
            self.close()
            raise LedgerUnavailable(f"The ledger {self._path} was moved or deleted while it was in use.")

    def hold(self) -> None:
        """Wait for the thread that is at work here, and keep the others out until `let_go`."""
        self._guard.acquire()

    def let_go(self) -> None:
        """Let other threads work here again."""
        self._guard.release()

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        with self._guard:
            if self._connection is not None and self._pid == os.getpid():
                self._connection.close()
            self._connection = None

    def __del__(self) -> None:
        # In this order: who forks holds databases while it waits to know whether there are others.
        with self._guard, _KNOWING:
            self.close()


_FORKING = threading.RLock()
_HELD: list[Database] = []
"""What the thread that forks holds meanwhile."""


def _close_all() -> None:
    # SQLite forbids carrying a connection through a fork: the child would write without any lock. No thread
    # may open another before the fork is made, nor be in the midst of anything that the child could not end.
    _FORKING.acquire()
    _KNOWING.acquire()
    while unheld := [database for database in _KNOWN if database not in _HELD]:
        # Whoever is at work in one of them may be about to begin another.
        _KNOWING.release()
        for database in unheld:
            database.hold()
            _HELD.append(database)
            with contextlib.suppress(sqlite3.Error):
                database.close()
        _KNOWING.acquire()


def _let_go_of_all() -> None:
    while _HELD:
        _HELD.pop().let_go()
    _KNOWING.release()
    _FORKING.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_close_all, after_in_parent=_let_go_of_all, after_in_child=_let_go_of_all)


def _opened(path: Path, mounts: Mounts) -> sqlite3.Connection:
    try:
        private_folder(path.parent)
        _check_place(path, mounts)
        _make(path)
        open_to_others = os.name == "posix" and path.stat().st_mode & 0o077
    except (OSError, RuntimeError) as error:
        why = getattr(error, "strerror", None) or type(error).__name__
        raise LedgerUnavailable(
            f"The ledger {path} cannot be written ({why}): free its disk and see whose folder it "
            "is, or set COINSLOT_HOME to one of yours."
        ) from None
    if open_to_others:
        message = f"The ledger {path} can be read by others; run: chmod 600 {path}"
        raise ConfigurationError(message)
    db = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    _journal_ahead(db)
    for pragma in ("synchronous = NORMAL", "secure_delete = ON", "foreign_keys = ON"):
        db.execute(f"PRAGMA {pragma}")
    _migrate(db, path)
    return db


def _journal_ahead(db: sqlite3.Connection) -> None:
    # For this one statement SQLite does not wait: of programs that begin a new ledger at the same time, all
    # but one would be refused.
    given_up = time.monotonic() + PATIENCE
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > given_up:
                raise
            time.sleep(0.005)
        else:
            return


def _make(path: Path) -> None:
    """Make the file for its owner alone, if it is not there.

    One that is there is left closed: closing any handle of a file gives all of this process's locks on it
    away, those of SQLite too, and another program that closes the ledger then takes itself for the last one
    and takes the journal away in which this process writes on.
    """
    with _MAKING, contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _check_place(path: Path, mounts: Mounts) -> None:
    kind = shared(path.parent, mounts)
    if kind is not None:
        raise LedgerUnavailable(
            f"The ledger {path} lies on a file system that other machines share ({kind}), where a call "
            "could be paid twice: set COINSLOT_HOME to a folder on a disk of this machine. (If a ledger is "
            "there already, move its whole folder while no program uses it.)"
        )


@contextmanager
def _failures(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise LedgerUnavailable(
            f"The ledger {path} cannot be used ({error}). Mend what is wrong with its file or disk, or set "
            "COINSLOT_HOME to another folder; do not delete it, it says what was paid."
        ) from error


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    if _version(db) == len(STEPS):
        return
    db.execute("BEGIN IMMEDIATE")
    try:
        _apply(db, path, _version(db))
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _apply(db: sqlite3.Connection, path: Path, applied: int) -> None:
    if applied > len(STEPS):
        raise ConfigurationError(
            f"The ledger {path} was written by a newer coinslot; update it: pip install -U coinslot"
        )
    for step in STEPS[applied:]:
        for statement in step.split(";\n"):
            if statement.strip():
                db.execute(statement)
    db.execute(f"PRAGMA user_version = {len(STEPS)}")


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("PRAGMA user_version").fetchone()[0])
