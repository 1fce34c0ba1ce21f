"""The workspace's distributions as they describe themselves, for the tests that compare."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Distribution:
    """One folder with its own `pyproject.toml`."""

    folder: str
    package: str
    """The import name, with underscores."""

    def __str__(self) -> str:
        return self.folder

    @property
    def root(self) -> Path:
        return ROOT / self.folder

    @property
    def source(self) -> Path:
        return self.root / "src" / self.package

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        return tomllib.loads((self.root / "pyproject.toml").read_text("utf-8"))

    @property
    def project(self) -> Mapping[str, Any]:
        project: Mapping[str, Any] = self.settings["project"]
        return project

    def requirements(self, *, extras: bool = True) -> Iterator[Requirement]:
        yield from map(Requirement, self.project.get("dependencies", ()))
        if extras:
            for extra in self.project.get("optional-dependencies", {}).values():
                yield from map(Requirement, extra)


RUNTIME = Distribution("runtime", "coinslot")
BASE = Distribution("plugins/base", "coinslot_base")
SOLANA = Distribution("plugins/solana", "coinslot_solana")
TEMPO = Distribution("plugins/tempo", "coinslot_tempo")
SANDBOX = Distribution("plugins/sandbox", "coinslot_sandbox")
MCP = Distribution("plugins/mcp", "coinslot_mcp")
CODEGEN = Distribution("codegen", "coinslot_codegen")
STABLESTUDIO = Distribution("generated/stablestudio", "stablestudio")

BACKENDS = (BASE, SOLANA, TEMPO)
HAND_WRITTEN = (RUNTIME, *BACKENDS, SANDBOX, MCP, CODEGEN)
ALL = (*HAND_WRITTEN, STABLESTUDIO)
OWN_NAMES = frozenset(str(one.package).replace("_", "-") for one in ALL)
