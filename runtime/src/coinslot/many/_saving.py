"""Where a map's files go: one for each job, whose name holds the job's id, so that a restart finds it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coinslot.effects import Flow
from coinslot.jobs._work import Work
from coinslot.results import Result
from coinslot.saving import Place, keep, settle, sweep

if TYPE_CHECKING:
    from coinslot.many._item import Item

_FILE = re.compile(r"[0-9]+_(?P<job>.+)\.(?!json$)[a-z0-9]+")
_FIT = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9._-]{0,98}[A-Za-z0-9_])?")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_SHOWN = 60
"""Characters that are kept of an id that no file can be named by."""


class Saving:
    """Saves results in one folder, which is made where it is missing."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)
        sweep(self._folder)
        named = [(_FILE.fullmatch(path.name), path) for path in self._folder.iterdir()]
        self._there = {found["job"]: path for found, path in named if found is not None}

    def found(self, job_id: str) -> tuple[Path, ...]:
        """Return the file of a job that an earlier run left here: whole, as only whole files have names.

        An empty one is a name that was taken where files cannot have two, and never filled.
        """
        path = self._there.get(_named(job_id))
        return (path,) if path is not None and path.exists() and path.stat().st_size else ()

    def saved(self, item: Item, work: Work[Any], result: Any) -> Flow[tuple[Path, ...]]:
        """Bring a result's main file home. Raises DownloadFailed, OSError."""
        if not isinstance(result, Result):
            return ()
        there = self.found(work.id)
        if there:
            # Its process ended between the file and the note about it.
            yield from settle(result, work, there[0])
            return there
        place = Place(self._folder, f"{item.index + 1:04}_{_named(work.id)}")
        return ((yield from keep(result, work, place)),)


def _named(job_id: str) -> str:
    """Name a job as files can be named; no two share a name, by which a restart knows whose a file is."""
    if _FIT.fullmatch(job_id):
        return job_id
    told = hashlib.sha256(job_id.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{_UNFIT.sub('-', job_id)[:_SHOWN].strip('.-') or 'x'}-{told}"
