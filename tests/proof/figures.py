"""The figures of a proof, gathered over a run and printed at its end."""

from __future__ import annotations

import os
import secrets
from collections import Counter
from typing import Any

import pytest

SEED_NAME = "COINSLOT_PROOF_SEED"
_MARK = "proof: "


class Tally:
    """Counts for one test; the summary adds all of them up."""

    def __init__(self, node: pytest.Item) -> None:
        self._node = node

    def add(self, name: str, count: int = 1) -> None:
        self._node.user_properties.append((_MARK + name, count))


def choose_seed() -> int:
    """Return the run's seed: what the environment says, else a new one, which it says from then on."""
    return int(os.environ.setdefault(SEED_NAME, str(secrets.randbelow(10**6))))


def seed() -> int:
    """Return the seed of this run."""
    return int(os.environ[SEED_NAME])


def pytest_report_header() -> str:
    return f"proof: {SEED_NAME}={seed()}"


def pytest_terminal_summary(terminalreporter: Any) -> None:
    figures: Counter[str] = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:
            # Every report of a test carries all that was noted until then; the last one has everything.
            if getattr(report, "when", None) == "teardown":
                for name, count in report.user_properties:
                    if name.startswith(_MARK):
                        figures[name.removeprefix(_MARK)] += count
    if figures:
        terminalreporter.section(f"proof ({SEED_NAME}={seed()})")
        for name, count in figures.items():
            terminalreporter.write_line(f"{count:6d} {name}")
