"""Replacing a folder: written beside it, then swapped."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from coinslot_codegen.write.manifest import find, sha256

_IGNORED = ("__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache")


class OutputRefused(Exception):
    """The output folder is not ours to replace, or cannot be written."""


def check_output(folder: Path) -> None:
    """Raise OutputRefused if `folder` holds anything that no generator wrote."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise OutputRefused(f"{folder}: is a file, not a folder")
    found = foreign(folder)
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise OutputRefused(
            f"{folder}: holds {found[0]}{more}, which no generator wrote: choose another folder"
        )


def foreign(folder: Path) -> list[str]:
    """Return the files in `folder` that no generator wrote."""
    found = find(folder)
    known = {path.as_posix() for path in (map(Path, found[1].files) if found else ())}
    if found:
        known.add(found[0].relative_to(folder).as_posix())
    return sorted(path for path in _files(folder) if path not in known)


def edited(folder: Path) -> list[str]:
    """Return the generated files that are missing or no longer what the manifest says."""
    found = find(folder)
    if found is None:
        return []
    return [path for path, digest in found[1].files.items() if _digest(folder / path) != digest]


def check_unedited(folder: Path) -> None:
    """Raise OutputRefused if a generated file in `folder` was edited by hand; missing ones come back."""
    found = [path for path in edited(folder) if (folder / path).exists()]
    if found:
        more = f" and {len(found) - 1} more" if len(found) > 1 else ""
        raise OutputRefused(
            f"{folder}: edited by hand: {found[0]}{more}; nothing was written (--force writes over it)"
        )


def current(folder: Path) -> dict[str, bytes]:
    """Return the folder's files by path."""
    return {path: (folder / path).read_bytes() for path in _files(folder)} if folder.is_dir() else {}


@contextmanager
def beside(folder: Path) -> Iterator[Path]:
    """Give an empty folder on the same disk as `folder`, gone afterwards unless it was moved.

    Whatever the disk refuses meanwhile becomes OutputRefused.
    """
    target = folder.resolve()
    temporary: Path | None = None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        yield temporary
    except OSError as error:
        raise OutputRefused(f"{folder}: cannot be written ({error.strerror})") from None
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write files below `folder`, with the access rights that new files have."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def swap(new: Path, folder: Path, move: Callable[[Path, Path], object] = os.replace) -> None:
    """Put `new` in the place of `folder`; whatever fails, one of the two stands there, whole."""
    new.chmod(0o755)
    target = folder.resolve()
    if not target.exists():
        move(new, target)
        return
    old = new.with_name(f"{new.name}.old")
    move(target, old)
    try:
        move(new, target)
    except BaseException:
        move(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _files(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_dir() or any(part in _IGNORED or part.endswith(".egg-info") for part in parts):
            continue
        yield path.relative_to(folder).as_posix()


def _digest(path: Path) -> str | None:
    return sha256(path.read_bytes()) if path.is_file() else None
