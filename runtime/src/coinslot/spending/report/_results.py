"""The gallery: files that were saved, what they were asked with, and a small picture of each."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from coinslot.media import SNIFFED_BYTES, sniff
from coinslot.saving import sidecar_of, text_inside
from coinslot.spending._entries import Entry
from coinslot.text import clean
from coinslot.thumbnail import thumbnail

EDGE = 480
"""Pixels of a small picture's longer edge."""
_LARGEST = 64 * 1024 * 1024
_LONGEST_PROMPT = 4_000

Kind: TypeAlias = Literal["image", "video", "audio", "file", "gone"]


@dataclass(frozen=True, slots=True)
class Shown:
    """One result."""

    entry: Entry
    kind: Kind
    name: str
    address: str | None
    """Of the file on this machine; None where it is there no more."""
    picture: str | None
    """A small picture as a `data:` address."""
    width: int
    height: int
    prompt: str | None
    parameters: str


def shown(entries: Sequence[Entry], most: int) -> list[Shown]:
    """Return the results that were saved, the newest first, `most` of them."""
    saved = [entry for entry in entries if entry.attempt.saved_to is not None]
    return [_shown(entry) for entry in reversed(saved[-most:] if most else [])]


def _shown(entry: Entry) -> Shown:
    path = Path(entry.attempt.saved_to or "")
    kind = _kind(path)
    told = _told(path, entry) if kind != "gone" else {}
    picture = thumbnail(path, EDGE) if kind == "image" else None
    prompt = told.get("prompt")
    width, height = picture[1] if picture else (0, 0)
    return Shown(
        entry,
        kind,
        clean(path.name, 200),
        path.absolute().as_uri() if kind != "gone" else None,
        picture[0] if picture else None,
        width,
        height,
        clean(prompt, _LONGEST_PROMPT) if isinstance(prompt, str) and prompt.strip() else None,
        " · ".join(_parameters(told.get("parameters"))),
    )


def _kind(path: Path) -> Kind:
    try:
        with path.open("rb") as file:
            kind = sniff(file.read(SNIFFED_BYTES)) or ""
    except (OSError, ValueError):
        return "gone"
    for known in ("image", "video", "audio"):
        if kind.startswith(f"{known}/"):
            return known
    return "file"


def _told(path: Path, entry: Entry) -> Mapping[str, Any]:
    """Return what a file says of what made it; nothing where it is another attempt's by now."""
    for read in (_beside, _inside):
        told: Any = None
        with suppress(OSError, ValueError, RecursionError):
            told = json.loads(read(path) or "null")
        if isinstance(told, dict) and told.get("attempt_id", entry.attempt.id) == entry.attempt.id:
            return told
    return {}


def _beside(path: Path) -> str | None:
    beside = sidecar_of(path)
    there = beside.is_file() and beside.stat().st_size <= 1024 * 1024
    return beside.read_text("utf-8") if there else None


def _inside(path: Path) -> str | None:
    return text_inside(path.read_bytes()) if path.stat().st_size <= _LARGEST else None


def _parameters(told: Any) -> Iterator[str]:
    if not isinstance(told, Mapping):
        return
    for name, value in list(told.items())[:8]:
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            yield f"{clean(str(name), 40)}: {clean(str(value), 60)}"
