"""The index of a folder of results: what became of each row."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coinslot.spending import csv_of
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot.many import Outcome

COLUMNS = ("row", "file", "job_id", "price_usd", "error")


def write_index(path: Path, outcomes: Sequence[Outcome[Any]], count: int) -> None:
    """Write an index of `count` rows in one move, as JSON lines or as a table, by the path's ending."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        rows = _rows({outcome.index: outcome for outcome in outcomes}, path.parent, count)
        if path.suffix == ".jsonl":
            file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        else:
            # Names and errors are a server's words: a spreadsheet computes nothing of them.
            file.write(csv_of(rows, COLUMNS))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _rows(outcomes: dict[int, Outcome[Any]], folder: Path, count: int) -> Iterator[dict[str, object]]:
    for index in range(count):
        outcome = outcomes.get(index)
        if outcome is None:
            yield dict(zip(COLUMNS, (index + 1, None, None, None, "not finished"), strict=True))
            continue
        yield {
            "row": index + 1,
            "file": next((os.path.relpath(file, folder) for file in outcome.saved), None),
            "job_id": outcome.job.id if outcome.job is not None else None,
            "price_usd": None if outcome.price is None else f"{outcome.price.normalize():f}",
            "error": None if outcome.error is None else clean(str(outcome.error)),
        }
