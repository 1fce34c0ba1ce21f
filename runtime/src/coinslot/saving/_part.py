"""A file on its way, which outlives its process: what is there already is not fetched again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from coinslot.download import LARGEST_FILE
from coinslot.effects import Fetch, Reply
from coinslot.errors import DownloadFailed


class Part:
    """A part of a file, under a name that the same job finds again.

    Beside it stands the version (entity tag) that it is a part of: without one, all is fetched anew.
    """

    def __init__(self, folder: Path, key: str, *, limit: int = LARGEST_FILE) -> None:
        name = hashlib.sha256(key.encode()).hexdigest()[:20]
        self.path = folder / f".{name}.part"
        self._limit = limit
        self._file: IO[bytes] = _opened(self.path)
        if not _locked(self._file):
            # Another process is at the same file.
            self._file.close()
            self.path = folder / f".{name}.{secrets.token_hex(6)}.part"
            self._file = self.path.open("x+b")
        self._tag = self.path.with_suffix(".tag")
        self.version = self._read_tag()
        if not self.version:
            self.restart()
        self._file.seek(0, os.SEEK_END)

    @property
    def size(self) -> int:
        """Bytes that are there."""
        return self._file.tell()

    def head(self, reply: Reply) -> None:
        """Take the head of a reply: whether the rest follows, or all of it."""
        begins = (reply.headers.get("Content-Range") or "").partition("-")[0].rpartition(" ")[2]
        if reply.status == 206 and begins != str(self.size):
            raise DownloadFailed("The file's host sent another part than the one that was asked for.")
        if reply.status == 200:
            self.restart()
            tag = reply.headers.get("ETag") or ""
            self.version = tag if tag.startswith('"') and tag.isascii() and len(tag) < 300 else ""
            if self.version:
                self._tag.write_text(self.version)

    def fetch(self, url: str, *, public: bool) -> Fetch:
        """Return the effect that brings what is missing."""
        start = self.size if self.version else 0
        return Fetch(
            url,
            self.write,
            public=public,
            start=start,
            version=self.version if start else "",
            on_head=self.head,
        )

    def again(self) -> None:
        """Prepare for another try: what is there and known stays."""
        if not self.version:
            self.restart()

    def write(self, chunk: bytes) -> None:
        """Take the next bytes. Raises DownloadFailed above the limit."""
        if self.size + len(chunk) > self._limit:
            self.restart()
            raise DownloadFailed(f"The file is longer than {self._limit} bytes, and was not kept.")
        self._file.write(chunk)

    def restart(self) -> None:
        """Forget what was written."""
        self._file.seek(0)
        self._file.truncate()
        self.version = ""
        self._tag.unlink(missing_ok=True)

    def beginning(self, count: int) -> bytes:
        """Return the first bytes."""
        self._file.flush()
        with self.path.open("rb") as file:
            return file.read(count)

    def finish(self) -> Path:
        """Have the whole file on disk, and return where it lies. Raises DownloadFailed for an empty one."""
        if not self.size:
            raise DownloadFailed("The file is empty.")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._tag.unlink(missing_ok=True)
        return self.path

    def _read_tag(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            return self._tag.read_text()
        return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.flush()
        worthless = not self.version or not self.size
        if worthless and kind is not None:
            self.path.unlink(missing_ok=True)
            self._tag.unlink(missing_ok=True)
        self._file.close()


def _opened(path: Path) -> IO[bytes]:
    # Neither emptied nor appended to: what is there may be gone on with, or begun anew.
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666), "r+b")


def _locked(file: IO[bytes]) -> bool:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - there is no such lock on this system
        return True
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
