"""Where a file goes: a folder, a file or a template, and a free name there."""

from __future__ import annotations

import mimetypes
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from coinslot.placing import give_name

DEFAULT = "{model}-{job_id}"
_FIELD = re.compile(r"\{(\w*)\}")
_FIELDS = ("model", "job_id", "time", "member")
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 100
_ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/tiff": (".tif", ".tiff"),
    "audio/mpeg": (".mp3",),
    "audio/wav": (".wav",),
    "audio/mp4": (".m4a", ".mp4"),
    "audio/ogg": (".ogg", ".oga"),
    "video/mp4": (".mp4", ".m4v"),
    "video/webm": (".webm",),
    "image/webp": (".webp",),
    "image/avif": (".avif",),
    "image/heic": (".heic",),
}
"""Endings by media type, the usual one first, where Python's own table differs from system to system."""


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, and the template of a name in it, which may lead into folders below."""

    folder: Path
    template: str

    def path(self, words: Mapping[str, str], now: float) -> Path:
        """Return where a file goes, without a free name or a right ending yet."""
        told = {**words, "time": time.strftime("%Y%m%d-%H%M%S", time.localtime(now))}

        def fill(found: re.Match[str]) -> str:
            word = _UNFIT.sub("-", told[found[1]])[:_LONGEST].strip(".-")
            return word or "x"

        return self.folder / _FIELD.sub(fill, self.template)


def place_of(save_to: str | os.PathLike[str]) -> Place:
    """Read where results shall go. Raises ValueError for a template with unknown fields."""
    text = os.fspath(save_to)
    folder = text.endswith(("/", os.sep)) or Path(text).is_dir()
    path = Path(text).expanduser()
    parts = [*path.parts, DEFAULT] if folder else [*path.parts]
    for name in _FIELD.findall(text):
        if name not in _FIELDS:
            listed = ", ".join(f"{{{one}}}" for one in _FIELDS)
            raise ValueError(f"{{{name}}} is no field of a file name; there are {listed}")
    first = next((index for index, part in enumerate(parts) if "{" in part), len(parts) - 1)
    return Place(Path(*parts[:first]), str(Path(*parts[first:])))


def with_ending(path: Path, media_type: str | None) -> Path:
    """Return the path with the ending that belongs to the content; one that fits stays."""
    fitting = _ENDINGS.get(media_type or "") or ((mimetypes.guess_extension(media_type or "") or ".bin"),)
    if path.suffix.lower() in fitting or (media_type is None and path.suffix):
        return path
    # The dot of a version, as in `film-2.1`, begins no ending.
    named = mimetypes.guess_type(path.name)[0] is not None or path.suffix.lower() in {
        ending for endings in _ENDINGS.values() for ending in endings
    }
    return path.with_suffix(fitting[0]) if named else path.with_name(path.name + fitting[0])


def take(part: Path, wanted: Path) -> Path:
    """Move the finished file `part` to the name `wanted`, or that with a number, if it is taken; return it.

    Nothing that is there is ever replaced, and the name never stands for a part of a file.
    """
    path = named(part, wanted)
    part.unlink(missing_ok=True)
    return path


def named(part: Path, wanted: Path) -> Path:
    """Do as `take`, but leave the file its first name too where files can have two."""
    for path in _numbered(wanted):
        try:
            give_name(part, path)
        except FileExistsError:
            continue
        return path
    raise AssertionError  # pragma: no cover - numbers do not end


def is_named(path: Path, wanted: Path) -> bool:
    """Whether a path is `wanted`, or that with a number."""
    number = path.stem.removeprefix(f"{wanted.stem}-")
    return path == wanted or (number.isdecimal() and path == wanted.with_stem(f"{wanted.stem}-{number}"))


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    number = 2
    while True:
        yield path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
