"""The root command finds subcommands by name and imports no other."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points, version
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from coinslot import _cli
from coinslot._installed import headline, listed


@click.command()
def hello() -> None:
    """Say hello."""
    click.echo("hello")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Install entry points, each of a distribution of its own."""

    def install(*entries: str) -> None:
        for number, entry in enumerate(entries):
            folder = tmp_path / f"shop{number}-1.0.dist-info"
            folder.mkdir()
            (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: shop{number}\nVersion: 1.0\n")
            (folder / "entry_points.txt").write_text(f"[{_cli.GROUP}]\n{entry}\n")
        monkeypatch.syspath_prepend(str(tmp_path))

    return install


def run(*arguments: str) -> Any:
    return CliRunner().invoke(_cli.build(), arguments)


def test_help_says_what_each_command_does_and_imports_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Paint_Shop-1.0.dist-info").mkdir()
    entries = (
        "[console_scripts]\nx = y:z\n\n[coinslot.commands]\npaint = paintshop.commands:paint\nwallet=a:b\n"
    )
    (tmp_path / "Paint_Shop-1.0.dist-info" / "entry_points.txt").write_text(entries)
    (tmp_path / "paintshop").mkdir()
    (tmp_path / "paintshop" / "commands.py").write_text(
        '"""`coinslot paint`: paint\x1b the shop. More."""\n1 / 0'
    )
    monkeypatch.syspath_prepend(str(tmp_path))

    done = run("--help")

    assert done.exit_code == 0
    lines = {line.split()[0]: " ".join(line.split()[1:]) for line in done.output.splitlines() if line.strip()}
    assert lines["paint"] == "Paint the shop (paint-shop)"
    assert "claimed by paint-shop and coinslot" in lines["wallet"]
    assert lines["doctor"].startswith("Is everything right")


def test_the_quick_look_finds_what_is_installed() -> None:
    found = {
        (name, one.module, one.attribute) for name, claims in listed(_cli.GROUP).items() for one in claims
    }
    assert found == {(entry.name, entry.module, entry.attr) for entry in entry_points(group=_cli.GROUP)}
    assert all(headline(claims[0]) for claims in listed(_cli.GROUP).values())


def test_version() -> None:
    assert run("--version").output == f"coinslot {version('coinslot')}\n"


@pytest.mark.parametrize(
    ("raises", "told"),
    [
        ("OSError(28, 'No space left on device', '/x')", "Error: /x: No space left on device"),
        ("ConfigurationError('Set it right.')", "Error: Set it right."),
        ("KeyError('secret thing')", "Error: coinslot itself failed (KeyError), which is a defect."),
    ],
    ids=["system", "ours", "defect"],
)
def test_no_traceback_reaches_a_person(raises: str, told: str) -> None:
    code = f"""
import click, sys
from coinslot import _cli
from coinslot.errors import ConfigurationError

@click.command()
def failing():
    raise {raises}

_cli._loaded = lambda *_: failing
sys.argv = ["coinslot", "doctor"]
_cli.main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(told)
    assert len(done.stderr.splitlines()) == 1
    assert "secret thing" not in done.stderr


def test_runs_what_was_named(installed: Any) -> None:
    installed(f"hello = {__name__}:hello", "other = no.such.module:other")
    assert run("hello").output == "hello\n"


def test_runs_what_only_the_slow_look_finds(installed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(f"hello = {__name__}:hello")
    monkeypatch.setattr(_cli, "listed", lambda _: {})
    assert run("hello").output == "hello\n"


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([], "No such command"),
        (["hello = no.such.module:hello"], "shop0 is not whole"),
        (["hello = pathlib:no_such_thing"], "shop0 is not whole"),
        (["hello = pathlib:Path"], "is not a command"),
        (["hello = a:b", "hello = c:d"], "several distributions (shop0, shop1)"),
    ],
    ids=["unknown", "broken", "empty", "foreign", "twice"],
)
def test_a_command_that_cannot_run_is_one_clear_line(installed: Any, entries: list[str], why: str) -> None:
    installed(*entries)
    done = run("hello")
    assert done.exit_code != 0
    assert why in done.output
    assert "Traceback" not in done.output
    assert "pip install" not in done.output


@pytest.mark.parametrize(
    ("name", "folders"),
    [("generate", "./codegen "), ("sandbox", "./codegen ./plugins/sandbox"), ("mcp", "./plugins/mcp")],
)
def test_a_command_of_ours_that_is_not_installed_says_what_brings_it(
    monkeypatch: pytest.MonkeyPatch, name: str, folders: str
) -> None:
    monkeypatch.setattr(_cli, "listed", lambda _: {})
    monkeypatch.setattr(_cli, "_found_slowly", lambda _: [])
    done = run(name, "--help")
    assert done.exit_code == 2
    assert f"'coinslot {name}' is not installed: pip install {folders}" in " ".join(done.output.split())


def test_every_command_of_ours_is_named_with_what_brings_it() -> None:
    brought = {
        claim.name: claim.dist.name.removeprefix("coinslot-")
        for claim in entry_points(group=_cli.GROUP)
        if claim.dist is not None and claim.dist.name.startswith("coinslot-")
    }
    assert {name: Path(folders.split()[-1]).name for name, folders in _cli._BROUGHT_BY.items()} == brought


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
