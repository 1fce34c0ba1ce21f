from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot.ledger import SqliteLedger
from coinslot.media import sniff
from coinslot_sandbox.server import Server
from stablestudio import StableStudio
from tests.console.conftest import Run

pytestmark = pytest.mark.loopback

SUNSET = ("nano-banana-pro", "generate", "A sunset")


def test_a_picture_is_paid_for_and_saved_where_it_was_asked_for(
    run: Run, api: Server, tmp_path: Path
) -> None:
    done = run(*SUNSET, "--image-size", "2K", "-o", "sunset.png")
    assert (done.exit_code, done.stdout) == (0, "sunset.png\n")
    assert sniff((tmp_path / "sunset.png").read_bytes()) == "image/png"
    (job,) = api.jobs
    assert job.input == {"prompt": "A sunset", "imageSize": "2K"}
    assert len(api.payments) == 1


def test_without_a_place_it_is_named_after_model_and_job_and_nothing_is_overwritten(
    run: Run, api: Server
) -> None:
    done = run(*SUNSET)
    path = Path(done.stdout.strip())
    assert path.name == f"nano-banana-pro-{api.jobs[0].id}.png"
    kept = path.read_bytes()
    done = run("jobs", "resume", api.jobs[0].id)
    assert done.exit_code == 0
    assert Path(done.stdout.strip()) != path
    assert path.read_bytes() == kept


def test_a_folder_takes_results_of_any_kind(run: Run, tmp_path: Path) -> None:
    (tmp_path / "films").mkdir()
    done = run("seedance-fast", "t2v", "Waves", "-o", "films", "--yes")
    path = Path(done.stdout.strip())
    assert (path.parent.name, path.suffix) == ("films", ".mp4")


def test_json_is_one_object_on_standard_output(run: Run, api: Server) -> None:
    done = run(*SUNSET, "--json", "-o", "sunset.png")
    told = json.loads(done.stdout)
    assert told["job_id"] == api.jobs[0].id
    assert told["route"] == "POST /api/generate/nano-banana-pro/generate"
    assert told["price_usd"] == "0.13"
    assert told["files"] == ["sunset.png"]
    assert told["result"]["imageUrl"].startswith(api.url)
    assert SqliteLedger().attempt(told["attempt_id"]) is not None


def test_an_error_is_words_for_people_and_an_object_for_scripts(run: Run) -> None:
    done = run("seedance", "t2v", "Waves", "--max-price", "0.51", "--json", "--confirm-above", "0.001")
    told = json.loads(done.stdout)["error"]
    assert (done.exit_code, told["exit_code"], told["type"]) == (3, 3, "PaymentRefused")
    assert told["message"] in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--image-size", "3K"), "'--image-size'"),
        (("--aspect-ratio", "9:9"), "'--aspect-ratio'"),
        (("--max-price", "much"), "'--max-price'"),
        (("--colour", "red"), "--colour"),
    ],
)
def test_what_an_option_does_not_take_is_said_with_its_name(
    run: Run, api: Server, words: tuple[str, ...], named: str
) -> None:
    done = run(*SUNSET, *words)
    assert done.exit_code == 2
    assert named in done.stderr
    assert api.payments == ()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("wan-2.6", "t2v", "x" * 2001), "'PROMPT'"),
        (("wan-2.6", "t2v", "waves", "--seed", "99999999999"), "'--seed'"),
        (
            ("nano-banana-pro", "edit", "more", *("--image", "https://a.example/1.png") * 15),
            "'--images' / '--image'",
        ),
    ],
)
def test_bounds_are_checked_before_anything_is_asked(
    run: Run, api: Server, words: tuple[str, ...], named: str
) -> None:
    done = run(*words)
    assert done.exit_code == 2, done.output
    assert named in done.stderr
    assert api.payments == ()


def test_lists_are_repeated_and_flags_have_two_sides(run: Run, api: Server) -> None:
    urls = ["https://a.example/1.png", "https://a.example/2.png"]
    run("nano-banana-pro", "edit", "Both", *(word for url in urls for word in ("--image", url)))
    assert api.jobs[0].input["images"] == urls
    asked = ("wan-2.6", "t2v", "waves", "--no-multi-shots", "--yes", "--max-price", "3")
    assert run(*asked).exit_code == 0
    assert api.jobs[1].input == {"prompt": "waves", "multiShots": False}


def test_text_may_come_from_standard_input(run: Run, api: Server) -> None:
    run("nano-banana-pro", "generate", "-", text="A sunset\nover hills\n")
    assert api.jobs[0].input["prompt"] == "A sunset\nover hills"


def test_names_are_found_however_they_are_spelled(run: Run) -> None:
    assert run("wan-2-6", "i2v", "--help").exit_code == 0
    assert run("wan_2.6", "i2v", "--help").exit_code == 0
    done = run("nano-banna")
    assert done.exit_code == 2
    assert "Did you mean nano-banana" in done.stderr


def test_an_idempotency_key_pays_once(run: Run, api: Server) -> None:
    for _ in range(2):
        assert run(*SUNSET, "--idempotency-key", "mine", "--no-wait").exit_code == 0
    assert len(api.payments) == 1


def test_calls_of_the_api_that_share_a_name_with_ours_stand_beside(run: Run, api: Server) -> None:
    run(*SUNSET, "--no-wait")
    done = run("api", "jobs", "get", api.jobs[0].id)
    assert json.loads(done.stdout)["id"] == api.jobs[0].id
    assert run("api", "jobs", "list", "--limit", "1", "--json").exit_code == 0


def test_a_file_becomes_an_address(run: Run, api: Server, tmp_path: Path) -> None:
    run(*SUNSET, "-o", "sunset.png")
    done = run("upload", "sunset.png")
    assert done.exit_code == 0
    assert done.stdout.startswith(api.url)
    assert run("upload", str(tmp_path / "none.png")).exit_code == 2
    assert "is a folder" in run("nano-banana-pro", "edit", "x", "--image", str(tmp_path)).stderr


@pytest.mark.parametrize("place", ["/proc/nowhere/sunset.png", "taken.png/sunset.png", "taken.png/"])
def test_a_place_where_nothing_can_be_written_is_refused_before_anything_is_paid(
    run: Run, api: Server, tmp_path: Path, place: str
) -> None:
    if place.startswith("/proc") and not Path("/proc/self").is_dir():
        pytest.skip("this system has no /proc")
    (tmp_path / "taken.png").write_bytes(b"")
    done = run(*SUNSET, "-o", place)
    assert done.exit_code == 2
    assert "'--output'" in done.stderr
    assert api.payments == ()
    (tmp_path / "rows.csv").write_text("prompt\none\n")
    done = run("map", "nano-banana-pro", "generate", "rows.csv", "-o", place, "--yes")
    assert done.exit_code == 2
    assert api.payments == ()


def test_an_upload_on_the_way_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2_000_000))
    edit = ("nano-banana-pro", "edit", "At night", "--image", "photo.png", "--no-wait")
    told = run(*edit).stderr.splitlines()
    assert told[0] == "Uploading photo.png (2.0 MB)."
    assert "$0.13 paid with base and $0.01 for files" in told[1]
    told = run(*edit).stderr.splitlines()
    assert told[0] == "photo.png was uploaded before."
    assert "for files" not in told[1]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names of files are text")
def test_a_folder_whose_name_is_no_text_is_a_folder(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    odd = tmp_path / os.fsdecode(b"odd\xff")
    odd.mkdir()
    monkeypatch.chdir(odd)
    assert run("nano-banana-pro", "generate", "A sunset", "-o", "sunset.png").stdout == "sunset.png\n"
    done = run("nano-banana-pro", "generate", "A dawn", "-o", str(odd / "dawn.png"), "--json")
    assert [Path(file).name for file in json.loads(done.stdout)["files"]] == ["dawn.png"]
    assert [line.split()[-1] for line in run("jobs").stdout.splitlines()[1:]] == ["saved", "saved"]
    Path("rows.csv").write_text("prompt\none\n")
    assert run("map", "nano-banana-pro", "generate", "rows.csv", "-o", "out", "--yes").exit_code == 0


class Meanwhile(httpx.HTTPTransport):
    """Another program uploads a file of its own while this one makes its call."""

    def __init__(self) -> None:
        super().__init__()
        self._done = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not self._done:
            self._done = True
            url = str(request.url.copy_with(raw_path=b"/"))
            with StableStudio(pay_with=["base"], base_url=url.rstrip("/")) as other:
                other.upload(b"\x89PNG\r\n\x1a\n" + bytes(64))
        return super().handle_request(request)


class TestMeanwhile:
    @pytest.fixture
    def client_options(self) -> dict[str, Any]:
        return {"transport": Meanwhile()}

    def test_another_programs_uploads_are_not_this_calls(self, run: Run, api: Server) -> None:
        told = run("nano-banana-pro", "generate", "A sunset", "--no-wait").stderr
        assert "$0.13 paid with base" in told
        assert "for files" not in told
        assert len(api.payments) == 2
