"""Where a map's files go: one for each job, whose name holds the job's id, so that a restart finds it."""

from __future__ import annotations

import mimetypes
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coinslot.attempt import Attempt
from coinslot.download import save
from coinslot.effects import Flow
from coinslot.jobs._work import Work
from coinslot.media import SNIFFED_BYTES, sniff
from coinslot.results import Result

if TYPE_CHECKING:
    from coinslot.many._item import Item

_UNFIT = re.compile(r"[^A-Za-z0-9_-]+")
_LONGEST_ID = 100


class Saving:
    """Saves results in one folder, which is made where it is missing."""

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder)
        self._folder.mkdir(parents=True, exist_ok=True)

    def found(self, attempt: Attempt) -> tuple[Path, ...]:
        """Return the files of an attempt's job that are here."""
        return tuple(sorted(self._folder.glob(f"*_{_told(attempt.job_id or '')}.*")))

    def saved(self, item: Item, work: Work[Any], result: Any) -> Flow[tuple[Path, ...]]:
        """Fetch a result's main file. Raises DownloadFailed, OSError."""
        if not isinstance(result, Result):
            return ()
        # It has its name only when it is whole, so that a restart takes no part of a file for the file.
        name = f"{item.index + 1:04}_{_told(work.id)}"
        arrived = yield from save(result, work, self._folder / f".{name}", None, overwrite=True)
        with arrived.open("rb") as file:
            media_type = sniff(file.read(SNIFFED_BYTES))
        ending = mimetypes.guess_extension(media_type or "") or ".bin"
        return (arrived.replace(self._folder / f"{name}{ending}"),)


def _told(job_id: str) -> str:
    return _UNFIT.sub("-", job_id)[:_LONGEST_ID]
