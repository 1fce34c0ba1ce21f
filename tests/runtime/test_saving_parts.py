"""Files that come in parts: gone on with, by one at a time, and nothing half there after a kill."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import DownloadFailed, Job
from coinslot.ledger import SqliteLedger
from coinslot.saving._part import Part
from tests.proof.mortal import in_a_process
from tests.runtime.pictures import JPEG, MEDIA, PICTURE, names
from tests.runtime.studio import ImageResult, Server, Studio, code


@pytest.fixture(autouse=True)
def _picture(server: Server) -> None:
    server.answers[MEDIA] = [lambda _: httpx.Response(200, content=PICTURE)]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


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
