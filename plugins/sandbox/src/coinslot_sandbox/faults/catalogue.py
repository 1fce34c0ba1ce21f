"""Every kind of fault there is, by its name."""

from __future__ import annotations

from types import MappingProxyType, ModuleType

from coinslot_sandbox.faults import answers, connection, jobs, terms, verdicts
from coinslot_sandbox.faults.kind import Kind


def _kinds(*homes: ModuleType) -> dict[str, Kind]:
    return {kind.name: kind for home in homes for kind in vars(home).values() if isinstance(kind, Kind)}


CATALOGUE = MappingProxyType(_kinds(connection, verdicts, terms, answers, jobs))


def table() -> str:
    """Return the catalogue as a Markdown table."""
    rows = [
        f"| `{kind.name}{f'={kind.value}' if kind.value else ''}` | {kind.tells} |"
        for kind in CATALOGUE.values()
    ]
    return "\n".join(["| fault | what happens |", "| --- | --- |", *rows])
