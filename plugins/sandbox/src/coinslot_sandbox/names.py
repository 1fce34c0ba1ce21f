"""Identifiers that the sandbox makes up: job ids, upload ids, nonces, keys.

They all come from one source of bytes, so that a recording can be made with the same ones.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from random import Random
from typing import TypeAlias
from uuid import UUID

Entropy: TypeAlias = Callable[[int], bytes]
"""Returns that many bytes, random or not."""

_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def system_entropy(count: int) -> bytes:
    """Return `count` random bytes of the operating system."""
    return secrets.token_bytes(count)


def seeded_entropy(seed: int | str) -> Entropy:
    """Return a source that gives the same bytes for the same seed; for recordings, never for value."""
    source = Random(seed)  # noqa: S311 # repeatable is the point; the keys hold nothing
    return source.randbytes


class Names:
    """Makes identifiers from one source of bytes."""

    def __init__(self, entropy: Entropy = system_entropy) -> None:
        self._entropy = entropy

    def job(self) -> str:
        """Return a job id that looks like the cuids seen in the wild: `c` and 24 characters."""
        return "c" + "".join(_BASE36[byte % 36] for byte in self._entropy(24))

    def number(self) -> str:
        """Return a job id for an API that counts its jobs: digits."""
        return str(int(self.hex(6), 16))

    def uuid(self) -> str:
        """Return a UUID of version 4."""
        return str(UUID(bytes=self._entropy(16), version=4))

    def hex(self, count: int) -> str:
        """Return `count` bytes in hexadecimal digits."""
        return self._entropy(count).hex()

    def key(self) -> bytes:
        """Return 32 bytes."""
        return self._entropy(32)
