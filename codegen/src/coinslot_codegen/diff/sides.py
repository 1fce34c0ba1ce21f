"""The two sides of a comparison: documents, URLs, or folders that the generator wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from coinslot_codegen.document import load, read
from coinslot_codegen.document.errors import SourceError
from coinslot_codegen.document.model import Api
from coinslot_codegen.document.source import LARGEST
from coinslot_codegen.document.syntax import parse
from coinslot_codegen.write.manifest import find
from coinslot_codegen.write.order import applied


def side(source: str) -> Api:
    """Read one side. Raises DocumentProblem with one line that names the source."""
    if source != "-" and Path(source).is_dir():
        return _folder(Path(source))
    return read(load(source), allow_unsupported=True)


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
    return replace(read(json.dumps(ordered).encode(), allow_unsupported=True), source=source)
