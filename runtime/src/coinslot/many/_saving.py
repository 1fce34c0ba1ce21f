"""Where a map's files go: one for each job, whose name holds the job's id, so that a restart finds it."""

from __future__ import annotations

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
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_ID = 100


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
        path = self._there.get(_UNFIT.sub("-", job_id)[:_LONGEST_ID].strip(".-"))
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
        place = Place(self._folder, f"{item.index + 1:04}_{{job_id}}")
        return ((yield from keep(result, work, place)),)
