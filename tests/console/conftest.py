"""The generated command line in this process, against a sandbox of the document that it was made from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import click
import pytest
from click.testing import CliRunner, Result

import stablestudio
from coinslot.backend import Surroundings
from coinslot_sandbox.server import Server
from stablestudio.cli import PROGRAM
from tests.conftest import ROOT
from tests.terminals import on_a_terminal

DOCUMENT = ROOT / "generated" / "stablestudio.openapi.json"

Run: TypeAlias = Callable[..., Result]
Terminal: TypeAlias = Callable[..., str]


class Time:
    """Waiting that takes no time."""

    def __init__(self) -> None:
        self.passed = 0.0
        self.interrupts = False

    def sleep(self, seconds: float) -> None:
        self.passed += seconds
        if self.interrupts:
            raise KeyboardInterrupt


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def options() -> dict[str, Any]:
    """Options of the sandbox; a test's own fixture may say others."""
    return {}


@pytest.fixture
def api(serve_paid_api: Callable[..., Server], options: dict[str, Any]) -> Server:
    return serve_paid_api(DOCUMENT, **{"time_scale": 0, **options})


@pytest.fixture
def client_options() -> dict[str, Any]:
    """What else the clients are made with."""
    return {}


@pytest.fixture
def run(
    api: Server,
    time: Time,
    client_options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Run:
    """Run the command line in a folder of its own, and return what came of it."""

    class Quick(stablestudio.StableStudio):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options, **client_options, surroundings=Surroundings(sleep=time.sleep))

    monkeypatch.setattr(stablestudio, "StableStudio", Quick)
    monkeypatch.setenv("COINSLOT_EVM_KEY", api.wallets[0].key)
    monkeypatch.setenv("STABLESTUDIO_BASE_URL", api.url)
    monkeypatch.chdir(tmp_path)

    def made(*words: str, text: str | None = None) -> Result:
        result = CliRunner().invoke(PROGRAM.build(), words, prog_name=PROGRAM.name, input=text)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return made


def command(*names: str) -> click.Command:
    """Return a command of the program by its names."""
    found: click.Command = PROGRAM.build()
    context = click.Context(found)
    for name in names:
        assert isinstance(found, click.Group)
        following = found.get_command(context, name)
        assert following is not None, name
        found = following
    return found


@pytest.fixture
def terminal(api: Server, tmp_path: Path) -> Terminal:
    """Run the command line on a terminal of its own, and return all that was written there."""

    def run(*words: str, columns: int = 80, **environ: str) -> str:
        own = {"COINSLOT_EVM_KEY": api.wallets[0].key, "STABLESTUDIO_BASE_URL": api.url}
        module = ("stablestudio.cli", *words)
        return on_a_terminal(*module, columns=columns, folder=tmp_path, environ={**own, **environ})

    return run
