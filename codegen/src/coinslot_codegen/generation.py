"""From a document to a distribution's files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.model import Api, Finding
from coinslot_codegen.document.syntax import parse
from coinslot_codegen.extending.extensions import Extensions
from coinslot_codegen.extending.options import KEY
from coinslot_codegen.render.environment import overridden, templates
from coinslot_codegen.render.package import Names, names_of, package_files
from coinslot_codegen.schemas.gather import Gathered, gather
from coinslot_codegen.version import generator
from coinslot_codegen.write import manifest
from coinslot_codegen.write.folder import fill
from coinslot_codegen.write.format import format_folder


@dataclass(frozen=True, slots=True)
class Generated:
    """A distribution, not yet on disk."""

    names: Names
    files: Mapping[str, bytes]
    """By path below the output folder, manifest and document copy included."""
    left_out: tuple[DocumentError, ...]
    """Routes that could not be generated, with `allow_unsupported`."""
    routes: int
    flaws: tuple[Finding, ...] = ()
    """Schemas in the place of which any value is taken."""


def generate(
    api: Api,
    *,
    package: str | None = None,
    allow_unsupported: bool = False,
    order: Mapping[str, Any] | None = None,
    embed: bool = False,
    extensions: Extensions | None = None,
    made_with: Mapping[str, Any] | None = None,
    progress: Callable[[str], object] | None = None,
) -> Generated:
    """Generate the client of `api`.

    `package` names distribution and package; without it, the document's title does. `order` holds
    the orders of members, by JSON pointer, that differ from the document's own bytes. `embed` leaves
    away what a distribution has beside its package, which then stands in another's. `extensions`
    are those that `api` was read with, and `made_with` what the manifest keeps of them. `progress` is told,
    for people, what is done next.

    Raises ExtensionRefused, and DocumentError for the first construct that cannot be generated, unless
    `allow_unsupported`: then its route is left out.
    """
    extensions = extensions or Extensions()
    # What is wrong with an override is said before any work is done.
    folder = extensions.options.templates
    found = templates() if folder is None else overridden(folder)
    progress = progress or _nobody
    progress(f"reading the schemas of {len(api.routes)} routes")
    gathered = _gathered(api, allow_unsupported=allow_unsupported)
    progress(f"writing {len(gathered.uses)} routes")
    names = names_of(api, package, embed=embed)
    # The document's hash stands in the manifest alone: a change of one route leaves the others' files.
    header = f"# Written by {generator()}; do not edit."
    options = extensions.options
    text = package_files(api, gathered, names, header, found, docs=options.docs, cli=options.cli or not embed)
    written = extensions.with_files(api, text, names.root)
    progress(f"formatting {len(written)} files")
    files = _formatted(written)
    copy = f"{names.root}openapi.{'json' if _is_json(api.source) else 'yaml'}"
    files[copy] = api.source
    left_out = (*_not_read(api), *gathered.left_out)
    content = {
        "manifest": manifest.FORMAT,
        "generator": generator(),
        "distribution": names.distribution,
        "package": names.package,
        **({"embedded": True} if embed else {}),
        **({KEY: made_with} if made_with else {}),
        "document": _document_entry(api, Path(copy).name),
        "order": order or {},
        "left_out": [problem.pointer for problem in left_out],
        "routes": [manifest.route_entry(use) for use in gathered.uses],
        "files": {path: manifest.sha256(files[path]) for path in sorted(files)},
    }
    files[f"{names.root}{manifest.NAME}"] = manifest.written(content)
    return Generated(names, files, left_out, len(gathered.uses), tuple(gathered.flaws))


def _nobody(_: str) -> None:
    """Tell nobody what is done next."""


def _gathered(api: Api, *, allow_unsupported: bool) -> Gathered:
    """Return the schemas of all routes. Raises DocumentError where some are left out, or all."""
    gathered = gather(api)
    if gathered.left_out and not allow_unsupported:
        raise gathered.left_out[0]
    if not gathered.uses:
        raise DocumentError("#/paths", "no route of it can be generated")
    return gathered


def _not_read(api: Api) -> Iterator[DocumentError]:
    """Give what could not even be read, and cost the routes that need it."""
    for one in api.findings:
        if one.kind == "unsupported":
            yield DocumentError(one.pointer, one.message)


def _document_entry(api: Api, file: str) -> dict[str, str]:
    """Return what the manifest keeps of the document; `file` is its copy's name."""
    return {
        "title": api.title,
        "version": api.version,
        "file": file,
        "sha256": manifest.sha256(api.source),
        # Of the bytes, as a later run sees them: reading has mended what it could.
        "meaning_sha256": manifest.meaning(parse(api.source)),
    }


def _formatted(files: Mapping[str, str]) -> dict[str, bytes]:
    with TemporaryDirectory(prefix="coinslot-") as place:
        folder = Path(place)
        fill(folder, {path: text.encode() for path, text in files.items()})
        format_folder(folder)
        return {path: (folder / path).read_bytes() for path in files}


def _is_json(source: bytes) -> bool:
    try:
        json.loads(source)
    except ValueError:
        return False
    return True
