"""What the generator's commands exit with when `coinslot` itself runs them, as people and scripts do."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import coinslot_codegen.diff
from coinslot._cli import SHOW_TRACEBACK, build, main
from tests.codegen.generating import PAID, document, operation


def run(*arguments: str) -> Result:
    return CliRunner().invoke(build(), arguments)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("source") / "api.json"
    path.write_text(json.dumps(document({"/api/hat/make": {"post": operation(**PAID)}})))
    return str(path)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, source: str) -> str:
    made = str(tmp_path_factory.mktemp("made") / "client")
    assert run("generate", source, "--output", made).exit_code == 0
    return made


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere.json", "{source}"), "nowhere.json: no such file"),
        (("{source}", "nowhere.json"), "nowhere.json: no such file"),
        (("{folder}", "{source}"), "holds no generated client"),
        (("{source}",), "Missing argument 'NEW'"),
        (("{source}", "{source}", "--format", "song"), "'song' is not one of"),
        (("{source}", "{source}", "--loud"), "No such option '--loud'"),
        (("{source}", "{source}", "{source}"), "unexpected extra argument"),
    ],
)
def test_what_could_not_be_compared_is_no_verdict(
    arguments: Sequence[str], said: str, source: str, tmp_path: Path
) -> None:
    done = run("diff", *(one.format(source=source, folder=tmp_path) for one in arguments))
    assert (done.exit_code, said in done.stderr) == (3, True), done.stderr


def test_a_verdict_stays_one(source: str, client: str) -> None:
    assert run("diff", source, client).exit_code == 0
    assert run("diff", "--help").exit_code == 0


def test_a_defect_is_no_verdict(
    source: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(coinslot_codegen.diff, "changes", fail)
    monkeypatch.setattr("sys.argv", ["coinslot", "diff", source, source])
    monkeypatch.delenv(SHOW_TRACEBACK, raising=False)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "which is a defect" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("check", "{client}"), 0),
        (("check", "{folder}"), 1),
        (("check", "{client}", "--source", "nowhere.json"), 1),
        (("check",), 2),
        (("check", "{client}", "--loud"), 2),
        (("inspect", "{source}"), 0),
        (("inspect", "nowhere.json"), 1),
        (("inspect",), 2),
        (("inspect", "{source}", "--loud"), 2),
        (("generate", "{source}", "--output", "{client}"), 0),
        (("generate", "nowhere.json", "--output", "{client}"), 1),
        (("generate", "{source}"), 2),
        (("generate", "{source}", "--output", "{client}", "--package", "../up"), 2),
        (("nothing-like-that",), 2),
    ],
)
def test_the_others(arguments: Sequence[str], code: int, source: str, client: str, tmp_path: Path) -> None:
    done = run(*(one.format(source=source, client=client, folder=tmp_path) for one in arguments))
    assert done.exit_code == code, done.output
