"""Saving a result's file: fetched into a part, named by what it holds, told of, and on record."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from coinslot.delivery import deliver
from coinslot.download import fetched
from coinslot.effects import Flow
from coinslot.media import SNIFFED_BYTES, sniff
from coinslot.saving._names import Place, is_named, named, take, with_ending
from coinslot.saving._part import Part
from coinslot.saving._png import text_of, with_text
from coinslot.saving._told import model_of, told_of

if TYPE_CHECKING:
    from coinslot.jobs._work import Work
    from coinslot.results import Result

Metadata: TypeAlias = Literal["inside", "sidecar"] | None
"""Where a file's prompt, parameters, price and receipt go: inside a PNG (beside any other file), beside, or
nowhere."""
KEYWORD = "coinslot"
_LARGEST_PICTURE = 256 * 1024 * 1024


def keep(
    result: Result, work: Work[Any], place: Place, *, metadata: Metadata = "inside", member: str | None = None
) -> Flow[Path]:
    """Fetch a file of a finished job and return where it lies. Raises DownloadFailed, OSError.

    A file that began to come, in this process or in one that was killed, goes on where it stopped.
    """
    name = result.media_member(member)
    words = {"model": model_of(work.route.path), "job_id": work.id, "member": name}
    wanted = place.path(words, work.surroundings.now())
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with Part(wanted.parent, f"{work.face.settings.base_url}\0{work.id}\0{name}") as part:
        if part.whole is not None and not is_named(part.whole, _with_ending(wanted, part)):
            part.forget()
        path = part.whole
        if path is None:
            yield from fetched(result, work, name, part)
            part.finish()
            if metadata == "inside":
                _tell_inside(part, (yield from told_of(work, name)))
            path = named(part.path, _with_ending(wanted, part))
        yield from settle(result, work, path, metadata=metadata, member=name)
        part.over()
    return path


def settle(
    result: Result,
    work: Work[Any],
    path: Path,
    *,
    metadata: Metadata = "inside",
    member: str | None = None,
) -> Flow[None]:
    """Tell what made a file that has its name, where that is not told yet, and have it on record."""
    name = result.media_member(member)
    if (
        metadata is not None
        and not (metadata == "inside" and _tells(path))
        and not _is_told_of(path, work.id)
    ):
        _write_beside(path, (yield from told_of(work, name)))
    if work.attempt_id is not None and name == result.media_member(None):
        yield from deliver(work.attempt_id, "saved", job_id=work.id, saved_to=path)


def sidecar_of(path: Path) -> Path:
    """Return where what made a file is told beside it."""
    return path.with_name(f"{path.name}.json")


def text_inside(picture: bytes) -> str | None:
    """Return what a picture tells of what made it; None where it tells nothing."""
    return text_of(picture, KEYWORD)


def _with_ending(wanted: Path, part: Part) -> Path:
    return with_ending(wanted, sniff(part.beginning(SNIFFED_BYTES)))


def _tell_inside(part: Part, told: Any) -> None:
    """Put the text into a picture that is not in its place yet, if it fits there."""
    if part.size > _LARGEST_PICTURE or sniff(part.beginning(SNIFFED_BYTES)) != "image/png":
        return
    picture = with_text(part.path.read_bytes(), KEYWORD, json.dumps(told, ensure_ascii=False))
    if picture is not None:
        part.rewrite(picture)


def _tells(path: Path) -> bool:
    return path.stat().st_size <= 2 * _LARGEST_PICTURE and text_inside(path.read_bytes()) is not None


def _is_told_of(path: Path, job_id: str) -> bool:
    try:
        told = json.loads(sidecar_of(path).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(told, dict) and told.get("job_id") == job_id


def _write_beside(path: Path, told: Any) -> None:
    beside = sidecar_of(path)
    part = path.with_name(f".{beside.name[:100]}.part")
    with part.open("wb") as file:
        file.write(json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    take(part, beside)
