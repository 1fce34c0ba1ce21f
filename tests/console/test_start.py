"""What starting costs, and what is said where something is not installed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from stablestudio.cli import PROGRAM

HEAVY = ("anyio", "coinslot.client", "coinslot.ledger", "httpx", "pydantic", "rich", "stablestudio._client")


def program(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the program as its users do."""
    return subprocess.run(
        [sys.executable, "-m", "stablestudio.cli", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["wan-2.6", "i2v", "--help"],
        ["quote", "--help"],
        ["jobs", "resume", "--help"],
        ["map", "--help"],
        ["models", "--help"],
        ["upload", "--help"],
    ],
)
def test_help_loads_nothing_but_click(words: list[str]) -> None:
    script = (
        "import sys; from stablestudio.cli import PROGRAM\n"
        f"PROGRAM.build()({words!r}, prog_name='stablestudio', standalone_mode=False)\n"
        f"print('loaded:', *[name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded:"


def test_help_lists_groups_as_the_document_spells_them() -> None:
    done = program("--help", COLUMNS="110")
    assert done.returncode == 0
    for name in ("nano-banana-pro", "wan-2.6", "veo-3.1-fast", "jobs", "quote", "models", "completion"):
        assert f"\n  {name} " in done.stdout


def test_without_click_one_line_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "click.py").write_text("raise ModuleNotFoundError('no click', name='click')")
    done = program("--help", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "stablestudio: the command line needs more packages: pip install 'stablestudio[cli]'"
    ]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_get_their_script(shell: str) -> None:
    done = CliRunner().invoke(PROGRAM.build(), ["completion", shell], prog_name="stablestudio")
    assert done.exit_code == 0
    assert "_STABLESTUDIO_COMPLETE" in done.stdout
    told = CliRunner().invoke(PROGRAM.build(), ["completion", "--help"], prog_name="stablestudio").stdout
    assert f"stablestudio completion {shell} >" in told


@pytest.mark.parametrize(
    ("words", "begun", "offered"),
    [
        ([], "nano", {"nano-banana", "nano-banana-pro"}),
        (["wan-2.6"], "", {"i2v", "t2v"}),
        (["wan-2.6", "i2v", "--resolution"], "", {"720p", "1080p"}),
        (["quote", "wan-2.6"], "i", {"i2v"}),
        (["jobs"], "re", {"resume"}),
        (["map"], "wan", {"wan-2.6"}),
        (["map", "wan-2.6"], "", {"i2v", "t2v"}),
    ],
)
def test_commands_and_choices_are_completed(words: list[str], begun: str, offered: set[str]) -> None:
    found = BashComplete(PROGRAM.build(), {}, "stablestudio", "_X").get_completions(words, begun)
    assert {one.value for one in found} == offered


def test_every_command_is_explained() -> None:
    root = PROGRAM.build()
    context = click.Context(root)
    for name in root.list_commands(context):
        done = CliRunner().invoke(root, [name, "--help"], prog_name="stablestudio")
        assert done.exit_code == 0, name


def test_its_version_is_told_with_the_runtime_s() -> None:
    done = program("--version")
    assert done.returncode == 0
    assert re.fullmatch(r"stablestudio \d[\w.]*, coinslot \d[\w.]*\n", done.stdout)
