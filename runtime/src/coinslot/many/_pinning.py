"""The files of a request, held to what they held when it was named: nothing else is uploaded for it."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from coinslot.references import Pinned, Reference

_CHUNK = 1024 * 1024


def pinned(value: Any) -> Any:
    """Return a request, or a part of one, with each file as it is now. Raises OSError for an unreadable one.

    A path stays one, so that only its digest is kept; what else can change is read whole.
    """
    match value:
        case str() | bytes():
            return value
        case os.PathLike():
            return Pinned(value, _digest_of_file(Path(value)))
        case bytearray() | memoryview():
            return bytes(value)
        case Reference():
            return Reference(pinned(value.source))
        case Mapping():
            return {name: pinned(inner) for name, inner in value.items()}
        case list():
            return [pinned(inner) for inner in value]
        case tuple():
            return tuple(pinned(inner) for inner in value)
    return _Held.of(value) if hasattr(value, "read") and hasattr(value, "seek") else value


class _Held(io.BytesIO):
    """What an open file held from where it stood; the file is left there."""

    name: object = None

    @classmethod
    def of(cls, file: Any) -> Any:
        start = file.tell()
        content = file.read()
        file.seek(start)
        if not isinstance(content, bytes):
            # Open as text: the call says what is wrong with that.
            return file
        held = cls(content)
        held.name = getattr(file, "name", None)
        return held


def _digest_of_file(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
