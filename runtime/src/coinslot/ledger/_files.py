"""Folders and files that only their owner may read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Literal


def private_folder(folder: Path) -> None:
    """Make a folder, and what is missing above it, with mode 0700."""
    missing = [folder]
    while not missing[-1].parent.exists():
        missing.append(missing[-1].parent)
    for path in reversed(missing):
        path.mkdir(mode=0o700, exist_ok=True)


def writable_by(folder: Path) -> Literal["everybody", "its group"] | None:
    """Say which others can put files into a folder, and take any away; None: nobody that is known."""
    try:
        mode = folder.stat().st_mode if os.name == "posix" else 0
    except OSError:
        return None
    if mode & stat.S_IWOTH:
        return "everybody"
    return "its group" if mode & stat.S_IWGRP else None


def exposed_above(folder: Path) -> Path | None:
    """Return the first folder above this one in which everybody can put another in its place."""
    for above in folder.parents:
        # Where a folder is sticky, only whoever has a file there can take it away.
        if writable_by(above) == "everybody" and not above.stat().st_mode & stat.S_ISVTX:
            return above
    return None
