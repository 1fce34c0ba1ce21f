"""Private keys, held where nothing shows them: not a log, a traceback, a pickle or a copy."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, final

from coinslot.errors import ConfigurationError

TEST_PREFIX = "test:"
MAX_FILE_BYTES = 64 * 1024


@final
class Key:
    """A private key. Only `reveal` gives it away, and only signers call that."""

    __slots__ = ("_open", "_secret", "address", "test")

    def __init__(self, secret: bytes, *, test: bool) -> None:
        self._open: Callable[[], Key] | None = None
        self._secret = secret
        self.address: str | None = None
        """Its address, where that is known without the secret."""
        self.test = test
        """Whether it is marked as a test key, which never signs for a public origin."""

    @classmethod
    def sealed(cls, open_it: Callable[[], Key], *, address: str, test: bool) -> Key:
        """Return a key that is opened when it first signs.

        `open_it` may ask a person, is safe for threads, and raises ConfigurationError where the key of this
        address does not open.
        """
        key = cls(b"", test=test)
        key._open, key.address = open_it, address
        return key

    @property
    def unlock(self) -> Callable[[], object] | None:
        """What opens it, and may block for as long as a person types; None once it is open."""
        return None if self._open is None else self.reveal

    def reveal(self) -> bytes:
        """Return the secret bytes. Keep them out of every variable that outlives the call."""
        if self._open is not None:
            self._secret = self._open().reveal()
            self._open = None
        return self._secret

    def __repr__(self) -> str:
        return f"<{'test' if self.test else 'live'} key>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a private key is neither pickled nor copied"
        raise TypeError(message)


def split_mark(value: str) -> tuple[str, bool]:
    """Take the mark of a test key off a setting: the rest, and whether the mark stood there."""
    rest = value.strip()
    marked = rest.startswith(TEST_PREFIX)
    return rest.removeprefix(TEST_PREFIX), marked


def read_private_file(path: str, name: str) -> bytes:
    """Read a file that only its owner may read; `name` is the setting that led here.

    Raises ConfigurationError for a file that is missing, too long, or open to others (mode beyond 0600).
    """
    return read_private(Path(path), f"The file that {name} names")


def read_private(path: Path, told: str) -> bytes:
    """Do the same for a file that errors call `told`."""
    try:
        with path.expanduser().open("rb") as file:
            state = os.fstat(file.fileno())
            private = os.name != "posix" or not stat.S_IMODE(state.st_mode) & 0o177
            content = file.read(MAX_FILE_BYTES + 1) if private and stat.S_ISREG(state.st_mode) else b""
    except (OSError, RuntimeError) as error:
        reason = type(error).__name__
        raise ConfigurationError(f"{told} cannot be read ({reason}).") from None
    if not private:
        mode = stat.S_IMODE(state.st_mode)
        raise ConfigurationError(f"{told} is open to others (mode {mode:04o}); run chmod 600 on it.")
    if not content or len(content) > MAX_FILE_BYTES:
        raise ConfigurationError(f"{told} is empty, too long or no regular file.")
    return content
