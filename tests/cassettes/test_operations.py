"""Every operation of the API, from its challenge to its result, each on a cassette named after it."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from coinslot import JobFailed
from tests.cassettes.calls import FILMS, PHOTO, PICTURES
from tests.cassettes.seller import DOOMED, PIXEL, Seller

pytestmark = pytest.mark.vcr

NEWCOMERS_LIMIT = 1
"""Dollars that a payee gets for one call, until a result of an earlier payment was read."""


def named(operations: dict[str, Any]) -> list[Any]:
    # With underscores, so that `-k nano_banana_pro` finds them.
    return [
        pytest.param(name, marks=pytest.mark.default_cassette(name), id=re.sub(r"[-.]", "_", name))
        for name in operations
    ]


@pytest.mark.parametrize("operation", named(PICTURES))
def test_a_picture_is_paid_for_and_saved(operation: str, shop: Seller, tmp_path: Path) -> None:
    play = PICTURES[operation]
    with shop.studio(play.max_price) as studio:
        result = play.call(studio).wait()
        file = result.save(tmp_path / "picture")

        assert result.image_url.startswith(("http://", "https://"))
        with Image.open(file) as picture:
            picture.load()
    assert_paid_and_saved(shop, play.max_price)


@pytest.mark.parametrize("operation", named(FILMS))
def test_a_film_is_paid_for_and_saved_with_its_thumbnail(
    operation: str, shop: Seller, tmp_path: Path
) -> None:
    play = FILMS[operation]
    with shop.studio(play.max_price) as studio:
        if Decimal(play.max_price) > NEWCOMERS_LIMIT:
            studio.grok.edit(prompt="Fewer teeth", images=[PHOTO], max_price="0.03").wait()
        result = play.call(studio).wait()
        film = result.save(tmp_path / "film.mp4")
        thumbnail = result.save(tmp_path / "thumbnail", member="thumbnail_url")

        assert result.video_url != result.thumbnail_url
        assert film.read_bytes()[4:8] == b"ftyp"
        with Image.open(thumbnail) as picture:
            picture.load()
    assert_paid_and_saved(shop, play.max_price)


@pytest.mark.default_cassette("upload")
def test_a_token_for_a_file_is_paid_for(shop: Seller) -> None:
    with shop.studio("0.01") as studio:
        token = studio.upload.create(filename="harbour.png", content_type="image/png", size=len(PIXEL))

        assert token.upload_id
        assert token.client_token
        assert token.pathname.endswith("harbour.png")
        assert datetime.fromisoformat(token.expires_at).tzinfo is not None


@pytest.mark.default_cassette("upload_confirm")
def test_a_file_that_was_put_is_confirmed(shop: Seller) -> None:
    with shop.studio("0.01") as studio:
        token = studio.upload.create(filename="harbour.png", content_type="image/png")
        address = put(shop, token.client_token, token.pathname)
        answer = studio.upload.confirm(upload_id=token.upload_id, blob_url=address)

        assert answer.success
        assert answer.upload.blob_url == address
        assert answer.upload.media_type == "image/png"


@pytest.mark.default_cassette("jobs_status")
def test_a_job_is_looked_up(shop: Seller) -> None:
    with shop.studio("0.07") as studio:
        job = studio.grok.generate(prompt="A message in a bottle", aspect_ratio="1:1")
        state = studio.jobs.get(job.id)

        assert state.id == job.id
        assert state.type_ == "grok-generate"
        assert state.input["aspect_ratio"] == "1:1"
        assert state.result is None


@pytest.mark.default_cassette("jobs")
def test_jobs_are_listed(shop: Seller) -> None:
    with shop.studio("0.07") as studio:
        job = studio.grok.generate(prompt="A bottle without a message", aspect_ratio="1:1")
        job.wait()
        listed = studio.jobs.list(limit=1)

        assert [(state.id, state.status) for state in listed.items] == [(job.id, "complete")]
        assert studio.jobs.list(limit=1, status="failed").items == []


@pytest.mark.play_money
@pytest.mark.default_cassette("jobs_delete")
def test_a_failed_job_says_so_and_is_deleted(shop: Seller) -> None:
    with shop.studio("0.07") as studio:
        job = studio.grok.generate(prompt=f"A ship on the rocks {DOOMED}", aspect_ratio="1:1")
        with pytest.raises(JobFailed, match=job.id):
            job.wait()

        assert studio.jobs.delete(job.id).success
        assert studio.jobs.list().items == []
    assert (shop.attempts()[-1].money, shop.attempts()[-1].delivery) == ("settled", "failed")


def put(shop: Seller, token: str, pathname: str) -> str:
    """Put a file to where the document sends it, as `studio.upload(path)` does, and return its address."""
    answer = httpx.put(
        f"{shop.file_host}/api/blob/",
        params={"pathname": pathname},
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "image/png",
            "x-api-version": "11",
            "x-content-type": "image/png",
        },
        content=PIXEL,
    )
    return str(answer.raise_for_status().json()["url"])


def assert_paid_and_saved(shop: Seller, cap: str) -> None:
    attempt = shop.attempts()[-1]
    assert (attempt.money, attempt.delivery) == ("settled", "saved")
    assert Decimal(attempt.terms.amount).scaleb(-6) <= Decimal(cap)
