"""A later run: says first what changed, touches what it changes, and does nothing where nothing did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coinslot_codegen.commands.generate import generate
from tests.codegen.generating import PAID, document, operation

RUN = """
import sys
from coinslot_codegen.commands.generate import generate
generate(sys.argv[1:], standalone_mode=False)
print("loaded", *sorted({name.partition(".")[0] for name in sys.modules}))
"""


def content(*more: str, kind: str = "string") -> dict[str, Any]:
    paths = {}
    for name in ("hat", *more):
        body = {"type": "object", "properties": {name: {"type": kind if name == "hat" else "string"}}}
        paths[f"/api/{name}/make"] = {"post": operation(body=body, **PAID)}
    return document(paths)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    written(tmp_path, content("coat"))
    assert run(tmp_path).exit_code == 0
    return tmp_path


def written(place: Path, what: dict[str, Any]) -> None:
    (place / "openapi.json").write_text(json.dumps(what))


def run(place: Path, *options: str) -> Result:
    return CliRunner().invoke(
        generate, [str(place / "openapi.json"), "--output", str(place / "out"), *options]
    )


def times(place: Path) -> dict[str, int]:
    return {
        path.relative_to(place / "out").as_posix(): path.stat().st_mtime_ns
        for path in (place / "out").rglob("*")
        if path.is_file()
    }


def test_only_what_changes_is_touched_and_the_change_is_shown_first(place: Path) -> None:
    before = times(place)
    written(place, content("coat", kind="integer"))
    done = run(place)
    assert done.output == (
        "Breaking (1)\n  hat.make: `hat` is integer, not string\n"
        f"{place / 'out'}: sample, 2 routes; 4 files changed\n"
    )
    after = times(place)
    assert {path for path in after if after[path] != before[path]} == {
        "src/sample/cli/hat.py",
        "src/sample/hat/make.py",
        "src/sample/manifest.json",
        "src/sample/openapi.json",
    }


def test_a_route_that_is_gone_is_said_and_removed(place: Path) -> None:
    written(place, content())
    done = run(place)
    assert done.output.startswith("Breaking (1)\n  coat.make: is gone\n")
    assert not (place / "out/src/sample/coat").exists()


def test_a_run_without_a_change_loads_no_writer(place: Path) -> None:
    before = times(place)
    arguments = [str(place / "openapi.json"), "--output", str(place / "out")]
    done = subprocess.run([sys.executable, "-c", RUN, *arguments], capture_output=True, text=True, check=True)
    said, loaded = done.stdout.splitlines()
    assert said == f"{place / 'out'}: nothing changed"
    assert not {"datamodel_code_generator", "jinja2"} & set(loaded.split())
    assert times(place) == before


def test_force_makes_everything_anew_and_still_touches_nothing_that_is_the_same(place: Path) -> None:
    before = times(place)
    assert run(place, "--force").output == f"{place / 'out'}: nothing changed\n"
    assert times(place) == before


def test_an_older_generators_client_is_written_again(place: Path) -> None:
    path = place / "out/src/sample/manifest.json"
    path.write_text(path.read_text().replace("coinslot-codegen 0.1.0", "coinslot-codegen 0.0.1"))
    done = run(place)
    assert done.output == f"{place / 'out'}: sample, 2 routes; 1 files changed\n"
