from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.workspace.distributions import ALL, OWN_NAMES, ROOT

SESSIONS = ("demo", "docs", "lint", "tests")
LOCKS = [ROOT / "requirements" / f"{name}.txt" for name in ("nox", *SESSIONS)]
NPM_LOCK = ROOT / "package-lock.json"


@pytest.mark.parametrize("name", ["nox", *SESSIONS])
def test_every_locked_package_has_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    entries = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==\S+ .*\\\n    --hash=sha256:[0-9a-f]{64}", entry), (
            entry
        )


@pytest.mark.parametrize("lock", [*LOCKS, NPM_LOCK], ids=lambda lock: lock.name)
def test_no_lock_records_an_address(lock: Path) -> None:
    text = lock.read_text("utf-8")
    assert not re.findall(r"\S*://\S*|^--?\w.*|\bfile:\S*", text, flags=re.MULTILINE)


@pytest.mark.parametrize("name", SESSIONS)
def test_lock_holds_what_the_distributions_declare(name: str) -> None:
    locked = _locked(name)
    for wanted in (wanted for one in ALL for wanted in one.requirements()):
        if canonicalize_name(wanted.name) not in OWN_NAMES:
            assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), str(wanted)


def test_sessions_agree_on_every_version() -> None:
    everything = _locked("lint")
    for name in ("demo", "tests"):
        assert _locked(name).items() <= everything.items()


def test_our_own_names_are_never_asked_of_a_registry() -> None:
    own = (ROOT / "requirements" / "own.txt").read_text("utf-8").splitlines()
    assert {line for line in own if not line.startswith("#")} == OWN_NAMES
    assert not OWN_NAMES & {locked for name in SESSIONS for locked in _locked(name)}


def test_npm_packages_are_locked_by_hash() -> None:
    packages = json.loads(NPM_LOCK.read_text("utf-8"))["packages"]
    unhashed = {name for name, package in packages.items() if name and "integrity" not in package}
    # The node for other platforms than CI's is locked by version alone.
    assert all(packages[name].get("optional") and packages[name].get("os") for name in unhashed)


def _locked(name: str) -> dict[str, str]:
    """Return the versions that a session's lock names. Forks by platform stand under one name."""
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    entries = [
        Requirement(line.rstrip(" \\")) for line in text.splitlines() if "==" in line.partition("#")[0]
    ]
    here = [entry for entry in entries if entry.marker is None or entry.marker.evaluate()]
    return {canonicalize_name(entry.name): str(entry.specifier).removeprefix("==") for entry in here}
