"""How wide the generator writes: within a terminal's width, and in whole lines for files and pipes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from coinslot._cli import build
from tests.codegen.documents import TRANSCRIPTION
from tests.terminals import on_a_terminal

RULE = "The prompt may hold a rule of the guidance that is longer than any line, on purpose. " * 3


@pytest.fixture
def later(tmp_path: Path) -> str:
    content = json.loads(TRANSCRIPTION.read_bytes())
    for item in content["paths"].values():
        for operation in item.values():
            operation["deprecated"] = True
    content["info"]["title"] = f"Other {RULE}"
    path = tmp_path / "later.json"
    path.write_text(json.dumps(content))
    return str(path)


def arguments(command: str, later: str) -> list[str]:
    return [command, later] if command == "inspect" else [command, str(TRANSCRIPTION), later]


@pytest.mark.parametrize("command", ["diff", "inspect"])
def test_a_pipe_gets_whole_lines_without_blanks_behind(command: str, later: str) -> None:
    lines = CliRunner().invoke(build(), arguments(command, later)).stdout.splitlines()
    assert [line for line in lines if line != line.rstrip()] == []
    assert sum(" ".join(RULE.split()) in line for line in lines) == 1


@pytest.mark.parametrize("command", ["diff", "inspect"])
def test_a_terminal_gets_lines_that_fit(command: str, later: str, tmp_path: Path) -> None:
    told = on_a_terminal("coinslot", *arguments(command, later), columns=80, folder=tmp_path, environ={})
    plain = re.sub(r"\x1b\[[0-9;]*m", "", told)
    assert max(map(len, plain.splitlines())) <= 80
    assert " ".join(RULE.split()) in " ".join(plain.split())


def test_a_terminal_is_told_what_is_done_and_a_pipe_only_what_was(tmp_path: Path) -> None:
    wanted = ["generate", str(TRANSCRIPTION), "--output", "client"]
    told = on_a_terminal("coinslot", *wanted, columns=80, folder=tmp_path, environ={})
    assert "reading the document" in told
    assert "files added" in told.rpartition("\r")[2]
    output = str(tmp_path / "other")
    done = CliRunner().invoke(build(), [*wanted[:-1], output])
    assert (done.stderr, done.stdout.count("\n")) == ("", 1)
