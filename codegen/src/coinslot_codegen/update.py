"""Bringing an output folder up to date with a document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from coinslot_codegen.document import read
from coinslot_codegen.document.errors import DocumentError, DocumentProblem
from coinslot_codegen.document.model import Api
from coinslot_codegen.document.syntax import parse
from coinslot_codegen.generation import generate, generator_version
from coinslot_codegen.write import folder as folders
from coinslot_codegen.write.manifest import Manifest, find, meaning
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
    if found and _is_current(source, output, found[1], package):
        kept = found[1].content
        return Update(str(kept["package"]), len(kept["routes"]))
    api, order = _read(source, found)
    made = generate(api, package=package, allow_unsupported=allow_unsupported, order=order)
    before = folders.current(output)
    changed = _changes(before, made.files)
    if changed:
        with folders.beside(output) as new:
            folders.fill(new, made.files)
            folders.swap(new, output)
    return Update(made.names.package, made.routes, made.left_out, changed)


def _read(source: bytes, found: tuple[Path, Manifest] | None) -> tuple[Api, dict[str, list[str]]]:
    """Read a document, in the order of the client that is already there."""
    if found is None:
        return read(source), {}
    path, manifest = found
    document = parse(source)
    try:
        former = parse((path.parent / str(manifest.content["document"]["file"])).read_bytes())
    except (DocumentProblem, OSError, KeyError, TypeError):
        return read(source), {}
    ordered = reordered(document, applied(former, manifest.order))
    api = read(json.dumps(ordered, ensure_ascii=False).encode("utf-8", "surrogatepass"))
    return replace(api, source=source), differences(ordered, document)


def _is_current(source: bytes, output: Path, manifest: Manifest, package: str | None) -> bool:
    """Whether the folder says, untouched, what this document and generator would say again."""
    content = manifest.content
    document = content.get("document")
    return (
        content.get("generator") == f"coinslot-codegen {generator_version()}"
        and package in (None, content.get("distribution"), content.get("package"))
        and not content.get("left_out")
        and isinstance(document, Mapping)
        and document.get("meaning_sha256") == meaning(parse(source))
        and not folders.edited(output)
    )


def _changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> dict[str, int]:
    counts = {
        "added": sum(path not in before for path in after),
        "changed": sum(path in before and before[path] != content for path, content in after.items()),
        "removed": sum(path not in after for path in before),
    }
    return counts if any(counts.values()) else {}
