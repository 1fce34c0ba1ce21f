"""Bringing an output folder up to date with a document."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from coinslot_codegen.diff import Change, changes
from coinslot_codegen.diff.sides import side
from coinslot_codegen.document import read
from coinslot_codegen.document.errors import DocumentError, DocumentProblem
from coinslot_codegen.document.model import Api, Finding
from coinslot_codegen.document.syntax import parse, parse_with_slips
from coinslot_codegen.extending.extensions import Extensions
from coinslot_codegen.extending.options import KEY, Options, remembered
from coinslot_codegen.version import generator
from coinslot_codegen.write import folder as folders
from coinslot_codegen.write.manifest import Manifest, find, meaning, sha256
from coinslot_codegen.write.order import applied, differences, reordered

_Found: TypeAlias = tuple[Path, Manifest] | None
"""A client that is there already: its manifest, and where that lies."""


@dataclass(frozen=True, slots=True)
class Update:
    """What was done to a folder."""

    package: str
    routes: int
    left_out: tuple[DocumentError, ...] = ()
    changed: dict[str, int] = field(default_factory=dict)
    """How many files were added, changed and removed; empty: nothing changed."""
    shown: tuple[Finding, ...] = ()
    """What plugins made of routes and prices."""
    flaws: tuple[Finding, ...] = ()
    """What is wrong with the document, and how it was read all the same."""


def update(
    source: bytes,
    output: Path,
    *,
    package: str | None = None,
    allow_unsupported: bool = False,
    embed: bool = False,
    force: bool = False,
    options: Options | None = None,
    plain: bool = False,
    report: Callable[[Sequence[Change]], object] | None = None,
    progress: Callable[[str], object] | None = None,
) -> Update:
    """Write the client of a document into `output`, or leave it alone if it is there already.

    Members and routes that the folder's client knows keep its order; files that stay the same are not
    touched. `report` is told what changed in the document before anything is written. `force` makes
    everything anew, also where the manifest says that it is current, and over what was edited by hand.
    `options` are extensions that go before those that the folder's client was made with; `plain` forgets
    the latter. `progress` is told, for people, what is done next.

    Raises DocumentProblem and OutputRefused, with the folder untouched.
    """
    folders.check_output(output)
    found = find(output)
    if not force:
        folders.check_unedited(output)
    embed = _embedded(output, found, embed=embed)
    document, slips = parse_with_slips(source)
    options = _options(output, found, options, plain=plain, embed=embed)
    made_with = options.record(output)
    if found and not force and _is_current(output, found[1], document, package, made_with):
        return Update(str(found[1].content["package"]), len(found[1].content.get("routes", ())))
    former = _former(found)
    extensions = Extensions.load(options)
    reading = partial(extensions.read, allow_unsupported=allow_unsupported)
    api, order = _read(source, document, found, former, reading)
    # The model generator is loaded here, and a run that changes nothing does without it.
    from coinslot_codegen.generation import generate

    made = generate(
        api,
        package=_named(output, found, package, embed=embed),
        allow_unsupported=allow_unsupported,
        order=order,
        embed=embed,
        extensions=extensions,
        made_with=made_with,
        progress=progress,
    )
    before = folders.current(output)
    changed = _changes(before, made.files)
    if changed and report is not None and former is not None:
        report(changes(_known(output, former), api))
    if changed:
        _write(output, made.files, before)
    shown, flaws = ([one for one in api.findings if one.kind == kind] for kind in ("changed", "flaw"))
    flaws = list(dict.fromkeys((*slips, *flaws, *made.flaws)))
    return Update(made.names.package, made.routes, made.left_out, changed, tuple(shown), tuple(flaws))


def _options(output: Path, found: _Found, options: Options | None, *, plain: bool, embed: bool) -> Options:
    """Return the extensions to make a client with: those that are given before those that it remembers."""
    known = Options() if plain or found is None else remembered(found[1].content.get(KEY), output)
    options = (options or Options()).over(known)
    if embed and options.docs:
        raise folders.OutputRefused(
            f"{output}: pages stand beside a package, and an embedded client has none"
        )
    return options


def _named(output: Path, found: _Found, package: str | None, *, embed: bool) -> str | None:
    """Return what a client is to be called; None: after its document's title."""
    if package is not None:
        return package
    if found is not None:
        return str(found[1].content["distribution"])
    return output.resolve().name if embed else None


def _write(output: Path, files: Mapping[str, bytes], before: Mapping[str, bytes]) -> None:
    """Write all files in the place of those that are there; what stays the same keeps its times."""
    same = [path for path, content in files.items() if before.get(path) == content]
    with folders.beside(output) as new:
        folders.fill(new, {path: one for path, one in files.items() if path not in same})
        for path in same:
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(output / path, new / path)
        folders.swap(new, output)


def _known(output: Path, former: bytes) -> Api:
    """Return what the folder's client was made from, with its extensions where they are still there."""
    try:
        return side(str(output))
    except DocumentProblem:
        return read(former, allow_unsupported=True)


def _embedded(output: Path, found: _Found, *, embed: bool) -> bool:
    if found is None:
        return embed
    is_embedded = found[1].content.get("embedded") is True
    if embed and not is_embedded:
        raise folders.OutputRefused(f"{output}: holds a whole distribution, not an embedded client")
    return is_embedded


def _is_current(
    output: Path,
    manifest: Manifest,
    document: Mapping[str, Any],
    package: str | None,
    made_with: Mapping[str, Any],
) -> bool:
    """Whether the manifest vouches for every file, and this document says nothing new."""
    content = manifest.content
    said = content.get("document")
    return (
        content["generator"] == generator()
        and not content.get("left_out")
        and content.get(KEY, {}) == made_with
        and package in (None, content["distribution"])
        and isinstance(said, Mapping)
        and said.get("meaning_sha256") == meaning(document)
        and not folders.edited(output)
    )


def _read(
    source: bytes,
    document: Mapping[str, Any],
    found: _Found,
    former: bytes | None,
    reading: Callable[[bytes], Api],
) -> tuple[Api, dict[str, list[str]]]:
    """Read a document in the order of the client that is already there; say where it differs."""
    if found is None or former is None:
        return reading(source), {}
    known = parse(former)
    if meaning(document) == meaning(known):
        # Only its layout is new, so that the folder's own copy will do.
        source, document = former, known
    ordered = reordered(document, applied(known, found[1].order))
    api = reading(json.dumps(ordered).encode())
    return replace(api, source=source), differences(ordered, document)


def _former(found: _Found) -> bytes | None:
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
