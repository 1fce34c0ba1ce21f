"""Files of results: whole or not at all, without credentials, and from nowhere they should not come."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import ConfigurationError, DownloadFailed, Job, MediaUrl, Result
from coinslot.download import Arrival, check_address
from coinslot.ledger import SqliteLedger
from tests.payments.conftest import ORIGIN, Clock
from tests.runtime.studio import IMAGE, PNG, ImageResult, Server, code, done, fails, says

MEDIA = "/media/cat.png"


@pytest.fixture
def result(job: Job[ImageResult]) -> ImageResult:
    return job.wait()


def test_saves_the_main_file_and_records_it(
    result: ImageResult, tmp_path: Path, ledger: SqliteLedger
) -> None:
    path = result.save(tmp_path / "cat.png")
    assert path.read_bytes() == PNG
    assert ledger.attempts()[0].delivery == "saved"
    assert [entry.name for entry in tmp_path.glob("*.p*")] == ["cat.png"]


def test_a_saved_file_is_readable_like_any_other(result: ImageResult, tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    assert result.save(tmp_path / "cat.png").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_saves_another_member_by_either_name(job: Job[ImageResult], server: Server, tmp_path: Path) -> None:
    small = {"imageUrl": IMAGE, "thumbnailUrl": f"{ORIGIN}/media/small.png"}
    server.answers["/api/jobs/job-1"] = [says("complete", result=small)]
    server.answers["/media/small.png"] = [lambda _: httpx.Response(200, content=b"small")]
    result = job.wait()
    for name in ("thumbnail_url", "thumbnailUrl"):
        assert result.save(tmp_path / name, member=name).read_bytes() == b"small"


def test_a_member_that_is_no_file_is_named(result: ImageResult, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="it has image_url, thumbnail_url"):
        result.save(tmp_path / "x", member="seed")
    with pytest.raises(DownloadFailed, match="no thumbnail_url"):
        result.save(tmp_path / "x", member="thumbnail_url")


def test_a_result_without_files_says_so(tmp_path: Path) -> None:
    class Text(Result):
        text: str

    with pytest.raises(ValueError, match="Text holds no file"):
        Text.media_member(None)
    with pytest.raises(ConfigurationError, match="came from no job"):
        Text(text="hi").save(tmp_path / "x")


def test_an_optional_file_counts() -> None:
    class Maybe(Result):
        note: str | None = None
        clip: MediaUrl | None = None

    assert Maybe.media_member(None) == "clip"


def test_t29_no_credential_reaches_the_media_host(
    result: ImageResult, server: Server, tmp_path: Path
) -> None:
    result.save(tmp_path / "cat.png")
    (request,) = server.asked(MEDIA)
    assert set(request.headers) == {"host", "accept", "accept-encoding", "connection", "user-agent"}


def test_replaces_a_file_unless_told_not_to(result: ImageResult, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        result.save(path, overwrite=False)
    assert path.read_bytes() == b"mine"
    assert not server.asked(MEDIA)
    assert result.save(path).read_bytes() == PNG


def test_a_file_that_appears_meanwhile_is_not_replaced(
    result: ImageResult, server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "cat.png"

    def appear(_: httpx.Request) -> httpx.Response:
        path.write_bytes(b"mine")
        return httpx.Response(200, content=PNG)

    server.answers[MEDIA] = [appear]
    with pytest.raises(FileExistsError):
        result.save(path, overwrite=False)
    assert [entry.name for entry in tmp_path.glob("*.p*")] == ["cat.png"]
    assert path.read_bytes() == b"mine"


def test_a_folder_is_no_file_name(result: ImageResult, server: Server, tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        result.save(tmp_path)
    with pytest.raises(FileNotFoundError, match=r"there is no folder .*missing: make it"):
        result.save(tmp_path / "missing" / "cat.png")
    assert not server.asked(MEDIA)


@pytest.mark.parametrize("gone", [403, 404, 410, "html"])
def test_t52_an_expired_address_is_asked_for_again_once(
    result: ImageResult, server: Server, tmp_path: Path, gone: int | str
) -> None:
    server.answers[MEDIA] = [
        code(gone)
        if isinstance(gone, int)
        else lambda _: httpx.Response(200, html="<p>This link has expired</p>")
    ]
    server.answers["/media/fresh.png"] = [lambda _: httpx.Response(200, content=PNG)]
    server.answers["/api/jobs/job-1"] = [done(f"{ORIGIN}/media/fresh.png")]
    assert result.save(tmp_path / "cat.png").read_bytes() == PNG
    assert len(server.asked(MEDIA)) == 1


def test_an_address_that_stays_expired_is_an_error(
    result: ImageResult, server: Server, tmp_path: Path
) -> None:
    server.answers[MEDIA] = [code(403)]
    with pytest.raises(DownloadFailed, match="403"):
        result.save(tmp_path / "cat.png")
    assert len(server.asked(MEDIA)) == 2
    assert not list(tmp_path.glob("*.p*"))


@pytest.mark.parametrize(
    "answer",
    [
        code(503),
        fails(httpx.ConnectError),
        fails(httpx.ReadError),
        lambda _: httpx.Response(200, content=PNG, headers={"Content-Length": "5000"}),
        lambda _: httpx.Response(200, stream=httpx.ByteStream(PNG)),
    ],
    ids=["busy", "unreachable", "reset", "cut", "endless"],
)
def test_a_file_that_does_not_come_whole_is_tried_again_and_then_not_kept(
    result: ImageResult, server: Server, clock: Clock, tmp_path: Path, answer: Any
) -> None:
    slept = len(clock.slept)
    server.answers[MEDIA] = [answer]
    with pytest.raises(DownloadFailed):
        result.save(tmp_path / "cat.png")
    assert len(server.asked(MEDIA)) == 3
    assert clock.slept[slept:] == [1, 2]
    assert not list(tmp_path.glob("*.p*"))


def test_what_a_cut_left_behind_is_not_kept(result: ImageResult, server: Server, tmp_path: Path) -> None:
    def cut(request: httpx.Request) -> httpx.Response:
        def half() -> Iterator[bytes]:
            yield b"half of it"
            raise httpx.RemoteProtocolError("cut", request=request)

        return httpx.Response(200, content=half())

    server.answers[MEDIA] = [cut, lambda _: httpx.Response(200, content=PNG)]
    assert result.save(tmp_path / "cat.png").read_bytes() == PNG


def test_an_empty_file_is_none(result: ImageResult, server: Server, tmp_path: Path) -> None:
    server.answers[MEDIA] = [lambda _: httpx.Response(200, content=b"", headers={"Content-Length": "0"})]
    with pytest.raises(DownloadFailed, match="empty"):
        result.save(tmp_path / "cat.png")


def test_a_file_has_a_size_limit(tmp_path: Path) -> None:
    with Arrival(tmp_path / "x", overwrite=True, limit=10) as arrival, pytest.raises(DownloadFailed):
        arrival.write(b"12345678901")


def test_t29_redirects_are_few_and_checked(result: ImageResult, server: Server, tmp_path: Path) -> None:
    server.answers[MEDIA] = [code(302, Location="/media/real.png")]
    server.answers["/media/real.png"] = [lambda _: httpx.Response(200, content=PNG)]
    assert result.save(tmp_path / "cat.png").read_bytes() == PNG

    server.answers[MEDIA] = [code(302, Location="http://169.254.169.254/secrets")]
    with pytest.raises(DownloadFailed, match="not public"):
        result.save(tmp_path / "cat.png")

    server.answers[MEDIA] = [code(302, Location="https://[media.example/cat.png")]
    with pytest.raises(DownloadFailed, match="no address"):
        result.save(tmp_path / "cat.png")

    server.answers[MEDIA] = [code(302, Location=MEDIA)]
    with pytest.raises(DownloadFailed, match="redirects"):
        result.save(tmp_path / "cat.png")


@pytest.mark.parametrize(
    "url",
    [
        "http://media.example/cat.png",
        "https://127.0.0.1/cat.png",
        "https://localhost/cat.png",
        "https://10.0.0.7/cat.png",
        "https://169.254.169.254/latest",
        "https://[::1]/cat.png",
        "https://intranet/cat.png",
        "https://user:secret@media.example/cat.png",
        "file:///etc/passwd",
        "ftp://media.example/cat.png",
        "cat.png",
        "https://media.example/\ud800.png",
        "https://[::1/cat.png",
        "https://media\u2100.example/cat.png",
    ],
)
def test_addresses_that_are_never_asked(url: str) -> None:
    with pytest.raises(DownloadFailed):
        check_address(url, at_home=False)


@pytest.mark.parametrize("url", ["http://127.0.0.1:4020/x", "http://localhost/x", "https://media.example/x"])
def test_a_sandbox_serves_media_at_home(url: str) -> None:
    check_address(url, at_home=True)


def test_a_sandbox_sends_nobody_elsewhere_in_plain_text() -> None:
    with pytest.raises(DownloadFailed):
        check_address("http://media.example/x", at_home=True)


def test_t29_the_server_names_no_path(
    job: Job[ImageResult], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answers["/api/jobs/job-1"] = [done(f"{ORIGIN}/media/..%2F..%2Fevil")]
    server.answers["/media/../../evil"] = [
        lambda _: httpx.Response(
            200, content=PNG, headers={"Content-Disposition": "attachment; filename=/evil"}
        )
    ]
    monkeypatch.chdir(tmp_path)
    assert job.wait().save("cat.png") == Path("cat.png")
    assert [entry.name for entry in tmp_path.glob("*.png")] == ["cat.png"]


@pytest.mark.anyio
async def test_a_result_is_saved_by_the_face_it_came_from(result: ImageResult, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"use result\.save"):
        await result.asave(tmp_path / "x")


def test_a_copy_elsewhere_has_the_data_alone(result: ImageResult, tmp_path: Path) -> None:
    copied = pickle.loads(pickle.dumps(result))  # noqa: S301 - our own bytes
    assert (copied.image_url, copied.raw, copied.job_id) == (IMAGE, {"imageUrl": IMAGE}, None)
    with pytest.raises(ConfigurationError):
        copied.save(tmp_path / "cat.png")
    assert copy.deepcopy(result).save(tmp_path / "cat.png").read_bytes() == PNG


def test_ctrl_c_leaves_no_half_file(result: ImageResult, server: Server, tmp_path: Path) -> None:
    def press(_: httpx.Request) -> httpx.Response:
        def half() -> Iterator[bytes]:
            yield b"half of it"
            raise KeyboardInterrupt

        return httpx.Response(200, content=half())

    server.answers[MEDIA] = [press]
    with pytest.raises(KeyboardInterrupt):
        result.save(tmp_path / "cat.png")
    assert not list(tmp_path.glob("*.p*"))
    assert not list(tmp_path.glob(".*.part"))
