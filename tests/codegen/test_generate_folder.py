"""What happens to the output folder: all of it or nothing, and nothing where nothing changed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coinslot_codegen.commands.generate import generate
from coinslot_codegen.update import update
from coinslot_codegen.write import folder as folders
from coinslot_codegen.write.folder import OutputRefused, beside, fill, swap
from tests.codegen.generating import PAID, document, operation

HALF = {"enum": ["\ud800"]}
"""Half a character, which cannot be sent."""
CONTENT = document(
    {
        "/api/thing/make": {
            "post": operation(
                body={
                    "type": "object",
                    "properties": {
                        "b": {"type": "string"},
                        "a": {"enum": ["x", "y"]},
                        "c": {"type": "integer"},
                    },
                    "required": ["c"],
                },
                answer={"type": "object", "properties": {"z": {"type": "string"}, "y": {"type": "string"}}},
                **PAID,
            )
        },
        "/api/other": {"get": operation(answer={"type": "object", "properties": {"q": {"type": "integer"}}})},
    }
)


def data(content: dict[str, Any]) -> bytes:
    return json.dumps(content).encode()


def reversed_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: reversed_keys(value[key]) for key in reversed(value)}
    return [reversed_keys(item) for item in value] if isinstance(value, list) else value


def run(*arguments: str, source: str | None = None) -> Result:
    return CliRunner().invoke(generate, arguments, input=source)


def snapshot(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_first_run_writes_a_distribution(tmp_path: Path) -> None:
    source = tmp_path / "openapi.json"
    source.write_bytes(data(CONTENT))
    done = run(str(source), "--output", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert done.output == f"{tmp_path / 'out'}: sample, 2 routes; 15 files added\n"
    found = snapshot(tmp_path / "out")
    assert sorted(found) == [
        "README.md",
        "pyproject.toml",
        "src/sample/__init__.py",
        "src/sample/_client.py",
        "src/sample/cli/__init__.py",
        "src/sample/cli/__main__.py",
        "src/sample/cli/other.py",
        "src/sample/cli/thing.py",
        "src/sample/manifest.json",
        "src/sample/openapi.json",
        "src/sample/other/__init__.py",
        "src/sample/other/get.py",
        "src/sample/py.typed",
        "src/sample/thing/__init__.py",
        "src/sample/thing/make.py",
    ]
    assert found["src/sample/openapi.json"] == source.read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_second_run_changes_nothing_and_says_so(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
    source = tmp_path / "openapi.json"
    source.write_bytes(data(CONTENT))
    done = run(str(source), "--output", str(tmp_path / "out"))
    assert done.output == f"{tmp_path / 'out'}: nothing changed\n"
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")} == before


def test_another_order_of_the_documents_keys_changes_nothing(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    assert update(data(reversed_keys(CONTENT)), tmp_path / "out").changed == {}


def test_a_change_among_reordered_keys_changes_only_itself(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    before = snapshot(tmp_path / "out")
    later = reversed_keys(CONTENT)
    properties = later["paths"]["/api/thing/make"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    properties["properties"] = {"new": {"type": "string"}, **properties["properties"]}
    update(data(later), tmp_path / "out")
    text = (tmp_path / "out/src/sample/thing/make.py").read_text()
    body = text.partition("class MakeRequest(RequestModel):")[2]
    assert [line.split(":")[0].strip() for line in body.splitlines()[3:7]] == ["c", "b", "a", "new"]
    assert "    z: str | None = None\n    y: str | None = None\n" in text

    def changed(lines: dict[str, bytes]) -> bytes:
        return lines["src/sample/other/get.py"].partition(b"\n")[2]

    assert changed(snapshot(tmp_path / "out")) == changed(before)
    # And so does the run after it, whose copy of the document has the later order.
    properties["properties"]["newer"] = {"type": "string"}
    update(data(later), tmp_path / "out")
    again = (
        (tmp_path / "out/src/sample/thing/make.py")
        .read_text()
        .partition("class MakeRequest(RequestModel):")[2]
    )
    assert [line.split(":")[0].strip() for line in again.splitlines()[3:8]] == ["c", "b", "a", "new", "newer"]


def test_a_route_that_is_gone_takes_its_module_along(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    later = json.loads(data(CONTENT))
    del later["paths"]["/api/other"]
    assert update(data(later), tmp_path / "out").changed["removed"] == 3
    assert not (tmp_path / "out/src/sample/other").exists()


def test_an_edited_file_is_kept_until_force_is_used(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    module = tmp_path / "out/src/sample/thing/make.py"
    text = module.read_text()
    module.write_text(text + "# mine\n")
    with pytest.raises(folders.OutputRefused, match=r"edited by hand: src/sample/thing/make\.py"):
        update(data(CONTENT), tmp_path / "out")
    assert module.read_text() == text + "# mine\n"
    done = update(data(CONTENT), tmp_path / "out", force=True)
    assert done.changed == {"added": 0, "changed": 1, "removed": 0}
    assert module.read_text() == text


def test_a_missing_file_comes_back(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    (tmp_path / "out/src/sample/thing/make.py").unlink()
    assert update(data(CONTENT), tmp_path / "out").changed == {"added": 1, "changed": 0, "removed": 0}


@pytest.mark.parametrize("name", ["bad name!", "-", "1", "a/b", "ü"])
def test_a_name_that_no_distribution_can_have_is_refused(tmp_path: Path, name: str) -> None:
    source = tmp_path / "openapi.json"
    source.write_bytes(data(CONTENT))
    done = run(str(source), "--output", str(tmp_path / "out"), "--package", name)
    assert done.exit_code == 2
    assert f"--package {name!r} can name no distribution" in " ".join(done.output.split())


def test_flaws_of_the_document_are_named(tmp_path: Path) -> None:
    source = tmp_path / "openapi.json"
    source.write_bytes(data(document({"/api/things": {"get": operation(answer={"type": "float"})}})))
    done = run(str(source), "--output", str(tmp_path / "out"))
    place = "#/paths/~1api~1things/get/responses/200/content/application~1json/schema/type"
    assert f"flaw: {place}: there is no type 'float'; it is read as number" in done.output


def test_a_folder_with_foreign_files_is_refused(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    (tmp_path / "out/src/sample/thing/notes.txt").write_text("mine")
    (tmp_path / "out/src/sample/__pycache__").mkdir()
    (tmp_path / "out/src/sample/__pycache__/x.pyc").write_bytes(b"")
    before = snapshot(tmp_path / "out")
    source = tmp_path / "openapi.json"
    source.write_bytes(data(document({"/x": {"get": operation()}})))
    done = run(str(source), "--output", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert done.output == (
        f"Error: {tmp_path / 'out'}: holds src/sample/thing/notes.txt, which no generator wrote: "
        "choose another folder\n"
    )
    assert snapshot(tmp_path / "out") == before


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(OutputRefused, match="is a file, not a folder"):
        update(data(CONTENT), tmp_path / "out")


def test_an_error_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    before = snapshot(tmp_path)
    bad = json.loads(data(CONTENT))
    bad["paths"]["/api/bad"] = {"post": operation(body=HALF)}
    source = tmp_path.with_name(f"{tmp_path.name}-bad.json")
    source.write_bytes(data(bad))
    done = run(str(source), "--output", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert done.output.startswith("Error: #/paths/~1api~1bad/post/requestBody")
    assert done.output.count("\n") == 1
    assert snapshot(tmp_path) == before


def test_a_swap_that_fails_brings_the_old_folder_back(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/old.txt").write_text("old")
    moves: list[tuple[Path, Path]] = []

    def move(source: Path, target: Path) -> None:
        moves.append((source, target))
        if len(moves) == 2:  # the old folder is away, the new one does not arrive
            raise OSError(28, "No space left on device")
        source.replace(target)

    def replace() -> None:
        with beside(tmp_path / "out") as new:
            fill(new, {"new.txt": b"new"})
            swap(new, tmp_path / "out", move=move)

    line = f"{tmp_path / 'out'}: cannot be written (No space left on device)"
    with pytest.raises(OutputRefused, match=re.escape(line)):
        replace()
    assert snapshot(tmp_path) == {"out/old.txt": b"old"}


def test_unsupported_routes_are_named_and_left_out_on_request(tmp_path: Path) -> None:
    bad = json.loads(data(CONTENT))
    bad["paths"]["/api/bad"] = {"post": operation(body=HALF)}
    source = tmp_path / "openapi.json"
    source.write_bytes(data(bad))
    done = run(str(source), "--output", str(tmp_path / "out"), "--allow-unsupported")
    assert done.exit_code == 0
    assert "left out: #/paths/~1api~1bad/post/requestBody" in done.output
    assert "a lone surrogate is no character" in done.output


def test_routes_that_cannot_be_read_are_named_and_left_out_on_request(tmp_path: Path) -> None:
    bad = json.loads(data(CONTENT))
    lost = [{"$ref": "#/components/parameters/Lost"}]
    bad["paths"]["/api/bad"] = {"post": operation(parameters=lost)}
    source = tmp_path / "openapi.json"
    source.write_bytes(data(bad))
    for _ in range(2):
        done = run(str(source), "--output", str(tmp_path / "out"), "--allow-unsupported")
        assert done.exit_code == 0
        assert "left out: #/paths/~1api~1bad/post: cannot be read: `$ref` #/" in done.output


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"{", "not JSON"),
        (b"[]", "not an OpenAPI document"),
        (b'{"openapi": "3.1.0", "paths": {}}', "the document has no paths"),
        (b'{"swagger": "2.0", "paths": {"/a": {}}}', "not an OpenAPI 3 document"),
    ],
)
def test_a_bad_source_is_one_clear_line(tmp_path: Path, content: bytes, line: str) -> None:
    source = tmp_path / "openapi.json"
    source.write_bytes(content)
    done = run(str(source), "--output", str(tmp_path / "out"))
    assert done.exit_code == 1
    assert line in done.output
    assert done.output.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_the_same_bytes_under_any_hash_seed(tmp_path: Path) -> None:
    source = tmp_path / "openapi.json"
    source.write_bytes(data(CONTENT))
    made = []
    for seed in ("1", "2"):
        program = "from coinslot_codegen.commands.generate import generate; generate()"
        output = tmp_path / f"out{seed}"
        subprocess.run(
            [sys.executable, "-c", program, str(source), "--output", str(output)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        made.append(snapshot(output))
    assert made[0] == made[1]


def test_edits_are_seen(tmp_path: Path) -> None:
    update(data(CONTENT), tmp_path / "out")
    assert folders.edited(tmp_path / "out") == []
    (tmp_path / "out/README.md").unlink()
    assert folders.edited(tmp_path / "out") == ["README.md"]
