"""Where the result of a job was wanted: kept beside the ledger until it is there, for `jobs resume`."""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coinslot.commands._writing import write_file
from coinslot.console._options import Terms
from coinslot.ledger import default_path
from coinslot.text import written

if TYPE_CHECKING:
    from coinslot.attempt import Attempt

_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")


def keep_wanted(attempt_id: str | None, terms: Terms) -> None:
    """Keep what was said of a result's place; nothing where nothing was said."""
    path = _path(attempt_id)
    if path is None or (terms.output is None and terms.metadata == Terms().metadata):
        return
    told = {"output": terms.output and _absolute(terms.output), "metadata": terms.metadata}
    # It spares a person an option: a disk that is full is told of where it matters.
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(path, json.dumps(told).encode(), replace=True)


def with_wanted(attempt_id: str | None, terms: Terms) -> Terms:
    """Return terms with what was said when the job was started, wherever they say nothing themselves."""
    path = _path(attempt_id)
    if path is None or terms.output is not None:
        return terms
    try:
        told = json.loads(path.read_bytes())
        output, metadata = told["output"], told["metadata"]
    except (OSError, ValueError, TypeError, KeyError):
        return terms
    if not isinstance(output, str | None) or metadata not in {"inside", "sidecar", "none"}:
        return terms
    return replace(terms, output=output, metadata=metadata if terms.metadata == "inside" else terms.metadata)


def forget_wanted(attempt_id: str | None) -> None:
    """Forget it: the result is there, or will never be."""
    path = _path(attempt_id)
    if path is not None:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def told_path(path: Path) -> str:
    """Return a path as it is typed here: from this folder on, where it lies below."""
    if path.is_absolute() and path.is_relative_to(Path.cwd()):
        return written(path.relative_to(Path.cwd()))
    return written(path)


def map_of(attempt: Attempt) -> str | None:
    """Return the name of the map that an attempt belongs to."""
    kind, _, name = (attempt.budget or "").partition(" ")
    return name if kind == "map" and name else None


def _path(attempt_id: str | None) -> Path | None:
    if attempt_id is None or not _ID.fullmatch(attempt_id):
        return None
    return default_path().parent / "wanted" / f"{attempt_id}.json"


def _absolute(output: str) -> str:
    # Joined as text: a slash at the end says that a folder is meant.
    return os.path.join(os.getcwd(), os.path.expanduser(output))  # noqa: PTH109, PTH111, PTH118
