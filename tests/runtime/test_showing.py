"""Results and jobs in notebooks, and pictures in memory."""

from __future__ import annotations

import io
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from coinslot import AsyncJob, Job, Quote
from coinslot.many import MapReport, Outcome
from tests.runtime.studio import AsyncStudio, Draw, ImageResult, Server, done, says

Image = pytest.importorskip("PIL.Image", reason="needs Pillow (coinslot[images])")

MEDIA = "/media/cat.png"


@pytest.fixture
def picture(server: Server) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 2)).save(file, "PNG")
    server.answers[MEDIA] = [lambda _: httpx.Response(200, content=file.getvalue())]
    return file.getvalue()


def test_a_result_shows_its_picture_and_its_price_and_asks_nothing(
    job: Job[ImageResult], server: Server
) -> None:
    server.answers["/api/jobs/job-1"] = [done("https://media.example/cat.png?a=1&b=2")]
    result = job.wait()
    asked = len(server.requests)
    page: Any = result._repr_html_()
    assert '<img src="https://media.example/cat.png?a=1&amp;b=2"' in page
    assert "paid $0.134" in page
    assert "<code>job-1</code>" in page
    assert page.split("<p>")[0] in job._repr_html_()
    assert len(server.requests) == asked


def test_a_picture_that_was_saved_stays_in_the_page(
    job: Job[ImageResult], picture: bytes, server: Server, tmp_path: Path
) -> None:
    result = job.wait(save_to=tmp_path / "cat")
    for shown in (result, job):
        page: Any = shown._repr_html_()
        assert '<img src="data:image/webp;base64,' in page
        assert "http" not in page.split("<p>")[0]
    (tmp_path / "cat.png").unlink()
    gone: Any = result._repr_html_()
    assert "data:" not in gone
    assert MEDIA in gone
    assert picture


def test_a_report_shows_what_failed_first_and_pictures(tmp_path: Path) -> None:
    Image.new("RGB", (3, 2)).save(tmp_path / "cat.png")
    saved = Outcome(0, {}, saved=(tmp_path / "cat.png",), price=Decimal("0.134"))
    failed: Outcome[Any] = Outcome(1, {}, error=ValueError("<script>"))
    outcomes = (saved, failed, *(Outcome(number, {}, saved=saved.saved) for number in range(2, 100)))
    report: MapReport[Any] = MapReport("name", outcomes, Decimal("0.134"), Decimal(5))
    page = report._repr_html_()
    assert "99 finished, 1 failed; $0.134 of $5.00" in page
    assert page.index("ValueError: &lt;script&gt;") < page.index("data:image/webp")
    assert "<script" not in page
    assert page.count("<tr>") == 60
    assert page.count("data:image/webp") == 12
    assert "and 40 more" in page


def test_a_quote_shows_what_it_would_cost(draw: Draw[Job[ImageResult], Quote]) -> None:
    quote = draw.quote(prompt="a cat")
    assert quote._repr_html_() == f"<p>{quote}</p>"


def test_a_running_job_shows_how_far_it_is(job: Job[ImageResult], server: Server) -> None:
    server.answers["/api/jobs/job-1"] = [says("drawing", progress=40)]
    job.poll()
    assert "drawing, 40 %" in job._repr_html_()
    assert "<img" not in job._repr_html_()


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "data:text/html,<script>", "file:///etc/passwd", "http://media.example/x"],
)
def test_no_other_address_comes_into_a_page(job: Job[ImageResult], server: Server, address: str) -> None:
    server.answers["/api/jobs/job-1"] = [done(address)]
    page: Any = job.wait()._repr_html_()
    assert "src=" not in page


def test_a_servers_text_is_no_markup(job: Job[ImageResult], server: Server) -> None:
    evil = 'x"><script>alert(1)</script>'
    server.answers["/api/jobs/job-1"] = [says(evil)]
    job.poll()
    assert "<script" not in job._repr_html_()
    server.answers["/api/jobs/job-1"] = [done(f"https://media.example/{evil}")]
    page: Any = job.wait()._repr_html_()
    assert "<script" not in page
    assert '"><' not in page.replace('em"><p', "")


def test_a_picture_opens(job: Job[ImageResult], picture: bytes, server: Server, tmp_path: Path) -> None:
    result = job.wait()
    assert result.image().size == (3, 2)
    job.wait(save_to=tmp_path / "cat")
    fetched = len(server.asked(MEDIA))
    assert result.image().size == (3, 2)
    assert len(server.asked(MEDIA)) == fetched
    assert picture


@pytest.mark.anyio
async def test_a_picture_opens_in_the_other_face(made: dict[str, Any], picture: bytes) -> None:
    async with AsyncStudio(**made) as studio:
        job: AsyncJob[ImageResult] = await Draw(studio)(prompt="a cat")
        result = await job.wait()
        assert (await result.aimage()).size == (3, 2)
        with pytest.raises(TypeError, match="asave"):
            result.image()
    assert picture


def test_without_pillow_it_says_what_to_install(
    job: Job[ImageResult], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PIL.Image", None)
    with pytest.raises(ImportError, match=r"coinslot\[images\]"):
        job.wait().image()
