"""The same calls, paid in every way that one 402 offers: nothing differs but which backend is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from coinslot import JobFailed
from coinslot_sandbox.counter import Network
from tests.cassettes.seller import DOOMED, EVERYWHERE, PIXEL, Seller

pytestmark = [pytest.mark.vcr, pytest.mark.play_money]

NETWORKS = {
    "base": "eip155:8453",
    "solana": "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    "tempo": "eip155:4217",
}


def each_way(flow: str) -> pytest.MarkDecorator:
    """Run a test once for each backend, on the cassette `FLOW-BACKEND`."""
    return pytest.mark.parametrize(
        "backend",
        [
            pytest.param(name, marks=pytest.mark.default_cassette(f"{flow}-{name}"), id=name)
            for name in NETWORKS
        ],
    )


@pytest.fixture
def networks() -> tuple[Network, ...]:
    return EVERYWHERE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "harbour.png"
    path.write_bytes(PIXEL)
    return path


@each_way("image")
def test_an_image_is_paid_for_and_saved(shop: Seller, tmp_path: Path) -> None:
    with shop.studio("0.24") as studio:
        job = studio.nano_banana_pro.generate(prompt="A pier at noon", image_size="2K")
        with Image.open(job.wait().save(tmp_path / "pier.png")) as picture:
            picture.load()
    assert_paid(shop, "saved")


@each_way("edit")
def test_uploaded_references_are_edited(shop: Seller, file: Path, tmp_path: Path) -> None:
    with shop.studio("0.24") as studio:
        reference = studio.upload(file)
        job = studio.nano_banana_pro.edit(prompt="Make it dusk", images=[reference], image_size="1K")
        with Image.open(job.wait().save(tmp_path / "dusk.png")) as picture:
            picture.load()
    assert_paid(shop, "settled", "saved")


@each_way("video")
def test_a_video_is_paid_for_and_its_thumbnail_saved(shop: Seller, tmp_path: Path) -> None:
    with shop.studio("0.75") as studio:
        result = studio.wan_2_6.t2v(prompt="The tide goes out", duration="5").wait()
        with Image.open(result.save(tmp_path / "tide", member="thumbnail_url")) as picture:
            picture.load()
    assert result.video_url != result.thumbnail_url


@each_way("upload")
def test_a_file_is_uploaded(shop: Seller, file: Path) -> None:
    with shop.studio("0.01") as studio:
        assert studio.upload(file).endswith("/harbour.png")
    assert_paid(shop)


@each_way("failure")
def test_a_job_fails_after_it_was_paid_for(shop: Seller) -> None:
    with shop.studio("0.07") as studio:
        job = studio.grok.generate(prompt=f"A ship on the rocks {DOOMED}", aspect_ratio="1:1")
        with pytest.raises(JobFailed, match=job.id):
            job.wait()
    assert_paid(shop, "failed")


def assert_paid(shop: Seller, *deliveries: str) -> None:
    """All that was spent was spent in one way."""
    attempts = shop.attempts()
    assert attempts
    for attempt in attempts:
        assert (attempt.backend, attempt.money) == (shop.backend, "settled")
        assert attempt.terms.network == NETWORKS[shop.backend]
    if deliveries:
        assert attempts[-1].delivery == deliveries[-1]
