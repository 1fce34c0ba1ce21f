"""The two sides of a comparison: documents, URLs, or folders that the generator wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from coinslot_codegen.document import load
from coinslot_codegen.document.errors import SourceError
from coinslot_codegen.document.model import Api
from coinslot_codegen.document.source import LARGEST
from coinslot_codegen.document.syntax import parse
from coinslot_codegen.extending.extensions import Extensions
from coinslot_codegen.extending.options import KEY, remembered
from coinslot_codegen.write.manifest import find
from coinslot_codegen.write.order import applied


def side(source: str, other: str | None = None) -> Api:
    """Read one side. Raises DocumentProblem with one line that names the source.

    A folder is read with the extensions that it was made with; and so is a document whose `other`
    side is a folder, so that what they say is compared and not how it was read.
    """
    if _is_folder(source):
        return _folder(Path(source))
    return _extensions(other).read(load(source), allow_unsupported=True)


def _is_folder(source: str) -> bool:
    return source != "-" and Path(source).is_dir()


def _extensions(folder: str | None) -> Extensions:
    found = find(Path(folder)) if folder is not None and _is_folder(folder) else None
    if folder is None or found is None:
        return Extensions()
    return Extensions.load(remembered(found[1].content.get(KEY), Path(folder)))


def _folder(folder: Path) -> Api:
    found = find(folder)
    if found is None:
        raise SourceError(f"{folder}: holds no generated client (no manifest is there)")
    path, manifest = found
    said = manifest.content.get("document")
    name = said.get("file") if isinstance(said, dict) else None
    copy = path.parent / str(name)
    try:
        with copy.open("rb") as stream:
            source = stream.read(LARGEST + 1)
    except OSError:
        raise SourceError(f"{folder}: its copy of the document is missing ({copy.name})") from None
    ordered = applied(parse(source), manifest.order)
    api = _extensions(str(folder)).read(json.dumps(ordered).encode(), allow_unsupported=True)
    return replace(api, source=source)
