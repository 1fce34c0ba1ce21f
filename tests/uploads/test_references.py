"""Files in calls: checked before anything is paid, uploaded once, and the call paid once whatever happens."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from coinslot import AsyncJob, Job, PaymentOutcomeUnknown, PaymentRefused, Quote, UploadFailed, bought
from coinslot.effects import Flow
from coinslot.ledger import SqliteLedger
from coinslot.uploads import UploadProgress
from tests.runtime import studio as shops
from tests.runtime.studio import PNG, UPLOAD, ImageResult, code, fails
from tests.uploads import steps
from tests.uploads.editing import BLOB, CONFIRM, JPEG, PUT, AsyncStudio, Edit, Host, Studio


def test_a_path_bytes_and_an_open_file_become_addresses(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.write_bytes(PNG + b"2")
    with other.open("rb") as file:
        job = edit(images=["https://pictures.example/1.png", cat, JPEG])
        edit(images=[file])
        assert file.read() == PNG + b"2"
    assert job.id == "job-1"
    assert host.edits[0]["images"] == ["https://pictures.example/1.png", f"{BLOB}1", f"{BLOB}2"]
    assert host.edits[1]["images"] == [f"{BLOB}3"]
    puts = host.server.asked(PUT)
    assert [put.content for put in puts] == [PNG, JPEG, PNG + b"2"]
    assert all("sign-in-with-x" not in put.headers for put in puts)


@pytest.mark.anyio
async def test_the_other_face_does_the_same(options: dict[str, Any], host: Host, cat: Path) -> None:
    async with AsyncStudio(**options) as studio:
        call: Edit[Any, Any] = Edit(studio)
        job: AsyncJob[ImageResult] = await call(images=[cat, cat])
        assert (await call.quote(images=[JPEG])).uploads == Decimal("0.01")
    assert job.id == "job-1"
    assert host.edits == [{"prompt": "x", "images": [f"{BLOB}1", f"{BLOB}1"]}]
    assert host.tokens == 1


def test_the_same_bytes_are_uploaded_once_whoever_asks(
    options: dict[str, Any], host: Host, cat: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.png"
    copy.write_bytes(PNG)
    for source in (cat, copy, PNG, io.BytesIO(PNG)):
        with Studio(**options) as studio:
            Edit(studio)(images=[source])
    assert {address for body in host.edits for address in body["images"]} == {f"{BLOB}1"}
    assert len(host.edits) == 4
    assert (host.tokens, len(host.server.asked(PUT))) == (1, 1)


def test_an_address_that_is_gone_is_not_used_again(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    edit(images=[cat])
    host.gone.add(f"{BLOB}1")
    edit(images=[cat])
    edit(images=[cat])
    assert [body["images"] for body in host.edits] == [[f"{BLOB}1"], [f"{BLOB}2"], [f"{BLOB}2"]]


def test_another_wallet_uploads_for_itself(options: dict[str, Any], host: Host, cat: Path) -> None:
    with Studio(**options) as studio:
        Edit(studio)(images=[cat])
    other = "0x" + "59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d"
    with Studio(**{**options, "environ": {"COINSLOT_EVM_KEY": other}}) as studio:
        Edit(studio)(images=[cat])
    assert host.tokens == 2


@pytest.mark.parametrize(
    ("images", "shots", "why"),
    [
        ([b""], None, "is empty"),
        ([PNG, b"what is this"], None, "cannot be told"),
        ([b"GIF89a" + bytes(60)], None, "not taken here; taken are: image/png, image/jpg. Convert it"),
        ([PNG, b"\x00\x00\x00\x18ftypisom" + bytes(60)], None, r"images takes image, and .* holds video/mp4"),
        ([PNG], [{"clip": JPEG}], r"shots\.clip takes video, and .* holds image/jpg"),
    ],
    ids=["empty", "unknown", "gif", "video", "nested"],
)
def test_all_files_are_checked_before_anything_is_paid(
    edit: Edit[Job[ImageResult], Quote], host: Host, *, images: Any, shots: Any, why: str
) -> None:
    with pytest.raises(UploadFailed, match=why) as caught:
        edit(images=images, **({"shots": shots} if shots else {}))
    assert caught.value.step == "check"
    assert not host.server.requests


def test_what_is_neither_a_file_nor_an_address_is_refused_at_once(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, tmp_path: Path
) -> None:
    with cat.open() as text:
        for wrong in ("cat.png", 3, text):
            with pytest.raises(ValidationError):
                edit(images=[wrong])  # type: ignore[list-item]
    with pytest.raises(FileNotFoundError):
        edit(images=[tmp_path / "none.png"])
    with pytest.raises(ValidationError):
        edit(images=PNG)  # type: ignore[arg-type]
    assert not host.server.requests


def test_without_a_way_to_upload_a_file_is_refused(options: dict[str, Any], host: Host, cat: Path) -> None:
    with shops.Studio(**options) as studio, pytest.raises(UploadFailed, match="give that URL") as caught:
        Edit(studio)(images=[cat])
    assert caught.value.step == "check"
    assert not host.server.requests


def test_a_quote_uploads_nothing_and_says_what_uploads_cost(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    quote = edit.quote(images=[cat, JPEG, cat])
    assert (quote.price, quote.uploads) == (Decimal("0.134"), Decimal("0.02"))
    assert "$0.02 for uploads" in str(quote)
    assert not host.tokens
    edit(images=[cat])
    assert edit.quote(images=[cat, JPEG]).uploads == Decimal("0.01")
    assert edit.quote(images=[cat]).uploads == 0


def test_a_quote_that_the_server_refuses_says_why(edit: Edit[Job[ImageResult], Quote], host: Host) -> None:
    host.server.answers["/api/edit"] = [code(400)]
    real = Host.__call__

    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(422, json={}) if request.url.path == "/api/edit" else real(host, request)

    edit._face.settings.transport.handler = refuse  # type: ignore[union-attr]
    with pytest.raises(Exception, match="422") as caught:
        edit.quote(images=[PNG])
    assert "no file is uploaded" in caught.value.__notes__[0]


def test_the_limit_of_a_call_holds_for_its_uploads_too(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    with pytest.raises(PaymentRefused, match=r"costs \$0\.01"):
        edit(images=[cat], max_price="0.01")
    assert not host.tokens
    with pytest.raises(PaymentRefused):
        edit(images=[cat], max_price="0.14")
    assert not host.edits
    edit(images=[cat], max_price="0.14")
    assert (host.tokens, len(host.edits)) == (1, 1)


def test_a_file_that_is_too_large_is_not_paid_for(
    edit: Edit[Job[ImageResult], Quote], host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "STEPS", replace(UPLOAD, largest=100))
    with pytest.raises(UploadFailed, match="at most 100") as caught:
        edit(images=[PNG])
    assert caught.value.step == "check"
    assert not host.server.requests


@pytest.mark.parametrize("path", [PUT, CONFIRM])
def test_a_broken_upload_goes_on_where_it_stopped(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, path: str
) -> None:
    works = host.server.answers[path]
    host.server.answers[path] = [code(503)]
    with pytest.raises(UploadFailed):
        edit(images=[cat])
    host.server.answers[path] = works
    edit(images=[cat])
    assert (host.tokens, len(host.edits)) == (1, 1)


def test_a_naive_retry_pays_once_wherever_the_file_lies_by_then(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path, ledger: SqliteLedger
) -> None:
    host.edit_answers = [fails(httpx.ReadTimeout)] * 100
    for _ in range(3):
        with pytest.raises(PaymentOutcomeUnknown):
            edit(images=[cat])
    host.gone.add(f"{BLOB}1")
    host.edit_answers = []
    assert edit(images=[cat]).id == "job-1"
    assert [body["images"] for body in host.edits] == [[f"{BLOB}1"]]
    assert len([one for one in ledger.attempts() if one.call.path == "/api/edit"]) == 1


def test_one_key_is_one_call_also_when_its_file_moved(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    first = edit(images=[cat], idempotency_key="mine")
    host.gone.add(f"{BLOB}1")
    assert edit(images=[cat], idempotency_key="mine").id == first.id
    assert len(host.edits) == 1


def test_progress_is_told(options: dict[str, Any], cat: Path) -> None:
    told: list[UploadProgress] = []
    with Studio(**options, on_upload=told.append) as studio:
        Edit(studio)(images=[cat])
        Edit(studio)(images=[cat])
    assert [one.step for one in told] == ["token", "put", "confirm", "done", "known"]
    assert all(one.name == "cat.png" and one.size == len(PNG) for one in told)
    assert [one.sent for one in told] == [0, 0, len(PNG), len(PNG), len(PNG)]


def test_a_file_that_is_gone_counts_within_the_limit_of_its_call(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    edit(images=[cat])
    host.gone.add(f"{BLOB}1")
    assert edit.quote(images=[cat]).uploads == Decimal("0.01")
    with pytest.raises(PaymentRefused, match=r"\$0\.124"):
        edit(images=[cat], max_price="0.134")
    assert (host.tokens, len(host.edits)) == (1, 1)


def test_a_naive_loop_buys_no_upload_again_for_a_call_that_was_sent(
    edit: Edit[Job[ImageResult], Quote], host: Host, cat: Path
) -> None:
    host.edit_answers = [fails(httpx.ReadTimeout)] * 100
    host.gone |= {f"{BLOB}{number}" for number in range(9)}
    for key in (None, "mine"):
        for _ in range(3):
            with pytest.raises(PaymentOutcomeUnknown):
                edit(images=[cat], idempotency_key=key)
    assert host.tokens == 2


def test_an_upload_that_another_program_ended_meanwhile_is_not_bought_again(
    options: dict[str, Any], host: Host, cat: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, looked = bought.address_of, []

    def slowly(*args: Any) -> Flow[str | None]:
        address = yield from read(*args)
        looked.append(address)
        if len(looked) == 1:
            with Studio(**options) as other:
                shops.Files(other)(cat)
        return address

    monkeypatch.setattr("coinslot.three_step.address_of", slowly)
    with Studio(**options) as studio:
        assert shops.Files(studio)(cat) == f"{BLOB}1"
    assert host.tokens == 1
