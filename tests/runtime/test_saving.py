"""`job.wait(save_to=...)`: names, endings, nothing overwritten, parts gone on with, what made the file."""

from __future__ import annotations

import json
import os
import re
import signal
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import AsyncJob, DownloadFailed, Job
from coinslot.ledger import SqliteLedger
from coinslot.saving import place_of
from coinslot.saving._names import with_ending
from coinslot.saving._part import Part
from coinslot.saving._png import text_of, with_text
from tests.payments.conftest import ORIGIN
from tests.proof.mortal import in_a_process
from tests.runtime.studio import AsyncStudio, Draw, ImageResult, Server, Studio, code, done

MEDIA = "/media/cat.png"
JPEG = b"\xff\xd8\xff\xe0" + bytes(1000)


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


PICTURE = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0"))
    + chunk(b"IEND", b"")
)


@pytest.fixture(autouse=True)
def _picture(server: Server) -> None:
    server.answers[MEDIA] = [lambda _: httpx.Response(200, content=PICTURE)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


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


class Ranged:
    """Serves a file in parts, and breaks off after `limit` bytes as long as it has limits."""

    def __init__(self, content: bytes, limits: list[int], tag: str = '"v1"') -> None:
        self.content, self.limits, self.tag = content, limits, tag
        self.asked: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        wanted = request.headers.get("range", "")
        self.asked.append(wanted)
        fits = not wanted or request.headers.get("if-range") == self.tag
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and fits else 0
        rest = self.content[start:]
        sent = rest[: self.limits.pop(0)] if self.limits else rest
        headers = {"ETag": self.tag, "Content-Length": str(len(rest))}
        if start:
            headers["Content-Range"] = f"bytes {start}-{len(self.content) - 1}/{len(self.content)}"
        return httpx.Response(
            206 if start else 200, headers=headers, stream=Cut(sent, breaks=len(sent) < len(rest))
        )


class Cut(httpx.SyncByteStream):
    def __init__(self, content: bytes, *, breaks: bool) -> None:
        self.content, self.breaks = content, breaks

    def __iter__(self) -> Any:
        yield self.content
        if self.breaks:
            raise httpx.ReadError("cut")


def test_a_cut_file_goes_on_where_it_stopped(job: Job[ImageResult], server: Server, home: Path) -> None:
    ranged = Ranged(JPEG, [100, 200])
    server.answers[MEDIA] = [ranged]
    job.wait(save_to=home / "cat", metadata=None)
    assert ranged.asked == ["", "bytes=100-", "bytes=300-"]
    assert (home / "cat.jpg").read_bytes() == JPEG
    assert names(home) == ["cat.jpg"]


def test_a_killed_program_goes_on_with_the_part_that_is_there(
    job: Job[ImageResult], studio: Studio, server: Server, home: Path
) -> None:
    server.answers[MEDIA] = [Ranged(JPEG, [100, 0, 0])]
    with pytest.raises(DownloadFailed):
        job.wait(save_to=home / "cat", metadata=None)
    assert len(names(home)) == 2
    ranged = Ranged(JPEG, [])
    server.answers[MEDIA] = [ranged]
    studio.job(job.token()).wait(save_to=home / "cat", metadata=None)
    assert ranged.asked == ["bytes=100-"]
    assert (home / "cat.jpg").read_bytes() == JPEG
    assert names(home) == ["cat.jpg"]


def killed(work: Callable[[], object], after: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Do `work` in a process that dies as `kill -9` does, right after a file got its name, or lost one."""
    done = getattr(os, after)

    def last(*arguments: Any, **named: Any) -> None:
        done(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(os, after, last)
        assert in_a_process(lambda: str(work()))[0] == -signal.SIGKILL


@pytest.mark.parametrize(("content", "kept"), [(PICTURE, ["cat.png"]), (JPEG, ["cat.jpg", "cat.jpg.json"])])
def test_a_program_killed_between_name_and_record_fetches_nothing_again(
    job: Job[ImageResult],
    server: Server,
    home: Path,
    ledger: SqliteLedger,
    monkeypatch: pytest.MonkeyPatch,
    *,
    content: bytes,
    kept: list[str],
) -> None:
    server.answers[MEDIA] = [lambda _: httpx.Response(200, content=content)]
    killed(lambda: job.wait(save_to=home / "cat"), "link", monkeypatch)
    whole = (home / kept[0]).read_bytes()
    server.answers[MEDIA] = [code(500)]
    assert job.wait(save_to=home / "cat").saved_to == home / kept[0]
    assert names(home) == kept
    assert (home / kept[0]).read_bytes() == whole
    assert ledger.attempts()[0].saved_to == str(home / kept[0])


def test_a_file_that_has_its_name_is_written_to_no_more(
    job: Job[ImageResult], server: Server, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(lambda: job.wait(save_to=home / "cat", metadata=None), "link", monkeypatch)
    server.answers[MEDIA] = [Ranged(JPEG, [100, 0, 0])]
    with pytest.raises(DownloadFailed):
        job.wait(save_to=home / "dog", metadata=None)
    assert (home / "cat.png").read_bytes() == PICTURE


@pytest.mark.parametrize(("at", "overwrite"), [("link", False), ("replace", True)])
def test_a_program_killed_while_a_file_gets_its_name_leaves_no_empty_one(
    job: Job[ImageResult], home: Path, monkeypatch: pytest.MonkeyPatch, at: str, *, overwrite: bool
) -> None:
    result = job.wait()

    def dies(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with monkeypatch.context() as patch:
        patch.setattr(os, at, dies)
        code, _ = in_a_process(lambda: str(result.save(home / "cat.png", overwrite=overwrite)))
    assert code == -signal.SIGKILL
    result.save(home / "cat.png", overwrite=overwrite)
    assert (home / "cat.png").read_bytes() == PICTURE


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be taken away there")
def test_a_part_that_got_its_name_while_it_was_opened_is_left_alone(
    job: Job[ImageResult], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    lock = fcntl.flock
    others: list[Path] = []

    def late(file: int, kind: int) -> None:
        if not others:
            (part,) = home.glob(".*.part")
            part.write_bytes(JPEG)
            part.rename(home / "other.jpg")
            others.append(part)
        lock(file, kind)

    monkeypatch.setattr(fcntl, "flock", late)
    job.wait(save_to=home / "cat", metadata=None)
    assert (home / "other.jpg").read_bytes() == JPEG
    assert names(home) == ["cat.png", "other.jpg"]


@pytest.mark.skipif(sys.platform == "win32", reason="a file that is open cannot be taken away there")
@pytest.mark.parametrize("way", ["worthless", "forgotten"])
def test_a_part_is_not_taken_away_from_who_took_it_on(
    home: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Another process waits for the same job, and begins just when this one gives its part up."""
    unlink, others = Path.unlink, list[Part]()

    def late(path: Path, **options: bool) -> None:
        if path.suffix == ".part" and not others:
            others.append(Part(home, "the job"))
        unlink(path, **options)

    with Part(home, "the job") as part:
        part.write(JPEG[:10])
        monkeypatch.setattr(Path, "unlink", late)
        if way == "forgotten":
            part.forget()
            part.write(JPEG[:20])
            part.finish()
        else:
            with pytest.raises(DownloadFailed), part:
                raise DownloadFailed("The host is gone.")
    (other,) = others
    with other:
        other.write(JPEG)
        other.finish()
        assert other.beginning(len(JPEG)) == JPEG


def test_where_files_have_no_numbers_that_stay_a_file_is_saved_all_the_same(
    job: Job[ImageResult], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os.path, "samestat", lambda *_: False)
    job.wait(save_to=home / "cat", metadata=None)
    assert (home / "cat.png").read_bytes() == PICTURE


def test_a_part_of_another_version_is_fetched_anew(job: Job[ImageResult], server: Server, home: Path) -> None:
    server.answers[MEDIA] = [Ranged(JPEG, [100, 0, 0])]
    with pytest.raises(DownloadFailed):
        job.wait(save_to=home / "cat", metadata=None)
    server.answers[MEDIA] = [Ranged(PICTURE, [], tag='"v2"')]
    job.wait(save_to=home / "cat", metadata=None)
    assert (home / "cat.png").read_bytes() == PICTURE


def test_without_versions_all_is_fetched_anew(job: Job[ImageResult], server: Server, home: Path) -> None:
    ranged = Ranged(JPEG, [100], tag="")
    server.answers[MEDIA] = [ranged]
    job.wait(save_to=home / "cat", metadata=None)
    assert ranged.asked == ["", ""]
    assert (home / "cat.jpg").read_bytes() == JPEG


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
