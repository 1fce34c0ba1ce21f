"""The generated command line: what of a document becomes which command, argument and option."""

from __future__ import annotations

import importlib
import inspect
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import click
import pytest
from click.testing import CliRunner

from coinslot.console._calls import found_by, is_paid
from coinslot.console._session import Session
from coinslot_codegen.document import read
from coinslot_codegen.extending.options import Options
from coinslot_codegen.generation import generate
from coinslot_codegen.update import update
from tests.codegen.generating import PAID, Json, document, imported, made, operation, package
from tests.corpus.documents import documents
from tests.corpus.odds import DOCUMENT, sending

TEXT: Json = {"type": "string"}


def commands_of(found: ModuleType) -> Iterator[tuple[str, click.Command]]:
    """Give every command of a call, by the words that lead to it."""
    program = importlib.import_module(f"{found.__name__}.cli").PROGRAM
    for name, (module, _) in program.groups.items():
        group = importlib.import_module(f"{program.home}.{module}").commands
        yield from ((f"{name} {call}", command) for call, command in group.commands.items())


def help_of(content: Mapping[str, Any], folder: Path, *words: str) -> str:
    with package(content, folder) as found:
        root = importlib.import_module(f"{found.__name__}.cli").PROGRAM.build()
        done = CliRunner().invoke(root, [*words, "--help"], prog_name="sample", terminal_width=200)
        assert done.exit_code == 0, done.output
        return done.output


def making(properties: Json, *required: str) -> Json:
    body = {"type": "object", "properties": properties, "required": list(required)}
    return document({"/api/thing-2.0/make": {"post": operation(body=body, **PAID)}})


SOURCES = [("(our own oddities)", json.dumps(DOCUMENT).encode())]
SOURCES += [(path.stem, path.read_bytes()) for path in documents()]


@pytest.mark.parametrize("source", [source for _, source in SOURCES], ids=[name for name, _ in SOURCES])
def test_every_call_of_any_document_is_a_command_with_all_that_it_takes(
    source: bytes, tmp_path: Path
) -> None:
    api = read(source, allow_unsupported=True)
    client = generate(api, package="sample_client", allow_unsupported=True)
    with imported(client, tmp_path) as found:
        program = importlib.import_module(f"{found.__name__}.cli").PROGRAM
        root, studio = program.build(), program.load()(base_url="http://127.0.0.1:9")
        count = 0
        for words, command in commands_of(found):
            find = found_by(command)
            assert find is not None
            call = find(studio)
            taken = {one.name for one in command.params if one.name and not one.name.startswith("_")}
            theirs = inspect.signature(call.__call__).parameters.keys() - {"max_price", "idempotency_key"}
            assert taken == set(theirs), words
            assert is_paid(command) == hasattr(call, "quote"), words
            spelled = [opt for one in command.params for opt in (*one.opts, *one.secondary_opts)]
            assert len(spelled) == len(set(spelled)), words
            done = CliRunner().invoke(command, ["--help"], obj=Session(program))
            assert done.exit_code == 0, words
            count += 1
        assert count == client.routes
        assert CliRunner().invoke(root, ["--help"]).exit_code == 0


def test_names_are_those_of_the_paths(tmp_path: Path) -> None:
    content = document(
        {"/api/film-2.1/i2v": {"post": operation()}, "/v1/agent-session/new_one": {"get": operation()}}
    )
    with package(content, tmp_path) as found:
        assert {words for words, _ in commands_of(found)} == {"film-2.1 i2v", "agent-session new_one"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (TEXT, "--it TEXT"),
        ({"enum": ["a", "b"]}, "--it [a|b]"),
        ({"enum": [1, 2, True]}, "--it [1|2|true]"),
        ({"type": "integer", "minimum": 1, "maximum": 4}, "--it INTEGER RANGE"),
        ({"type": "number", "minimum": 0}, "--it NUMBER"),
        ({"type": "boolean"}, "--it / --no-it"),
        ({"type": "object", "properties": {"x": TEXT}}, "--it JSON|@FILE"),
        ({"type": "array", "items": {"enum": ["a"]}}, "--it [a]"),
        ({"anyOf": [TEXT, {"type": "object"}]}, "--it TEXT|JSON"),
        ({"anyOf": [TEXT, {"type": "array", "items": TEXT}]}, "--it TEXT"),
        ({"type": ["string", "null"]}, "--it TEXT"),
        ({}, "--it JSON|@FILE"),
    ],
    ids=str,
)
def test_each_kind_of_value_has_its_option(value: Json, shown: str, tmp_path: Path) -> None:
    assert shown in help_of(making({"it": value}), tmp_path, "thing-2.0", "make")


def test_choices_defaults_and_help_are_the_documents(tmp_path: Path) -> None:
    size = {"enum": ["1K", "2K"], "default": "1K", "description": "how large it is"}
    shown = help_of(making({"imageSize": size}), tmp_path, "thing-2.0", "make")
    assert "--image-size [1K|2K]" in shown
    assert "How large it is.  [default: 1K]" in shown


@pytest.mark.parametrize(
    ("properties", "required", "usage"),
    [
        ({"prompt": TEXT, "style": TEXT}, ("prompt", "style"), "make [OPTIONS] PROMPT"),
        ({"prompt": TEXT}, (), "make [OPTIONS] [PROMPT]"),
        ({"question": TEXT, "model": {"enum": ["a", "b"]}}, ("question", "model"), "make [OPTIONS] QUESTION"),
        ({"phone": TEXT, "message": TEXT}, ("phone", "message"), "make [OPTIONS]\n"),
        ({"note": TEXT}, (), "make [OPTIONS]\n"),
    ],
    ids=str,
)
def test_the_main_text_needs_no_name(
    properties: Json, required: tuple[str, ...], usage: str, tmp_path: Path
) -> None:
    assert usage in help_of(making(properties, *required), tmp_path, "thing-2.0", "make")


def test_members_that_are_called_like_our_options_step_aside(tmp_path: Path) -> None:
    ours = {
        "output": TEXT,
        "json": {"type": "boolean"},
        "no-it": TEXT,
        "it": {"type": "boolean"},
        "maxPrice": TEXT,
    }
    shown = help_of(making(ours), tmp_path, "thing-2.0", "make")
    for option in ("--api-output TEXT", "--api-json / --no-api-json", "--no-it TEXT", "--it BOOLEAN"):
        assert option in shown
    assert "-o, --output PATH" in shown


def test_a_call_that_is_called_like_what_a_module_imports_has_another_function() -> None:
    names = ("annotations", "click", "commands", "client")
    files = made(document({f"/api/thing/{name}": {"get": operation()} for name in names})).files
    text = next(one.decode() for path, one in files.items() if path.endswith("/cli/thing.py"))
    assert "from __future__ import annotations" in text
    assert all(f'"{name}"' in text and f"def {name}(" not in text for name in names)


def test_groups_that_are_called_like_our_commands_stand_beside(tmp_path: Path) -> None:
    content = document(
        {"/api/models/list": {"get": operation()}, "/api/thing/make": {"post": operation(**PAID)}}
    )
    assert "models  Models: list." in help_of(content, tmp_path, "api")


def test_without_anything_to_pay_there_are_no_prices(tmp_path: Path) -> None:
    shown = help_of(document({"/api/models/list": {"get": operation()}}), tmp_path)
    assert "Models: list." in shown
    assert "quote" not in shown


def test_a_body_of_bytes_is_a_file(tmp_path: Path) -> None:
    content = document(
        {
            "/api/sound/send": {
                "post": sending("application/octet-stream", {"type": "string", "format": "binary"})
            }
        }
    )
    assert "send [OPTIONS] BODY" in help_of(content, tmp_path, "sound", "send")


def test_text_of_the_document_steers_no_terminal(tmp_path: Path) -> None:
    hostile = "red \x1b[31mtext\x07 and \N{RIGHT-TO-LEFT OVERRIDE}back\b"
    content = making({"it": {"type": "string", "description": hostile, "default": "\x1b[1m"}})
    shown = help_of(content, tmp_path, "thing-2.0", "make")
    assert "Red [31mtext and back" in " ".join(shown.split())
    assert not {"\x1b", "\x07", "\b", "\N{RIGHT-TO-LEFT OVERRIDE}"} & set(shown)


def test_a_distribution_has_its_command_and_an_embedded_client_none() -> None:
    content = making({"prompt": TEXT}, "prompt")
    project = made(content).files["pyproject.toml"].decode()
    assert 'sample = "sample.cli:main"' in project
    assert '"coinslot[cli]>=' in project
    assert not [path for path in made(content, embed=True).files if "cli/" in path]


def test_an_embedded_client_has_a_command_line_if_asked_and_keeps_it(tmp_path: Path) -> None:
    source = json.dumps(making({"prompt": TEXT}, "prompt")).encode()
    update(source, tmp_path / "inner", embed=True, options=Options(cli=True))
    assert (tmp_path / "inner" / "cli" / "__init__.py").is_file()
    update(source, tmp_path / "inner", force=True)
    assert (tmp_path / "inner" / "cli" / "__init__.py").is_file()
