"""What `jobs resume` knows of the command that was interrupted, and what it leaves to others."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from coinslot._cli import build
from coinslot_sandbox.names import Names
from coinslot_sandbox.server import Server
from stablestudio.cli import PROGRAM
from tests.console.conftest import Run, Time

pytestmark = pytest.mark.loopback

SUNSET = ("nano-banana-pro", "generate", "A sunset")


@pytest.fixture
def options() -> dict[str, Any]:
    return {"polls": 1}


def interrupted(run: Run, time: Time, *words: str) -> str:
    """Run a command that Ctrl-C ends while its job runs; return what it said."""
    time.interrupts = True
    done = run(*words)
    time.interrupts = False
    assert done.exit_code == 130
    return str(done.stderr)


@pytest.mark.parametrize("one", [True, False])
def test_the_result_goes_where_the_interrupted_command_wanted_it(
    run: Run, api: Server, time: Time, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, one: bool
) -> None:
    interrupted(run, time, *SUNSET, "-o", "pictures/{model}.png", "--metadata", "sidecar")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    done = run("jobs", "resume", *([api.jobs[0].id] if one else []))
    wanted = tmp_path / "pictures" / "nano-banana-pro.png"
    assert done.stdout == f"{wanted}\n"
    assert wanted.is_file()
    assert wanted.with_name("nano-banana-pro.png.json").is_file()


def test_another_place_may_be_said(run: Run, time: Time, tmp_path: Path) -> None:
    interrupted(run, time, *SUNSET, "-o", "pictures/")
    assert run("jobs", "resume", "-o", "here.png").stdout == "here.png\n"
    assert not (tmp_path / "pictures").exists()


def test_a_place_below_is_told_as_it_was_given(run: Run, time: Time) -> None:
    interrupted(run, time, *SUNSET, "-o", "pictures/sunset.png")
    assert run("jobs", "resume").stdout == str(Path("pictures", "sunset.png")) + "\n"


def test_nothing_is_said_to_be_paid_that_was_paid_before(run: Run, time: Time) -> None:
    assert "$0.13 paid with base" in interrupted(run, time, *SUNSET)
    again = run("jobs", "resume").stderr
    assert "paid with" not in again
    assert "It was paid for before ($0.13)." in again


def test_jobs_of_a_map_are_left_to_it(run: Run, time: Time, api: Server, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("prompt\none\ntwo\n")
    fifty = ("map", "nano-banana-pro", "generate", "rows.csv", "-o", "out", "--max-total", "1")
    interrupted(run, time, *fifty, "--concurrency", "1")
    assert len(api.payments) >= 1
    left = run("jobs", "resume")
    assert left.stdout == ""
    assert "run its command again" in left.stderr
    assert not list(tmp_path.glob("*.png"))
    assert run(*fifty).exit_code == 0
    assert len(list((tmp_path / "out").glob("*.png"))) == 2
    assert len(api.payments) == 2


def test_the_table_names_calls_as_they_are_typed(run: Run, api: Server) -> None:
    run(*SUNSET, "--no-wait")
    shown = run("jobs").stdout
    assert "nano-banana-pro generate" in shown
    (told,) = json.loads(run("jobs", "--json").stdout)["jobs"]
    assert told["job_id"] == api.jobs[0].id


def test_shells_complete_ids(run: Run, api: Server) -> None:
    run(*SUNSET, "--no-wait")
    complete = BashComplete(PROGRAM.build(), {}, "stablestudio", "_X").get_completions
    assert [one.value for one in complete(["jobs", "resume"], "")] == [api.jobs[0].id]
    assert [one.type for one in complete([*SUNSET, "-o"], "pic")] == ["file"]


@pytest.mark.parametrize("job_id", ["-Zm9v_b", "a;true", "j" * 300])
def test_what_is_said_to_fetch_a_job_fetches_it_whatever_its_id_is(
    run: Run, time: Time, monkeypatch: pytest.MonkeyPatch, job_id: str
) -> None:
    """Ids of base64url begin with a hyphen now and then, and any id is a server's word."""
    monkeypatch.setattr(Names, "job", lambda names: job_id)
    said = [interrupted(run, time, *SUNSET), CliRunner().invoke(build(), ["ledger", "recover"]).output]
    for told in said:
        (named,) = set(re.findall(r"jobs\s+resume\s+([^`\n]*?)'?\.?$", told, re.MULTILINE))
        assert re.fullmatch(r"att_[0-9a-f]+", named), told
    assert run("jobs", "resume", *shlex.split(named)).exit_code == 0
