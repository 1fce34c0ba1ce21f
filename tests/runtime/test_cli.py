"""The root command finds subcommands by name and imports no other."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from coinslot import _cli


@click.command()
def hello() -> None:
    """Say hello."""
    click.echo("hello")


def claims(*entries: EntryPoint) -> dict[str, list[EntryPoint]]:
    found: dict[str, list[EntryPoint]] = {}
    for entry in entries:
        found.setdefault(entry.name, []).append(entry)
    return found


def claim(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, _cli.GROUP)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Any:
    def install(*entries: EntryPoint) -> None:
        monkeypatch.setattr(_cli, "_installed", lambda: claims(*entries))

    return install


def run(*arguments: str) -> Any:
    return CliRunner().invoke(_cli.build(), arguments)


def test_help_lists_without_importing(installed: Any) -> None:
    installed(claim("hello", "no.such.module:hello"), claim("other", "none.either:other"))
    done = run("--help")
    assert done.exit_code == 0
    assert "hello" in done.output
    assert "other" in done.output


def test_runs_what_was_named(installed: Any) -> None:
    installed(claim("hello", f"{__name__}:hello"), claim("other", "no.such.module:other"))
    assert run("hello").output == "hello\n"


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([], "No such command"),
        ([claim("hello", "no.such.module:hello")], "cannot be loaded"),
        ([claim("hello", "pathlib:Path")], "is not a command"),
        ([claim("hello", "a:b"), claim("hello", "c:d")], "several distributions"),
    ],
    ids=["unknown", "broken", "foreign", "twice"],
)
def test_a_command_that_cannot_run_is_one_clear_line(
    installed: Any, entries: list[EntryPoint], why: str
) -> None:
    installed(*entries)
    done = run("hello")
    assert done.exit_code != 0
    assert why in done.output
    assert "Traceback" not in done.output


def test_without_click_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError('no click', name='click')")
    done = subprocess.run(
        [sys.executable, "-c", "from coinslot._cli import main; main()"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(tmp_path)},
    )
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "coinslot: the command line needs more packages: pip install 'coinslot[cli]'"
    ]
