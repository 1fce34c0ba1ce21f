"""Files that plugins add: inside the package, beside what is generated, never in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from coinslot_codegen.extending.errors import ExtensionRefused
from coinslot_codegen.write import manifest

_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_NOT_OURS = re.compile(rf"__pycache__|{re.escape(manifest.NAME)}|openapi\.(?:json|yaml)|.*\.egg-info")


def merged(files: Mapping[str, str], added: object, root: str, plugin: str) -> dict[str, str]:
    """Return the files with those that a plugin adds to the package at `root`.

    Raises ExtensionRefused for a path outside of the package, or one that means something already.
    """
    if not isinstance(added, Mapping):
        raise ExtensionRefused(f"the plugin {plugin!r} adds files as a mapping from path to text")
    found = dict(files)
    for path, text in added.items():
        if not isinstance(path, str) or not isinstance(text, str):
            raise ExtensionRefused(f"the plugin {plugin!r} adds files as a mapping from path to text")
        reason = _refusal(path, found, root)
        if reason:
            raise ExtensionRefused(f"the plugin {plugin!r} may not add {path!r}: {reason}")
        found[f"{root}{path}"] = text
    return found


def _refusal(path: str, files: Mapping[str, str], root: str) -> str | None:
    parts = path.split("/")
    if not all(_PART.fullmatch(part) for part in parts):
        return "it is no path inside the package"
    if any(_NOT_OURS.fullmatch(part.lower()) for part in parts):
        return "that name is taken by the generator"
    # Names are compared without their case: some disks know no difference.
    known = {one.removeprefix(root).lower() for one in files if one.startswith(root)}
    wanted = path.lower()
    if wanted in known:
        return "a file is there already"
    folders = {parent.as_posix() for one in known for parent in PurePosixPath(one).parents}
    above = {parent.as_posix() for parent in PurePosixPath(wanted).parents}
    if wanted in folders or above & known:
        return "a file cannot stand where a folder is"
    modules = {one.removesuffix(".py") for one in known if one.endswith(".py")}
    if (wanted.endswith(".py") and wanted.removesuffix(".py") in folders) or above & modules:
        return "a module and a package would have one name"
    return None
