"""Which extensions a client is made with, and how its manifest remembers them.

    "made_with": {
      "plugins": {"film-names:film": "0.1.0"},
      "templates": {"folder": "../templates", "files": {"route.py.jinja": "<sha256>"}},
      "jobs": {"file": "../jobs.toml", "sha256": "<sha256>"},
      "docs": true,
      "cli": true
    }

Places are remembered as they lie from the client's folder, so that the two can move together.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coinslot_codegen.extending.claims import version_of
from coinslot_codegen.write.manifest import sha256

KEY: Final = "made_with"
ENDING: Final = ".jinja"


@dataclass(frozen=True, slots=True)
class Options:
    """What a client is made with, besides its document."""

    plugins: tuple[str, ...] = ()
    templates: Path | None = None
    jobs: Path | None = None
    docs: bool = False
    cli: bool = False
    """Whether an embedded client has a command line too; a distribution always has."""

    def __bool__(self) -> bool:
        return self != Options()

    def over(self, known: Options) -> Options:
        """Return what `known` has, but for what is said here."""
        return Options(
            self.plugins or known.plugins,
            self.templates or known.templates,
            self.jobs or known.jobs,
            self.docs or known.docs,
            self.cli or known.cli,
        )

    def record(self, folder: Path) -> dict[str, Any]:
        """Return what the manifest in `folder` keeps."""
        kept: dict[str, Any] = {}
        if self.plugins:
            kept["plugins"] = {name: version_of(name) for name in self.plugins}
        if self.templates is not None:
            kept["templates"] = {"folder": _from(self.templates, folder), "files": overrides(self.templates)}
        if self.jobs is not None:
            kept["jobs"] = {"file": _from(self.jobs, folder), "sha256": _digest(self.jobs)}
        if self.docs:
            kept["docs"] = True
        if self.cli:
            kept["cli"] = True
        return kept


def remembered(record: object, folder: Path) -> Options:
    """Return the options that a manifest in `folder` keeps."""
    if not isinstance(record, Mapping):
        return Options()
    plugins, templates, jobs = (record.get(name) for name in ("plugins", "templates", "jobs"))
    return Options(
        tuple(plugins) if isinstance(plugins, Mapping) else (),
        folder / str(templates.get("folder")) if isinstance(templates, Mapping) else None,
        folder / str(jobs.get("file")) if isinstance(jobs, Mapping) else None,
        record.get("docs") is True,
        record.get("cli") is True,
    )


def differences(record: object, folder: Path) -> Iterator[str]:
    """Say what of the extensions is no longer what the client in `folder` was made with."""
    if not isinstance(record, Mapping):
        return
    now = remembered(record, folder).record(folder)
    for name, version in (record.get("plugins") or {}).items():
        there = now["plugins"][name]
        if there is None:
            yield f"made with the plugin {name} {version}, which is not installed"
        elif there != version:
            yield f"stale: made with the plugin {name} {version}; {there} is installed"
    for what, name in (("template overrides", "templates"), ("rules for jobs", "jobs")):
        if name in record and record[name] != now[name]:
            place = record[name].get("folder") or record[name].get("file")
            yield f"stale: the {what} changed ({place})"


def overrides(folder: Path) -> dict[str, str | None]:
    """Return the hash of each template below `folder`, by name."""
    found = sorted(path for path in folder.rglob(f"*{ENDING}") if path.is_file()) if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): _digest(path) for path in found}


def _from(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()


def _digest(path: Path) -> str | None:
    return sha256(path.read_bytes()) if path.is_file() else None
