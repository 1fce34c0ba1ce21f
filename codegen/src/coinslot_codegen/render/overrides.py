"""Templates that stand in for the package's own, held to the contract before anything is written.

An override's first line says which contract it was written for: `{# coinslot-templates: 1 #}`. Files
whose names begin with an underscore are an override's own parts. `coinslot/NAME` is the package's own
template of that name, to be included or extended.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, TemplateError, TemplateSyntaxError

from coinslot_codegen.extending.errors import ExtensionRefused
from coinslot_codegen.extending.options import ENDING
from coinslot_codegen.render.checking import Checker
from coinslot_codegen.render.contract import CONTEXTS, MACROS, VERSION

OWN: Final = "coinslot/"
_DECLARED: Final = re.compile(r"\{#-?\s*coinslot-templates:\s*(\d+)\s*-?#\}")


def overrides_in(folder: Path, environment: Environment) -> FileSystemLoader:
    """Return the loader of a folder's templates. Raises ExtensionRefused with file and line.

    `environment` knows the package's own templates, and these.
    """
    if not folder.is_dir():
        raise ExtensionRefused(f"{folder}: there is no such folder of templates")
    found = sorted(path for path in folder.rglob(f"*{ENDING}") if path.is_file())
    if not found:
        raise ExtensionRefused(f"{folder}: holds no template (a file *{ENDING})")
    names = {path.relative_to(folder).as_posix(): path for path in found}
    files = [*names, *CONTEXTS, *MACROS, *(f"{OWN}{one}" for one in (*CONTEXTS, *MACROS))]
    for name, path in names.items():
        _check(name, path, files, environment)
    return FileSystemLoader(folder)


def _check(name: str, path: Path, files: list[str], environment: Environment) -> None:
    context = _context(name, path)
    try:
        source = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise ExtensionRefused(f"{path}: cannot be read ({error})") from None
    declared = _DECLARED.fullmatch((source.splitlines() or [""])[0].strip())
    if declared is None:
        raise ExtensionRefused(
            f"{path}:1: says not which contract it was written for: {{# coinslot-templates: {VERSION} #}}"
        )
    if int(declared[1]) != VERSION:
        raise ExtensionRefused(
            f"{path}:1: was written for contract {declared[1]} of the templates; here it is {VERSION}"
        )
    try:
        environment.compile(source, name)
        asked = Checker(environment, files, MACROS.get(name, {})).check(source, context)
    except TemplateSyntaxError as error:
        raise ExtensionRefused(f"{path}:{error.lineno}: {error.message}") from None
    except TemplateError as error:
        raise ExtensionRefused(f"{path}: {error}") from None
    for one in asked:
        raise ExtensionRefused(f"{path}:{one.line}: {one.message} (contract {VERSION})")


def _context(name: str, path: Path) -> Mapping[str, Any]:
    if name in CONTEXTS:
        return CONTEXTS[name]
    if name.rpartition("/")[2].startswith("_"):
        return {}
    known = ", ".join(CONTEXTS)
    raise ExtensionRefused(f"{path}: overrides no template; there are {known}")
