"""What takes more than one operation, and the asynchronous client, which shares every flow."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from coinslot import JobFailed
from tests.cassettes.calls import PHOTO
from tests.cassettes.seller import DOOMED, PIXEL, Seller

pytestmark = pytest.mark.vcr


@pytest.mark.default_cassette("upload-whole")
def test_a_file_is_uploaded_in_one_call(shop: Seller, file: Path) -> None:
    with shop.studio("0.01") as studio:
        address = studio.upload(file)

    assert address.startswith(("http://", "https://"))
    assert [attempt.money for attempt in shop.attempts()][-1:] == ["settled"]


@pytest.mark.default_cassette("async-image")
@pytest.mark.anyio
async def test_an_image_is_awaited_and_saved(shop: Seller, tmp_path: Path) -> None:
    async with shop.async_studio("0.24") as studio:
        job = await studio.nano_banana_pro.generate(prompt="A sunrise over the sea", image_size="2K")
        result = await job.wait()
        with Image.open(await result.asave(tmp_path / "sunrise.png")) as picture:
            picture.load()

    assert [(each.money, each.delivery) for each in shop.attempts()][-1:] == [("settled", "saved")]


@pytest.mark.default_cassette("async-video")
@pytest.mark.anyio
async def test_a_video_is_awaited_and_its_thumbnail_saved(shop: Seller, tmp_path: Path) -> None:
    async with shop.async_studio("0.75") as studio:
        job = await studio.wan_2_6.i2v(prompt="The tide comes in", image=PHOTO, duration="5")
        result = await job.wait()
        with Image.open(await result.asave(tmp_path / "tide", member="thumbnail_url")) as picture:
            picture.load()

    assert result.video_url != result.thumbnail_url


@pytest.mark.default_cassette("async-upload")
@pytest.mark.anyio
async def test_a_file_is_uploaded_and_awaited(shop: Seller, file: Path) -> None:
    async with shop.async_studio("0.01") as studio:
        address = await studio.upload(file)

    assert address.startswith(("http://", "https://"))


@pytest.mark.play_money
@pytest.mark.default_cassette("async-jobs")
@pytest.mark.anyio
async def test_jobs_are_looked_up_listed_and_deleted(shop: Seller) -> None:
    async with shop.async_studio("0.07") as studio:
        job = await studio.grok.generate(prompt=f"A ship on the rocks {DOOMED}", aspect_ratio="1:1")
        assert (await studio.jobs.get(job.id)).status == "pending"
        with pytest.raises(JobFailed, match=job.id):
            await job.wait()

        assert [state.id for state in (await studio.jobs.list()).items] == [job.id]
        assert (await studio.jobs.delete(job.id)).success
        assert (await studio.jobs.list()).items == []


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.png"
    path.write_bytes(PIXEL)
    return path
