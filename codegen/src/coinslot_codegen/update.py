"""Bringing an output folder up to date with a document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from coinslot_codegen.document import read
from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.model import Api
from coinslot_codegen.document.syntax import parse
from coinslot_codegen.generation import generate
from coinslot_codegen.write import folder as folders
from coinslot_codegen.write.manifest import Manifest, find, meaning, sha256
from coinslot_codegen.write.order import applied, differences, reordered


@dataclass(frozen=True, slots=True)
class Update:
    """What was done to a folder."""

    package: str
    routes: int
    left_out: tuple[DocumentError, ...] = ()
    changed: dict[str, int] = field(default_factory=dict)
    """How many files were added, changed and removed; empty: nothing changed."""


def update(
    source: bytes, output: Path, *, package: str | None = None, allow_unsupported: bool = False
) -> Update:
    """Write the client of a document into `output`, or leave it alone if it is there already.

    Members and routes that the folder's client knows keep its order. Raises DocumentProblem and
    OutputRefused, with the folder untouched.
    """
    folders.check_output(output)
    found = find(output)
    if package is None and found is not None:
        package = str(found[1].content["distribution"])
    api, order = _read(source, found, allow_unsupported=allow_unsupported)
    made = generate(api, package=package, allow_unsupported=allow_unsupported, order=order)
    before = folders.current(output)
    changed = _changes(before, made.files)
    if changed:
        with folders.beside(output) as new:
            folders.fill(new, made.files)
            folders.swap(new, output)
    return Update(made.names.package, made.routes, made.left_out, changed)


def _read(
    source: bytes, found: tuple[Path, Manifest] | None, *, allow_unsupported: bool
) -> tuple[Api, dict[str, list[str]]]:
    """Read a document in the order of the client that is already there; say where it differs."""
    former = _former(found)
    if found is None or former is None:
        return read(source, allow_unsupported=allow_unsupported), {}
    document, known = parse(source), parse(former)
    if meaning(document) == meaning(known):
        # Only its layout is new, so that the folder's own copy will do.
        source, document = former, known
    ordered = reordered(document, applied(known, found[1].order))
    api = read(json.dumps(ordered).encode(), allow_unsupported=allow_unsupported)
    return replace(api, source=source), differences(ordered, document)


def _former(found: tuple[Path, Manifest] | None) -> bytes | None:
    """Return the document that the folder's client was made from, if it is there and unharmed."""
    if found is None:
        return None
    path, manifest = found
    said = manifest.content.get("document")
    if not isinstance(said, Mapping):
        return None
    try:
        copy = (path.parent / str(said.get("file"))).read_bytes()
    except OSError:
        return None
    return copy if sha256(copy) == said.get("sha256") else None


def _changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, int]:
    counts = {
        "added": sum(path not in before for path in after),
        "changed": sum(path in before and before[path] != content for path, content in after.items()),
        "removed": sum(path not in after for path in before),
    }
    return counts if any(counts.values()) else {}
