"""Long answers, kept beside the database: a file each, for its owner alone."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from coinslot.attempt import StoredAnswer
from coinslot.ledger._files import private_folder

LONG = 256 * 1024
"""Bytes of an answer that the database itself keeps at most."""


def kept_answer(row: sqlite3.Row, files: AnswerFiles) -> StoredAnswer | None:
    """Return the answer that is kept of an attempt, whose row is given; None where none is."""
    body = files.read(row["id"]) if row["answer_body"] is None else row["answer_body"]
    if row["answer_status"] is None or body is None:
        return None
    return StoredAnswer(row["answer_status"], row["answer_type"], body, bool(row["answer_partial"]))


class AnswerFiles:
    """The answers that are too long for the database, each under its attempt's id."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, attempt_id: str, body: bytes) -> None:
        """Put an answer on the disk, whole or not at all. Raises OSError."""
        private_folder(self._folder)
        path = self._path(attempt_id)
        part = path.with_suffix(".part")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)

    def read(self, attempt_id: str) -> bytes | None:
        """Return an answer; None where it is not there."""
        try:
            return self._path(attempt_id).read_bytes()
        except OSError:
            return None

    def erase(self, attempt_id: str) -> None:
        """Erase an answer, if there is one."""
        with contextlib.suppress(OSError):
            self._path(attempt_id).unlink(missing_ok=True)

    def _path(self, attempt_id: str) -> Path:
        return self._folder / f"{Path(attempt_id).name}.answer"
