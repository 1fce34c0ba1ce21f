"""What holds for every test: no network but what it asks for, and never the user's own wallet or ledger."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# The same examples on every machine and run; no test may depend on how fast the machine is.
settings.register_profile("coinslot", derandomize=True, deadline=None, database=None)
settings.load_profile("coinslot")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the user's keys and nodes, but where cassettes are recorded, which may be meant to pay."""
    if config.getoption("--record-mode") == "none":
        for name in [name for name in os.environ if name.startswith("COINSLOT_")]:
            del os.environ[name]


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test its own ledger and keystore."""
    monkeypatch.setenv("COINSLOT_HOME", str(tmp_path / "coinslot-home"))


@pytest.fixture
def allowed_hosts(request: pytest.FixtureRequest) -> list[str] | None:
    """Hosts that the test may connect to, as regular expressions for pytest-recording; None: no host."""
    local = any(request.node.get_closest_marker(name) for name in ("loopback", "chain"))
    return [r"127\.0\.0\.1$", "localhost$", "::1$"] if local else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs node where there is none; on CI its absence fails the tests instead."""
    missing = _missing_chain_tools()
    if missing is None or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("chain"):
            item.add_marker(pytest.mark.skip(reason=missing))


def _missing_chain_tools() -> str | None:
    if shutil.which("node") is None:
        return "needs node"
    if not (ROOT / "node_modules" / ".bin" / "anvil").exists():
        return "needs the npm packages: run `npm ci` in the repository's root, or `nox -s tests`"
    return None
