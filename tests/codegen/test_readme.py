"""The README of the generator tells every option of its commands, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from coinslot_codegen.commands.check import check
from coinslot_codegen.commands.diff import diff
from coinslot_codegen.commands.generate import generate
from coinslot_codegen.commands.inspect import inspect

README = (Path(__file__).parents[2] / "codegen" / "README.md").read_text("utf-8")
COMMANDS = {"generate": generate, "inspect": inspect, "check": check, "diff": diff}


def told(command: str) -> set[str]:
    """The options that the table tells of a command, as it writes them: `--output DIR`."""
    rows = re.findall(r"^\| (`--[^|]+?) \| ([^|]+?) \|", README, re.MULTILINE)
    return {option.strip("` ") for option, commands in rows if command in re.findall(r"[a-z]+", commands)}


def written(option: click.Option) -> str:
    context = click.Context(click.Command("any"))
    return option.opts[0] if option.is_flag else f"{option.opts[0]} {option.make_metavar(context)}"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_told(name: str) -> None:
    assert told(name) == {written(one) for one in COMMANDS[name].params if isinstance(one, click.Option)}


@pytest.mark.parametrize("name", COMMANDS)
def test_arguments_have_the_names_that_help_speaks_of(name: str) -> None:
    page = CliRunner().invoke(COMMANDS[name], ["--help"]).stdout
    usage, _, rest = page.partition("\n\n")
    for word in re.findall(r"\b[A-Z]{3,}\b", usage.replace("[OPTIONS]", "")):
        assert re.search(rf"\b{word}\b", rest), word
    assert "FOLDER" not in page
    assert " PATH " not in page
