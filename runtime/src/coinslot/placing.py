"""A finished file's name: it stands for the whole file from its first moment, and replaces no other."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path


def give_name(part: Path, path: Path) -> None:
    """Give the finished file `part` a second name; the first one is gone where files cannot have two.

    Raises FileExistsError where the name is taken.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # A move would replace what is there: so the name is taken first, and then filled by one move.
        path.open("xb").close()
        part.replace(path)
    synced(path.parent)


def synced(folder: Path) -> None:
    """Have names of a folder on its disk."""
    if os.name == "posix":
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
