"""A finished file's name: it stands for the whole file from its first moment, and replaces no other."""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path

_AT_FDCWD, _RENAME_NOREPLACE = -100, 1
"""Of renameat2(2), on Linux."""
_RENAME_EXCL = 4
"""Of renamex_np(2), on macOS."""


def give_name(part: Path, path: Path) -> None:
    """Give the finished file `part` a second name; the first one is gone where files cannot have two.

    Raises FileExistsError where the name is taken.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        if not _moved(part, path):
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


def _moved(part: Path, path: Path) -> bool:
    """Move a file to a free name in one step, where system and file system can; say whether it was done.

    Raises FileExistsError where the name is taken.
    """
    if os.name == "nt":
        # There it replaces nothing.
        part.rename(path)
        return True
    import ctypes

    old, new = os.fsencode(part), os.fsencode(path)
    try:
        system = ctypes.CDLL(None, use_errno=True)
        if hasattr(system, "renameat2"):
            failed = system.renameat2(_AT_FDCWD, old, _AT_FDCWD, new, _RENAME_NOREPLACE)
        else:
            failed = system.renamex_np(old, new, _RENAME_EXCL)
    except (AttributeError, OSError):
        return False
    if failed and ctypes.get_errno() == errno.EEXIST:
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    return not failed
