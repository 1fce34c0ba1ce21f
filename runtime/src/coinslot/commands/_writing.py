"""Files that a command writes for its user alone, whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from coinslot.placing import give_name


def write_file(path: Path, content: bytes, *, replace: bool) -> None:
    """Write a file of mode 0600. Raises FileExistsError where it is there and not to be replaced, OSError."""
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        if replace:
            part.replace(path)
        else:
            give_name(part, path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
