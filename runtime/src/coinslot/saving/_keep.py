"""Saving a result's file: fetched into a part, named by what it holds, told of, and on record."""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from coinslot.delivery import deliver
from coinslot.download import fetched
from coinslot.effects import Flow
from coinslot.media import SNIFFED_BYTES, sniff
from coinslot.saving._names import Place, synced, take, with_ending
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
        yield from fetched(result, work, name, part)
        kind = sniff(part.beginning(SNIFFED_BYTES))
        told = None if metadata is None else (yield from told_of(work, name))
        arrived = part.finish()
        inside = metadata == "inside" and kind == "image/png" and _told_inside(arrived, told)
        path = take(arrived, with_ending(wanted, kind))
    if told is not None and not inside:
        _write_beside(path, told)
    if work.attempt_id is not None and name == result.media_member(None):
        yield from deliver(work.attempt_id, "saved", job_id=work.id, saved_to=path)
    return path


def sidecar_of(path: Path) -> Path:
    """Return where what made a file is told beside it."""
    return path.with_name(f"{path.name}.json")


def text_inside(picture: bytes) -> str | None:
    """Return what a picture tells of what made it; None where it tells nothing."""
    return text_of(picture, KEYWORD)


def _told_inside(path: Path, told: Any) -> bool:
    """Put the text into a picture that is not in its place yet; False: it does not fit there."""
    if path.stat().st_size > _LARGEST_PICTURE:
        return False
    picture = with_text(path.read_bytes(), KEYWORD, json.dumps(told, ensure_ascii=False))
    if picture is None:
        return False
    _write(path.with_name(f"{path.name}.{secrets.token_hex(4)}"), picture).replace(path)
    return True


def _write_beside(path: Path, told: Any) -> None:
    text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    part = path.with_name(f".{path.name[:100]}.{secrets.token_hex(6)}.part")
    take(_write(part, text.encode()), sidecar_of(path))
    synced(path.parent)


def _write(path: Path, content: bytes) -> Path:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path
