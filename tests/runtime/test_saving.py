"""`job.wait(save_to=...)`: names, endings, nothing overwritten, what made the file."""

from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import AsyncJob, DownloadFailed, Job
from coinslot.ledger import SqliteLedger
from coinslot.saving import place_of
from coinslot.saving._names import with_ending
from coinslot.saving._png import text_of, with_text
from tests.payments.conftest import ORIGIN
from tests.proof.mortal import in_a_process
from tests.runtime.pictures import JPEG, MEDIA, PICTURE, names
from tests.runtime.studio import AsyncStudio, Draw, ImageResult, Server, Studio, code, done


@pytest.fixture(autouse=True)
def _picture(server: Server) -> None:
    server.answers[MEDIA] = [lambda _: httpx.Response(200, content=PICTURE)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def test_a_folder_gets_a_named_file(job: Job[ImageResult], home: Path, ledger: SqliteLedger) -> None:
    result = job.wait(save_to=home)
    assert names(home) == ["draw-job-1.png"]
    assert result.saved_to == home / "draw-job-1.png"
    (attempt,) = ledger.attempts()
    assert (attempt.delivery, attempt.saved_to) == ("saved", str(home / "draw-job-1.png"))
    result.save(home / "again.png")
    assert ledger.attempts()[0].saved_to == str(home / "again.png")
    deliveries = [move.delivery for move in ledger.history(attempt.id)]
    assert [*dict.fromkeys(deliveries)] == ["none", "accepted", "finished", "saved"]


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("cat.png", r"cat\.png"),
        ("new/", r"new/draw-job-1\.png"),
        ("{model}/{job_id}-{member}", r"draw/job-1-image_url\.png"),
        ("{time}", r"\d{8}-\d{6}\.png"),
        ("film-2.1", r"film-2\.1\.png"),
        ("cat.webp", r"cat\.png"),
    ],
)
def test_templates(job: Job[ImageResult], home: Path, template: str, found: str) -> None:
    job.wait(save_to=f"{home}/{template}")
    (name,) = names(home)
    assert re.fullmatch(found, name)


def test_a_template_with_an_unknown_field_is_refused_before_anything_is_asked(
    job: Job[ImageResult], server: Server, home: Path
) -> None:
    asked = len(server.requests)
    with pytest.raises(ValueError, match=r"\{prompt\} is no field"):
        job.wait(save_to=home / "{prompt}.png")
    assert len(server.requests) == asked


def test_no_id_leads_out_of_the_folder(home: Path) -> None:
    words = {"model": "..", "job_id": "../../etc/x", "member": "a"}
    path = place_of(home / "{model}" / "{job_id}").path(words, 0.0)
    assert path.is_relative_to(home)
    assert ".." not in path.parts
    assert place_of(home / "{job_id}").path({**words, "job_id": "///"}, 0.0) == home / "x"


def test_nothing_is_overwritten(job: Job[ImageResult], home: Path) -> None:
    (home / "cat.png").write_bytes(b"mine")
    paths = [job.wait(save_to=home / "cat.png").saved_to for _ in range(2)]
    assert paths == [home / "cat-2.png", home / "cat-3.png"]
    assert (home / "cat.png").read_bytes() == b"mine"


def test_without_links_nothing_is_overwritten_either(
    job: Job[ImageResult], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", none)
    (home / "cat.png").write_bytes(b"mine")
    assert job.wait(save_to=home / "cat.png").saved_to == home / "cat-2.png"
    assert (home / "cat.png").read_bytes() == b"mine"
    assert names(home) == ["cat-2.png", "cat.png"]


@pytest.mark.skipif(sys.platform not in {"linux", "win32"}, reason="files are moved as these systems do")
@pytest.mark.parametrize("at", ["open", "replace"])
def test_without_links_a_kill_leaves_no_empty_file_under_a_name(
    job: Job[ImageResult], home: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    def none(*_: object) -> None:
        raise OSError("no links here")

    done = getattr(Path, at)

    def dies(path: Path, *arguments: Any, **named: Any) -> Any:
        made = None if at == "replace" else done(path, *arguments, **named)
        if at == "replace" or path.name == "cat.png":
            os.kill(os.getpid(), signal.SIGKILL)
        return made

    monkeypatch.setattr(os, "link", none)
    with monkeypatch.context() as patch:
        patch.setattr(Path, at, dies)
        in_a_process(lambda: str(job.wait(save_to=home / "cat.png", metadata=None)))
    assert all(path.read_bytes() == PICTURE for path in home.glob("*.png"))


def test_the_ending_follows_the_content(job: Job[ImageResult], server: Server, home: Path) -> None:
    server.answers[MEDIA] = [lambda _: httpx.Response(200, content=JPEG)]
    job.wait(save_to=home / "cat.png", metadata=None)
    job.wait(save_to=home / "dog.JPEG", metadata=None)
    assert names(home) == ["cat.jpg", "dog.JPEG"]
    assert with_ending(Path("x"), None) == Path("x.bin")


def test_what_made_a_picture_stands_in_it(job: Job[ImageResult], home: Path) -> None:
    path = job.wait(save_to=home).saved_to
    assert path is not None
    written = path.read_bytes()
    text = text_of(written, "coinslot")
    assert text is not None
    told = json.loads(text)
    assert (told["prompt"], told["job_id"], told["price"]) == ("a cat", "job-1", "0.134")
    assert told["route"] == "POST /api/draw"
    assert told["attempt_id"] == job.attempt_id
    assert told["receipt"]["success"] is True
    # Every other byte is as it was fetched.
    assert with_text(PICTURE, "coinslot", text) == written


def test_beside_any_other_file(job: Job[ImageResult], server: Server, home: Path) -> None:
    server.answers[MEDIA] = [lambda _: httpx.Response(200, content=JPEG)]
    job.wait(save_to=home / "cat")
    assert names(home) == ["cat.jpg", "cat.jpg.json"]
    assert (home / "cat.jpg").read_bytes() == JPEG
    assert json.loads((home / "cat.jpg.json").read_text())["prompt"] == "a cat"


def test_beside_or_nowhere_if_that_is_wanted(job: Job[ImageResult], home: Path) -> None:
    job.wait(save_to=home / "a", metadata="sidecar")
    job.wait(save_to=home / "b", metadata=None)
    assert names(home) == ["a.png", "a.png.json", "b.png"]
    assert (home / "a.png").read_bytes() == (home / "b.png").read_bytes() == PICTURE


def test_a_job_of_another_process_is_told_of_by_the_server(
    job: Job[ImageResult], studio: Studio, server: Server, home: Path
) -> None:
    asked = {"prompt": "a dog", "image": "https://store.example/cat?secret=1", "apiKey": "k"}
    server.answers["/api/jobs/job-1"] = [
        lambda _: httpx.Response(
            200, json={"status": "complete", "input": asked, "result": {"imageUrl": f"{ORIGIN}{MEDIA}"}}
        )
    ]
    again = studio.job(job.token())
    again.wait(save_to=home / "dog", metadata="sidecar")
    text = (home / "dog.png.json").read_text()
    assert json.loads(text)["prompt"] == "a dog"
    assert json.loads(text)["parameters"] == {"image": "https://store.example/…"}


def test_an_expired_address_is_asked_for_again(job: Job[ImageResult], server: Server, home: Path) -> None:
    server.answers["/media/old.png"] = [code(403)]
    server.answers["/api/jobs/job-1"] = [done(f"{ORIGIN}/media/old.png"), done()]
    path = job.wait(save_to=home / "cat", metadata=None).saved_to
    assert path is not None
    assert path.read_bytes() == PICTURE


def test_a_page_in_place_of_the_file_is_not_kept(job: Job[ImageResult], server: Server, home: Path) -> None:
    server.answers[MEDIA] = [lambda _: httpx.Response(200, html="<p>expired")]
    with pytest.raises(DownloadFailed):
        job.wait(save_to=home / "cat")
    assert not names(home)


@pytest.mark.anyio
async def test_the_other_face_does_the_same(made: dict[str, Any], home: Path) -> None:
    async with AsyncStudio(**made) as studio:
        job: AsyncJob[ImageResult] = await Draw(studio)(prompt="a cat")
        result = await job.wait(save_to=home)
    assert result.saved_to == home / "draw-job-1.png"
    assert names(home) == ["draw-job-1.png"]


def test_what_is_no_picture_takes_no_text() -> None:
    for content in (b"", JPEG, PICTURE[:-1], PICTURE[:20]):
        assert with_text(content, "coinslot", "x") is None
        assert text_of(content, "coinslot") is None
