"""`coinslot plugins` lists what is installed, and imports none of it."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import EntryPoint, entry_points

import pytest

from tests.wallet.conftest import Run


def test_everything_is_named_with_its_origin(run: Run) -> None:
    rows = [json.loads(line) for line in run("plugins", "--json").output.splitlines()]
    named = {(row["kind"], row["name"], row["distribution"]) for row in rows}
    assert {
        ("backend", "base", "coinslot-base"),
        ("backend", "solana", "coinslot-solana"),
        ("backend", "tempo", "coinslot-tempo"),
        ("polling strategy", "route", "coinslot"),
        ("upload strategy", "three-step", "coinslot"),
        ("command", "inspect", "coinslot-codegen"),
        ("command", "wallet", "coinslot"),
    } <= named
    assert all(row["version"] for row in rows)
    assert not any(row["twice"] for row in rows)


def test_none_is_imported() -> None:
    code = (
        "import contextlib, sys; from coinslot._cli import main; sys.argv = ['coinslot', 'plugins']\n"
        "with contextlib.suppress(SystemExit): main()\n"
        "print('loaded', *sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.splitlines()[-1].split()}
    assert not loaded & {
        "coinslot_base",
        "coinslot_solana",
        "coinslot_tempo",
        "coinslot_codegen",
        "coinslot_sandbox",
    }


def test_a_name_that_is_claimed_twice_stands_out(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    squatter = EntryPoint("base", "no.such.module:backend", "coinslot.backends")
    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda group: [*entry_points(group=group), *([squatter] if group == "coinslot.backends" else [])],
    )
    assert "claimed twice" in run("plugins").output
