"""A quick look at which commands are installed.

`importlib.metadata` knows more ways to be installed, and takes longer than all the rest of `--help`: it is
asked only for what is not found here.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from importlib.machinery import PathFinder
from pathlib import Path
from typing import NamedTuple

_HEADING = re.compile(r"\[(.+)\]")
_DOCSTRING = re.compile(r'\s*"""(.+?)(?:"""|\n)')
_TITLE = re.compile(r"`[^`]*`[:.]? *")
_LONGEST_HEAD = 400


class Listed(NamedTuple):
    """An entry point, as it stands in the files of its distribution."""

    distribution: str
    name: str
    module: str
    attribute: str


def listed(group: str) -> dict[str, list[Listed]]:
    """Return all entry points of a group in the folders that modules are imported from, by their names."""
    found: dict[str, list[Listed]] = {}
    seen: set[str] = set()
    for folder in dict.fromkeys(sys.path):
        for distribution, path in _distributions(folder or "."):
            if distribution not in seen:
                seen.add(distribution)
                for name, module, attribute in _entries(path, group):
                    found.setdefault(name, []).append(Listed(distribution, name, module, attribute))
    return found


def headline(entry: Listed) -> str | None:
    """Return what an entry point's module says of itself in its first line, without importing it."""
    top, *rest = entry.module.split(".")
    spec = PathFinder.find_spec(top)
    for place in (spec.submodule_search_locations if spec is not None else None) or ():
        module = Path(place, *rest)
        for source in (module.with_suffix(".py"), module / "__init__.py"):
            try:
                with source.open(encoding="utf-8") as file:
                    head = _DOCSTRING.match(file.read(_LONGEST_HEAD))
            except (OSError, ValueError):
                continue
            return _told(head[1]) if head else None
    return None


def _distributions(folder: str) -> Iterator[tuple[str, Path]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith((".dist-info", ".egg-info")):
                    name = re.sub(r"[-_.]+", "-", entry.name.partition("-")[0]).lower()
                    yield name, Path(entry.path, "entry_points.txt")
    except OSError:
        return


def _entries(path: Path, group: str) -> Iterator[tuple[str, str, str]]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return
    here = False
    for line in map(str.strip, lines):
        heading = _HEADING.fullmatch(line)
        if heading:
            here = heading[1].strip() == group
        elif here and line[:1] not in {"", "#", ";"}:
            name, separator, value = line.partition("=")
            if separator:
                module, _, attribute = value.partition("[")[0].partition(":")
                yield name.strip(), module.strip(), attribute.strip()


def _told(text: str) -> str:
    told = _TITLE.sub("", text, count=1) if text.startswith("`") else text
    sentence = told.partition(". ")[0].strip().rstrip(".")
    shown = "".join(letter if letter.isprintable() else " " for letter in sentence)
    return shown[:1].upper() + shown[1:]
