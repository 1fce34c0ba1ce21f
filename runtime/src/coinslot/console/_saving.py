"""Where a result is saved: a file, a folder, or a template; never over something that is there."""

from __future__ import annotations

import mimetypes
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

from coinslot.media import SNIFFED_BYTES, sniff

if TYPE_CHECKING:
    from coinslot.results import Result

TEMPLATE = "{model}-{job_id}"


def save_result(result: Result, output: str | None, *, model: str) -> Path:
    """Fetch a result's main file and return where it lies now."""
    path = _place(output, {"model": model, "job_id": str(result.job_id)})
    if _has_ending(path):
        return result.save(path, overwrite=output is not None and "{" not in output)
    bare = result.save(_free(path.with_name(f".{path.name}.arrived")))
    return _named(bare, path)


def save_content(content: bytes, output: str | None, *, model: str) -> Path:
    """Write an answer's bytes and return where they lie now."""
    path = _place(output, {"model": model, "job_id": time.strftime("%Y%m%d-%H%M%S")})
    if not _has_ending(path):
        path = _free(path.with_name(path.name + _ending(content[:SNIFFED_BYTES])))
    path.write_bytes(content)
    return path


def _place(output: str | None, words: dict[str, str]) -> Path:
    safe = {name: re.sub(r"[^\w.-]+", "-", word)[:100] for name, word in words.items()}
    text = TEMPLATE if output is None else output
    path = Path(text).expanduser()
    if output is not None and (path.is_dir() or text.endswith("/")):
        path /= TEMPLATE
    named = str(path)
    for name, word in {**safe, "time": time.strftime("%Y%m%d-%H%M%S")}.items():
        named = named.replace(f"{{{name}}}", word)
    made = Path(named)
    made.parent.mkdir(parents=True, exist_ok=True)
    return made


def _has_ending(path: Path) -> bool:
    # The dot of a version, as in `film-2.1`, begins no ending.
    return mimetypes.guess_type(path.name)[0] is not None


def _named(arrived: Path, path: Path) -> Path:
    with arrived.open("rb") as file:
        head = file.read(SNIFFED_BYTES)
    return arrived.rename(_free(path.with_name(path.name + _ending(head))))


def _ending(head: bytes) -> str:
    kind = sniff(head)
    return (mimetypes.guess_extension(kind) or "") if kind else ".bin"


def _free(path: Path) -> Path:
    number, found = 2, path
    while found.exists():
        found, number = path.with_name(f"{path.stem}-{number}{path.suffix}"), number + 1
    return found
