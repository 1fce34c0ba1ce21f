"""A file on its way, which outlives its process: what is there already is not fetched again."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from coinslot.download import LARGEST_FILE
from coinslot.effects import Fetch, Reply
from coinslot.errors import DownloadFailed

_TRIES = 10


class Part:
    """A part of a file, under a name that the same job finds again.

    Beside it stands the version (entity tag) that it is a part of: without one, all is fetched anew.
    A whole file gets its own name and keeps this one until that is on record: one that has both was whole
    when its process ended, and is written to no more.
    """

    def __init__(self, folder: Path, key: str, *, limit: int = LARGEST_FILE) -> None:
        digest = hashlib.sha256(key.encode()).hexdigest()[:20]
        self.path = folder / f".{digest}.part"
        self._limit = limit
        self._over = False
        self._file, self.whole = self._opened()
        self._tag = self.path.with_suffix(".tag")
        self.version = "" if self.whole else self._read_tag()
        if not self.version and self.whole is None:
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

    def finish(self) -> None:
        """Have the whole file on disk. Raises DownloadFailed for an empty one."""
        if not self.size:
            raise DownloadFailed("The file is empty.")
        self._tag.unlink(missing_ok=True)
        self._synced()

    def rewrite(self, content: bytes) -> None:
        """Have these bytes on disk, in place of the whole file's."""
        self._file.seek(0)
        self._file.truncate()
        self._file.write(content)
        self._synced()

    def over(self) -> None:
        """Note that the whole file is on record under its own name."""
        self._over = True

    def forget(self) -> None:
        """Leave the whole file to its own name, and begin anew."""
        self._drop()
        self._file, self.whole = self._opened()
        self.restart()

    def _synced(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def _opened(self) -> tuple[IO[bytes], Path | None]:
        """Return the file, and the name that an earlier process gave to it when it was whole."""
        for _ in range(_TRIES):
            file = _opened(self.path)
            if not _locked(file):
                # Another process is at the same file.
                file.close()
                break
            held = os.fstat(file.fileno())
            if _is(self.path, held):
                if held.st_nlink <= 1:
                    return file, None
                named = next((path for path in _beside(self.path) if _is(path, held)), None)
                if named is not None:
                    return file, named
                self.path.unlink(missing_ok=True)
            # Another process gave the file its own name meanwhile; or files have no numbers that stay.
            file.close()
        self.path = self.path.with_name(f"{self.path.stem}.{secrets.token_hex(6)}.part")
        return self.path.open("x+b"), None

    def _read_tag(self) -> str:
        with contextlib.suppress(OSError, ValueError):
            return self._tag.read_text()
        return ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        worthless = kind is not None and self.whole is None and (not self.version or not self.size)
        if self._over or worthless:
            self._drop()
        else:
            self._file.close()

    def _drop(self) -> None:
        """Take the part away as long as it is held: once it is let go, it may be another process's."""
        self._tag.unlink(missing_ok=True)
        if os.name == "nt":
            # There no file that is open can be taken away.
            self._file.close()
        self.path.unlink(missing_ok=True)
        self._file.close()


def sweep(folder: Path) -> None:
    """Take the first names away from whole files that have their own."""
    for path in folder.glob(".*.part"):
        with contextlib.suppress(OSError), path.open("r+b") as file:
            held = os.fstat(file.fileno())
            if held.st_nlink > 1 and _locked(file) and any(_is(other, held) for other in _beside(path)):
                path.unlink(missing_ok=True)


def _beside(part: Path) -> Iterator[Path]:
    return (path for path in part.parent.iterdir() if not path.name.startswith("."))


def _is(path: Path, held: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), held)
    except OSError:
        return False


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
