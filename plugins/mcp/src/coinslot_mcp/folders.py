"""The folders whose files an agent may use, and no file outside them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from coinslot import ConfigurationError
from coinslot.text import clean

LARGEST_FILE = 256 * 1024 * 1024
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//|[^\\/])")


class NotAllowed(Exception):
    """A file that an agent may not use, or that is not there; which of the two is not told."""


class Folders:
    """Folders that a person named."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Raises ConfigurationError for what is no folder, or is the whole disk."""
        self._roots = tuple(_root(folder) for folder in folders)

    def medium(self, text: str) -> str | bytes:
        """Return an address as it is, and of a file what it holds. Raises NotAllowed."""
        if _ADDRESS.match(text):
            return text
        if _SCHEME.match(text):
            raise NotAllowed(f"{clean(text, 80)!r} is neither an https address nor the path of a file.")
        return self.content(text)

    def content(self, text: str) -> bytes:
        """Return what a file holds. Relative paths start in each of the folders. Raises NotAllowed."""
        if not self._roots:
            raise NotAllowed(
                "This server may read no files: the person who runs it has to start it with --folder. "
                "Addresses (https://...) can be given."
            )
        for path in self._candidates(text):
            content = _content(path)
            if content is not None:
                return content
        raise NotAllowed(
            f"{clean(text, 200)!r} is no file in the folders that this server may read: "
            f"{', '.join(map(str, self._roots))}. Hidden files and hard links are left out."
        )

    def _candidates(self, text: str) -> Iterator[Path]:
        """Give the paths that are meant, resolved, where they lie in a folder."""
        for root in self._roots:
            try:
                path = (root / text).resolve(strict=True)
            except (OSError, ValueError, RuntimeError):
                continue
            inside = next((each for each in self._roots if path.is_relative_to(each)), None)
            if inside is not None and not any(
                part.startswith(".") for part in path.relative_to(inside).parts
            ):
                yield path


def _content(path: Path) -> bytes | None:
    """Read a resolved path; None where it is not, or no longer, the plain file that it was."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        handle = os.open(path, flags | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
    except OSError:
        return None
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode):
        os.close(handle)
        return None
    with os.fdopen(handle, "rb") as file:
        # A folder on the way may have been exchanged for a link since the path was resolved.
        same = path.resolve() == path and os.path.samestat(found, path.lstat())
        if found.st_nlink != 1 or not same:
            return None
        if found.st_size > LARGEST_FILE:
            raise NotAllowed(f"{path.name} has more than {LARGEST_FILE} bytes.")
        return file.read(LARGEST_FILE)


def _root(folder: Path) -> Path:
    try:
        path = folder.expanduser().resolve(strict=True)
    except OSError:
        raise ConfigurationError(f"There is no folder {folder}.") from None
    if not path.is_dir() or path == Path(path.anchor):
        raise ConfigurationError(f"{folder} is not a folder that an agent's files can lie in.")
    return path
