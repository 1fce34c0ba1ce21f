"""A ledger in a folder of its own, whose clock stands still."""

from __future__ import annotations

from pathlib import Path

import pytest

from coinslot.ledger import SqliteLedger


@pytest.fixture
def ledger(tmp_path: Path) -> SqliteLedger:
    return SqliteLedger(tmp_path / "home" / "ledger.sqlite3", now=lambda: 1_000.0)
