"""What holds for every test: no network but what it asks for, and never the user's own wallet or ledger."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from coinslot.ledger._owner import _OWNERS
from tests.proof.figures import SEED_NAME, choose_seed, pytest_report_header, pytest_terminal_summary

__all__ = ["pytest_report_header", "pytest_terminal_summary"]

ROOT = Path(__file__).resolve().parents[1]

# The same examples on every machine and run; no test may depend on how fast the machine is.
settings.register_profile("coinslot", derandomize=True, deadline=None, database=None)
settings.load_profile("coinslot")


def pytest_configure(config: pytest.Config) -> None:
    """Forget the user's keys and nodes, but where cassettes are recorded, which may be meant to pay."""
    if config.getoption("--record-mode") == "none":
        ours = [name for name in os.environ if name.startswith("COINSLOT_")]
        for name in [name for name in ours if name not in {"COINSLOT_CORPUS", SEED_NAME}]:
            del os.environ[name]
    choose_seed()


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every test its own ledger and keystore."""
    monkeypatch.setenv("COINSLOT_HOME", str(tmp_path / "coinslot-home"))
    yield
    # A process holds a file of each ledger until it ends, and here are more than it may have open.
    for folder in list(_OWNERS._made):
        if folder.is_relative_to(tmp_path.resolve()):
            _OWNERS._made.pop(folder)._tidy()


@pytest.fixture
def allowed_hosts(request: pytest.FixtureRequest) -> list[str] | None:
    """Hosts that the test may connect to, as regular expressions for pytest-recording; None: no host."""
    local = any(request.node.get_closest_marker(name) for name in ("loopback", "chain"))
    return [r"127\.0\.0\.1$", "localhost$", "::1$"] if local else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs node where there is none; on CI its absence fails the tests instead."""
    on_chain = [item for item in items if item.get_closest_marker("chain")]
    if on_chain and os.environ.get("CI") != "true" and (missing := _missing_for_chains()):
        for item in on_chain:
            item.add_marker(pytest.mark.skip(reason=missing))


def _missing_for_chains() -> str | None:
    node = ROOT / "node_modules" / ".bin" / "anvil"
    if shutil.which("node") is None:
        return "needs node"
    if not node.exists():
        return "needs the npm packages: run `npm ci` in the repository's root, or `nox -s tests`"
    if subprocess.run([node, "--version"], capture_output=True, check=False).returncode:
        return "needs an EVM node, of which npm has none for this platform"
    return None
