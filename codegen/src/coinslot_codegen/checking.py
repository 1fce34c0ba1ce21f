"""Whether a generated folder is what this generator would write, told without writing it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from coinslot_codegen.diff import Change, changes, verdict
from coinslot_codegen.diff.sides import side
from coinslot_codegen.document.errors import DocumentProblem, SourceError
from coinslot_codegen.document.source import load
from coinslot_codegen.document.syntax import parse
from coinslot_codegen.extending.options import KEY, differences
from coinslot_codegen.version import generator
from coinslot_codegen.write.folder import edited, foreign
from coinslot_codegen.write.manifest import Manifest, find, meaning


def problems(folder: Path, source: str | None = None) -> list[str]:
    """Return one line for each thing that is wrong with the client in `folder`; empty: all is well.

    `source` is the document that it should be made from. Raises SourceError where there is no client,
    or no document.
    """
    found = find(folder)
    if found is None:
        raise SourceError(f"{folder}: holds no generated client (no manifest is there)")
    manifest = found[1]
    # A folder that is no longer what the generator wrote cannot tell what it was made from.
    harmed = [*_edited(folder), *(f"no generator wrote {path}" for path in foreign(folder))]
    extended = differences(manifest.content.get(KEY), folder)
    stale = _stale(folder, manifest, source) if source else ()
    return [*_generator(manifest), *extended, *harmed, *stale]


def _generator(manifest: Manifest) -> Iterator[str]:
    made = str(manifest.content["generator"])
    if made != generator():
        yield f"made by {made}; this is {generator()}"


def _edited(folder: Path) -> Iterator[str]:
    for path in edited(folder):
        yield f"edited by hand: {path}" if (folder / path).is_file() else f"missing: {path}"


def _stale(folder: Path, manifest: Manifest, source: str) -> Iterator[str]:
    document = manifest.content.get("document")
    known = document.get("meaning_sha256") if isinstance(document, dict) else None
    if meaning(parse(load(source))) == known:
        return
    try:
        found = changes(side(str(folder)), side(source, str(folder)))
    except DocumentProblem:
        # Its copy of the document is gone, which another line says.
        found = ()
    yield f"stale: {_told(found)} (see `coinslot diff`)"


def _told(found: Sequence[Change]) -> str:
    if any(one.kind == "text" for one in found):
        return found[0].message
    told = {"breaking": "something breaks", "money": "what is paid changes", "compatible": "nothing breaks"}
    grave = verdict(found)
    return f"the document changed, and {told[grave]}" if grave else "the document changed"
