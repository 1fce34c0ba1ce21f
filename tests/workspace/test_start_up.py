"""What must not be loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import click
import pytest

from coinslot._cli import build
from coinslot.spending import GROUPINGS, STATES

SIGNERS = ("eth_account", "coincurve", "solders")
WRITERS = ("datamodel_code_generator", "jinja2", "black")
SERVERS = ("starlette", "uvicorn", "x402")
LEDGER = ("sqlite3",)
LIBRARIES = ("pydantic", "httpx", "sqlite3", "importlib.metadata", "asyncio", "yaml", "pluggy")
TERMINAL = ("click", "rich")
SLOW = (
    "coinslot.ledger",
    "coinslot.attempt",
    "coinslot.backend",
    "coinslot.spending",
    "coinslot_codegen.document",
)
"""What takes longer than all of a command's help: ours, and what the standard library reads metadata with."""


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import coinslot", (*SIGNERS, *TERMINAL, *LEDGER)),
        ("from stablestudio import StableStudio, AsyncStableStudio", (*SIGNERS, *TERMINAL, *LEDGER)),
        ("import coinslot_base.backend", ("eth_account",)),
        ("import coinslot_codegen", WRITERS),
        ("import coinslot_codegen.document", WRITERS),
    ],
)
def test_import_loads_only_what_it_needs(statement: str, unwanted: tuple[str, ...]) -> None:
    assert not _loaded_by(statement) & set(unwanted)


def _commands() -> Iterator[tuple[str, ...]]:
    """Find every command that there is: whoever adds one finds it here."""
    root = build()
    context = click.Context(root)
    yield ()
    for name in root.list_commands(context):
        yield from _below(root.get_command(context, name), (name,))


def _below(command: click.Command | None, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield words
    if isinstance(command, click.Group):
        for name, each in sorted(command.commands.items()):
            yield from _below(each, (*words, name))


@pytest.mark.parametrize("words", [*_commands()], ids=" ".join)
def test_help_loads_only_what_help_needs(words: tuple[str, ...]) -> None:
    asked = f"from coinslot._cli import main; sys.argv = {['coinslot', *words, '--help']}; main()"
    loaded = _loaded_by(f"import contextlib\nwith contextlib.suppress(SystemExit): {asked}")
    assert not loaded & {*SIGNERS, *WRITERS, *SERVERS, *LIBRARIES, *SLOW}


@pytest.mark.parametrize(
    "words", [(), ("jobs",), ("quote",), ("upload",), ("models",), ("wan-2.6", "i2v")], ids=" ".join
)
def test_help_of_a_client_loads_only_what_help_needs(words: tuple[str, ...]) -> None:
    asked = f"from stablestudio.cli import main; sys.argv = {['stablestudio', *words, '--help']}; main()"
    loaded = _loaded_by(f"import contextlib\nwith contextlib.suppress(SystemExit): {asked}")
    assert not loaded & {*SIGNERS, *LIBRARIES, *SLOW}


def test_the_words_that_help_lists_are_those_of_the_spending() -> None:
    ledger = build().get_command(click.Context(build()), "ledger")
    assert isinstance(ledger, click.Group)
    assert _choices(ledger.commands["list"], "states") == STATES
    for name in ("summary", "export"):
        assert _choices(ledger.commands[name], "by") == GROUPINGS


def _choices(command: click.Command, name: str) -> tuple[str, ...]:
    (kind,) = (one.type for one in command.params if one.name == name)
    assert isinstance(kind, click.Choice)
    return tuple(kind.choices)


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    last = done.stdout.splitlines()[-1].split()
    assert last[0] == "loaded"
    return set(last[1:])
