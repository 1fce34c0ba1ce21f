"""The folders whose files an agent may use, and no file outside them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from coinslot import ConfigurationError
from coinslot.keys import TEST_PREFIX
from coinslot.ledger import default_path
from coinslot.text import clean

LARGEST = 256 * 1024 * 1024
"""Bytes of a file, and of all files of a call."""
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(//|[^\\/])")


class NotAllowed(Exception):
    """A file that an agent may not use, or that is not there; which of the two is not told."""


class Folders:
    """Folders that a person named, without what is `secret` wherever it lies: files, and whole folders."""

    def __init__(self, folders: Sequence[Path], secret: Sequence[Path] = ()) -> None:
        """Raises ConfigurationError for what is no folder, is secret, or is the whole disk."""
        self._secret = tuple(secret)
        self._roots = tuple(_root(folder) for folder in folders)
        for root in self._roots:
            if self._is_secret(root):
                raise ConfigurationError(f"{root} holds wallets and the ledger, and nothing for an agent.")

    def reading(self) -> Reading:
        """Return what reads the files of one call."""
        return Reading(self)

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
            if not self._is_secret(path) and any(_is_seen(path, each) for each in self._roots):
                yield path

    def _is_secret(self, path: Path) -> bool:
        return any(path.is_relative_to(each) for each in self._secret)


class Reading:
    """Reads the files of one call, each once."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders
        self.files: dict[str, bytes] = {}
        """What was read, by the names that were given."""

    def medium(self, text: str) -> str | bytes:
        """Return an address as it is, and of a file what it holds. Raises NotAllowed."""
        if _ADDRESS.match(text):
            return text
        if _SCHEME.match(text):
            raise NotAllowed(f"{clean(text, 80)!r} is neither an https address nor the path of a file.")
        if text not in self.files:
            content = self._folders.content(text)
            if sum(map(len, self.files.values())) + len(content) > LARGEST:
                raise NotAllowed(f"The files of this call have more than {LARGEST} bytes together.")
            self.files[text] = content
        return self.files[text]


def secret_paths(ledger: Path, environ: Mapping[str, str]) -> list[Path]:
    """Return what is no agent's, wherever it lies.

    The folder of this ledger and its wallets, that of this user's own, and files that settings name.
    """
    named = [
        value.removeprefix(TEST_PREFIX) for name, value in environ.items() if name.startswith("COINSLOT_")
    ]
    found = [ledger.parent.resolve(), default_path({}).parent.resolve()]
    for path in map(Path, named):
        with suppress(OSError, ValueError, RuntimeError):
            if path.expanduser().is_file():
                found.append(path.expanduser().resolve())
    return found


def _is_seen(path: Path, root: Path) -> bool:
    """Whether a path lies in a folder, and nothing hidden on the way."""
    return path.is_relative_to(root) and not any(
        part.startswith(".") for part in path.relative_to(root).parts
    )


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
        if found.st_size > LARGEST:
            raise NotAllowed(f"{path.name} has more than {LARGEST} bytes.")
        return file.read(LARGEST)


def _root(folder: Path) -> Path:
    try:
        path = folder.expanduser().resolve(strict=True)
    except OSError:
        raise ConfigurationError(f"There is no folder {folder}.") from None
    if not path.is_dir() or path == Path(path.anchor):
        raise ConfigurationError(f"{folder} is not a folder that an agent's files can lie in.")
    return path
