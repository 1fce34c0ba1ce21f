"""Uploads: checked before they are paid, in three steps, each saying where it stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import PaymentRefused, UnexpectedAnswer, UploadFailed, hookimpl
from coinslot.effects import Flow
from coinslot.ledger import SqliteLedger
from coinslot.media import sniff
from coinslot.three_step import put_address
from coinslot.uploads import LocalFile, Site, Upload, UploadStrategy
from tests.payments.conftest import ORIGIN, Clock, Shop, encode, offer, receipt
from tests.runtime.studio import PNG, UPLOAD, Answer, Files, Server, Studio, asks_money, code, fails, says

PUT = "/api/blob/"
CONFIRM = "/api/upload/confirm"
BLOB = "https://store.example/uploads/cat.png"
TOKENED = {"uploadId": "up-1", "clientToken": "secret-token", "pathname": "uploads/ü/cat 1.png"}


def tokened(**changes: Any) -> Answer:
    headers = {"PAYMENT-RESPONSE": encode(receipt())}
    return lambda _: httpx.Response(200, json={**TOKENED, **changes}, headers=headers)


@pytest.fixture
def server() -> Server:
    server = Server(shop=Shop(offers=[offer(amount="10000")], answers=[tokened()]))
    server.answers[PUT] = [lambda _: httpx.Response(200, json={"url": BLOB})]
    server.answers[CONFIRM] = [
        lambda _: httpx.Response(200, json={"success": True, "upload": {"id": "up-1", "blobUrl": BLOB}})
    ]
    return server


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    path.write_bytes(PNG)
    return path


def test_three_steps_give_an_address(studio: Studio, server: Server, cat: Path) -> None:
    assert Files(studio)(cat) == BLOB
    assert json.loads(server.shop.paid[0].content) == {"filename": "cat.png", "contentType": "image/png"}
    (put,) = server.asked(PUT)
    assert put.url.raw_path == b"/api/blob/?pathname=uploads%2F%C3%BC%2Fcat%201.png"
    assert put.content == PNG
    (confirm,) = server.asked(CONFIRM)
    assert json.loads(confirm.content) == {"uploadId": "up-1", "blobUrl": BLOB}
    assert "sign-in-with-x" in confirm.headers


def test_the_file_host_gets_its_token_and_nothing_else(studio: Studio, server: Server, cat: Path) -> None:
    Files(studio)(cat)
    (put,) = server.asked(PUT)
    ours = {"host", "accept", "accept-encoding", "connection", "content-length", "user-agent"}
    assert {name: value for name, value in put.headers.items() if name not in ours} == {
        "authorization": "Bearer secret-token",
        "content-type": "image/png",
        "x-api-version": "11",
        "x-content-type": "image/png",
    }


def test_the_host_is_a_constant_but_in_a_sandbox(made: dict[str, Any], server: Server, cat: Path) -> None:
    with Studio(**made) as studio:
        Files(studio)(cat)
    assert server.asked(PUT)[-1].url.host == "127.0.0.1"
    assert (
        put_address(UPLOAD, None, "a/b?c=d&e") == "https://files.example/api/blob/?pathname=a%2Fb%3Fc%3Dd%26e"
    )
    assert put_address(replace(UPLOAD, put_url="https://f.example/b?v=1&pathname=x"), None, "y") == (
        "https://f.example/b?v=1&pathname=y"
    )


def test_the_file_host_can_be_set(made: dict[str, Any], server: Server, cat: Path) -> None:
    with Studio(**made, upload_origin="http://127.0.0.1:9/") as studio:
        Files(studio)(cat)
    assert str(server.asked(PUT)[0].url).startswith("http://127.0.0.1:9/api/blob/?pathname=")


def test_media_goes_by_the_name_that_the_route_takes(studio: Studio, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "photo"
    path.write_bytes(b"\xff\xd8\xff\xe0" + bytes(100))
    Files(studio)(path)
    assert json.loads(server.shop.paid[0].content)["contentType"] == "image/jpg"


@pytest.mark.parametrize(
    ("content", "media_type", "why"),
    [
        (b"", None, "is empty"),
        (b"no magic at all", None, "cannot be told"),
        (b"GIF89a" + bytes(60), None, "not taken here"),
        (b"no magic at all", "text/plain", "not taken here"),
        (PNG, "video/mp4", "holds image/png, and not video/mp4"),
    ],
    ids=["empty", "unknown", "gif", "text", "disguised"],
)
def test_what_will_not_be_taken_is_not_paid_for(
    studio: Studio, server: Server, tmp_path: Path, *, content: bytes, media_type: str | None, why: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(UploadFailed, match=why) as caught:
        Files(studio)(path, media_type=media_type)
    assert caught.value.step == "check"
    assert not server.requests


def test_the_caller_may_say_what_bytes_do_not(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "clip"
    path.write_bytes(b"a container that nobody knows")
    assert Files(studio)(path, media_type="video/mp4") == BLOB


def test_a_token_has_its_price(studio: Studio, server: Server, cat: Path) -> None:
    with pytest.raises(PaymentRefused):
        Files(studio)(cat, max_price="0.001")
    assert not server.shop.paid


@pytest.mark.parametrize(
    "changes",
    [
        {"clientToken": None},
        {"clientToken": "a\r\nX-Evil: 1"},
        {"clientToken": "a b"},
        {"pathname": 3},
        {"uploadId": ""},
    ],
    ids=["none", "lines", "space", "number", "empty"],
)
def test_a_token_that_cannot_be_used_is_kept_for_the_caller(
    studio: Studio, server: Server, cat: Path, ledger: SqliteLedger, changes: dict[str, Any]
) -> None:
    server.shop.answers = [tokened(**changes)]
    with pytest.raises(UnexpectedAnswer) as caught:
        Files(studio)(cat)
    assert json.loads(caught.value.body) == {**TOKENED, **changes}
    assert caught.value.attempt_id == ledger.attempts()[0].id
    assert "secret-token" not in str(caught.value)


@pytest.mark.parametrize("step", [PUT, CONFIRM])
@pytest.mark.parametrize(
    "trouble",
    [fails(httpx.ReadTimeout), fails(httpx.ConnectError), code(503), code(429)],
    ids=["t", "c", "503", "429"],
)
def test_t51_a_lost_answer_repeats_the_step_and_buys_nothing(
    studio: Studio, server: Server, clock: Clock, cat: Path, *, step: str, trouble: Answer
) -> None:
    server.answers[step].insert(0, trouble)
    assert Files(studio)(cat) == BLOB
    first, second = server.asked(step)
    assert (first.url, first.content) == (second.url, second.content)
    assert clock.slept == [1]
    assert len(server.shop.paid) == 1


@pytest.mark.parametrize(("path", "step"), [(PUT, "put"), (CONFIRM, "confirm")])
@pytest.mark.parametrize(
    "trouble", [fails(httpx.ReadTimeout), code(500), code(400)], ids=["timeout", "500", "400"]
)
def test_t51_a_step_that_fails_says_which(
    studio: Studio, server: Server, cat: Path, ledger: SqliteLedger, *, path: str, step: str, trouble: Answer
) -> None:
    server.answers[path] = [trouble]
    with pytest.raises(UploadFailed, match=f"'{step}'") as caught:
        Files(studio)(cat)
    assert (caught.value.step, caught.value.attempt_id) == (step, ledger.attempts()[0].id)
    assert "secret-token" not in str(caught.value)


def test_a_refused_sign_in_is_a_failed_confirmation(studio: Studio, server: Server, cat: Path) -> None:
    server.answers[CONFIRM] = [asks_money]
    with pytest.raises(UploadFailed, match="sign-in challenge"):
        Files(studio)(cat)
    assert len(server.shop.paid) == 1


@pytest.mark.parametrize("answer", [{}, {"url": "http://store.example/x"}, {"url": 3}, []])
def test_an_address_must_be_one(studio: Studio, server: Server, cat: Path, answer: Any) -> None:
    server.answers[PUT] = [lambda _: httpx.Response(200, json=answer)]
    with pytest.raises(UploadFailed, match="no usable address"):
        Files(studio)(cat)


def test_a_confirmation_need_not_repeat_the_address(studio: Studio, server: Server, cat: Path) -> None:
    server.answers[CONFIRM] = [says("fine")]
    assert Files(studio)(cat) == BLOB


class Elsewhere:
    def upload(self, upload: Upload, file: LocalFile, site: Site) -> Flow[str]:
        yield from ()
        return f"{site.base_url}/{file.name}"


class Plugin:
    @hookimpl
    def coinslot_upload_strategies(self) -> Mapping[str, UploadStrategy]:
        return {"elsewhere": Elsewhere()}


def test_a_plugin_may_know_other_steps(made: dict[str, Any], cat: Path) -> None:
    class Other(Files):
        UPLOAD = replace(UPLOAD, strategy="elsewhere")

    with Studio(**made, plugins=[Plugin()]) as studio:
        assert Other(studio)(cat) == f"{ORIGIN}/cat.png"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (PNG, "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "audio/wav"),
        (b"\x00\x00\x00\x18ftypisom", "video/mp4"),
        (b"\x00\x00\x00\x14ftypqt  ", "video/quicktime"),
        (b"\x00\x00\x00\x14ftypM4A ", "audio/mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\xf7\x81\x01B\x82\x84webm", "video/webm"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01matroska", "video/x-matroska"),
        (b"OggS\x00", "audio/ogg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90\x64", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"\xff\xd8\xff\xe1", "image/jpeg"),
        (b"hello", None),
        (b"\xff", None),
        (b"", None),
    ],
    ids=repr,
)
def test_media_is_told_by_its_bytes(head: bytes, kind: str | None) -> None:
    assert sniff(head) == kind
