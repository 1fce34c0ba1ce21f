"""`map` on the command line: a file of requests in, a folder with results and an index out."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from coinslot import Outcome, ServerUnavailable
from coinslot.console._index import write_index
from coinslot_sandbox.server import Server
from tests.many.conftest import Serve, bought
from tests.many.painting import PROGRAM

pytestmark = pytest.mark.loopback


def run(server: Server, *arguments: object) -> Result:
    environ = {**server.wallets[0].environ, "PAINT_BASE_URL": server.url}
    command = ["map", "nano-banana-pro", *map(str, arguments)]
    return CliRunner().invoke(PROGRAM.build(), [*command, "--pay-with", "base"], env=environ)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    path = tmp_path / "prompts.csv"
    path.write_text('prompt,Image Size,aspectRatio\na cat,1K,\n"a ""big"", grey dog",,16:9\n-,2K,\n')
    return path


def test_a_table_becomes_a_folder_with_an_index(server: Server, prompts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run(server, "generate", prompts, "-o", out, "--max-total", "2")

    assert done.exit_code == 0, done.output
    assert done.stdout == f"{out / 'index.csv'}\n"
    assert sorted(bought(server)) == ["-", 'a "big", grey dog', "a cat"]
    assert {frozenset(job.input) for job in server.jobs} == {
        frozenset({"prompt", "imageSize"}),
        frozenset({"prompt", "aspectRatio"}),
    }
    index = table(out / "index.csv")
    assert [row["row"] for row in index] == ["1", "2", "3"]
    assert [row["error"] for row in index] == ["", "", ""]
    assert {row["job_id"] for row in index} == {job.id for job in server.jobs}
    assert all((out / row["file"]).read_bytes().startswith(b"\x89PNG") for row in index)


def test_run_again_it_pays_for_what_is_new(server: Server, prompts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(server, "generate", prompts, "-o", out, "--max-total", "2")
    first = table(out / "index.csv")
    prompts.write_text("image_size,prompt\n,a bird\n1K,a cat\n")
    done = run(server, "generate", prompts, "-o", out, "--max-total", "2")

    assert done.exit_code == 0, done.output
    assert len(server.payments) == 4
    second = table(out / "index.csv")
    assert second[1]["file"] == first[0]["file"]


def test_lines_of_json_and_a_summary_for_scripts(serve: Serve, tmp_path: Path) -> None:
    server = serve(fail_marker="dog")
    asked = tmp_path / "asked.jsonl"
    asked.write_text('{"prompt": "a cat", "imageSize": "1K"}\n\n{"prompt": "a dog"}\n')
    done = run(server, "generate", asked, "-o", tmp_path / "out", "--max-total", "1", "--json")

    told = json.loads(done.stdout)
    assert done.exit_code == 6
    assert (told["rows"], told["finished"], told["failed"], told["not_begun"]) == (2, 1, 1, 0)
    assert told["spent_usd"] == "0.260000"
    index = [json.loads(line) for line in (tmp_path / "out" / "index.jsonl").read_text().splitlines()]
    assert [row["error"] is None for row in index] == [True, False]
    assert index[0]["file"].endswith(".png")


def test_what_the_budget_does_not_buy_is_in_the_index(server: Server, tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("prompt\n" + "".join(f"cat {number}\n" for number in range(9)))
    done = run(server, "generate", asked, "-o", tmp_path / "out", "--max-total", "0.30", "--concurrency", "1")

    assert done.exit_code == 3
    assert "2 of 9 finished, 7 not bought" in done.stderr
    assert [row["error"] for row in table(tmp_path / "out" / "index.csv")][3:] == ["not finished"] * 6
    assert len(server.payments) == 2
    # Who is asked again what it may cost is told what it did.
    again = run(server, "generate", asked, "-o", tmp_path / "out")
    assert again.exit_code == 3
    assert "$0.26 is spent or reserved by earlier runs" in again.stderr


def test_a_spreadsheet_computes_nothing_of_a_servers_words(tmp_path: Path) -> None:
    failed: Outcome[Any] = Outcome(0, {}, error=ServerUnavailable('=HYPERLINK("https://evil.example")'))
    write_index(tmp_path / "index.csv", [failed], 1)
    (row,) = table(tmp_path / "index.csv")
    assert row["error"].startswith("'=HYPERLINK")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.csv", "promt\na cat\n", "its first line names 'promt', which the call does not take"),
        ("a.csv", "prompt,Prompt\na cat,a dog\n", "its first line names prompt twice"),
        ("a.csv", "prompt;promt\na cat;a dog\n", "its first line names 'promt', which"),
        ("a.csv", '"prompt"s\na cat\n', "line 1: ',' expected"),
        ("a.jsonl", '{"prompt": "a cat", "Prompt": "a dog"}\n', "row 1: it names prompt twice"),
        ("a.csv", "prompt,image_size\na cat,9K\n", "row 1: image_size must be"),
        ("a.csv", "prompt,aspect_ratio\na cat,1:1\na dog,7:7\n", "row 2: '7:7' is not one of"),
        ("a.csv", "prompt\na cat,1K\n", "more cells than the header"),
        ("a.csv", "prompt,image_size\n,1K\n", "row 1: prompt is missing"),
        ("a.csv", "prompt\n", "a.csv holds no row below its first line"),
        ("a.csv", "", "a.csv holds no row below its first line"),
        ("a.jsonl", "\n", "a.jsonl holds no request"),
        ("a.jsonl", '{"prompt": "a cat"}\n{"prompt"\n', "line 2: no JSON"),
        ("a.jsonl", '["a cat"]\n', "row 1: not a JSON object"),
    ],
)
def test_a_file_with_a_fault_is_refused_whole(
    server: Server, tmp_path: Path, name: str, content: str, told: str
) -> None:
    (tmp_path / name).write_text(content)
    done = run(server, "generate", tmp_path / name, "-o", tmp_path / "out", "--max-total", "1")

    assert done.exit_code == 2, done.output
    assert told in " ".join(done.stderr.split())
    assert server.payments == ()


def test_nobody_pays_for_many_without_a_word(server: Server, prompts: Path, tmp_path: Path) -> None:
    done = run(server, "generate", prompts, "-o", tmp_path / "out")

    assert done.exit_code == 3
    assert "3 calls at up to $0.245 each, $0.735 at most, are to be paid" in " ".join(done.stderr.split())
    assert "--max-total" in done.stderr
    assert server.payments == ()


def test_calls_that_are_none_are_refused(server: Server, prompts: Path, tmp_path: Path) -> None:
    done = run(server, "paint", prompts, "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert "no call nano-banana-pro paint" in done.stderr


def test_cells_of_several_values_and_addresses(server: Server, tmp_path: Path) -> None:
    images = ["https://example.com/a.png", "https://example.com/b.png"]
    with (tmp_path / "edits.csv").open("w", newline="") as file:
        rows: list[Any] = [("prompt", "images"), ("one", images[0]), ("two", json.dumps(images))]
        csv.writer(file).writerows(rows)
    done = run(server, "edit", tmp_path / "edits.csv", "-o", tmp_path / "out", "--max-total", "1")

    assert done.exit_code == 0, done.output
    given = {str(job.input["prompt"]): job.input["images"] for job in server.jobs}
    assert given == {"one": images[:1], "two": images}


def test_a_table_of_another_encoding_is_said_to_be_one(server: Server, tmp_path: Path) -> None:
    path = tmp_path / "prompts.csv"
    path.write_bytes("prompt\nein süßer Hund\n".encode("latin-1"))
    done = run(server, "generate", path, "-o", tmp_path / "out", "--max-total", "2")
    assert done.exit_code == 2
    assert "is not UTF-8" in done.stderr


def test_where_the_sum_is_spent_it_says_so_once_and_how_to_go_on(
    server: Server, prompts: Path, tmp_path: Path
) -> None:
    asked = ("generate", prompts, "-o", tmp_path / "out", "--concurrency", "1", "--max-total")
    done = run(server, *asked, "0.30")
    assert done.exit_code == 3
    assert done.stderr.count("Nothing was signed") == 1
    assert "with a larger --max-total goes on" in done.stderr
    assert run(server, *asked, "2").exit_code == 0
    assert len(bought(server)) == 3


def test_where_nobody_watches_it_says_what_was_begun(server: Server, prompts: Path, tmp_path: Path) -> None:
    asked = ("generate", prompts, "-o", tmp_path / "out", "--max-total", "2")
    assert run(server, *asked).stderr.startswith("3 calls, 3 at once; each usually about ")
    assert "at once" not in run(server, *asked, "--json").stderr


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_table_as_other_countries_spreadsheets_write_it(server: Server, tmp_path: Path, mark: str) -> None:
    asked = tmp_path / "asked.csv"
    rows = [["prompt", "image size"], ["a cat, black", "1K"], ["", ""], ["ein Käse", "2K"]]
    asked.write_text("".join(f"{mark.join(row)}\r\n" for row in rows if any(row)), "utf-8-sig", newline="")
    done = run(server, "generate", asked, "-o", tmp_path / "out", "--max-total", "2")

    assert done.exit_code == 0, done.output
    assert sorted(bought(server)) == ["a cat, black", "ein Käse"]


def test_one_call_is_one_call(server: Server, tmp_path: Path) -> None:
    asked = tmp_path / "asked.csv"
    asked.write_text("prompt\na cat\n")
    done = run(server, "generate", asked, "-o", tmp_path / "out", "--max-total", "2")
    assert "1 call, 1 at once" in done.stderr
