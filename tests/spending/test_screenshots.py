"""The page as a browser draws it, light and dark, wide and narrow."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.spending.conftest import Book, Run
from tests.spending.test_report import fill, themes

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
)  # fmt: skip

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here to look at the page with")


def colour(text: str) -> tuple[int, int, int]:
    red, green, blue = (int(text[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


@pytest.mark.parametrize(("theme", "width"), [("light", 1000), ("dark", 390)])
def test_the_page_as_it_is_seen(book: Book, run: Run, tmp_path: Path, theme: str, width: int) -> None:
    fill(book, tmp_path)
    long = "/api/" + "an-unbroken-name-of-a-route-" * 4
    book.pay("123456.789", route=long, money="refused")
    assert run("report", "-o", str(tmp_path / "report.html")).exit_code == 0
    report = (tmp_path / "report.html").read_text("utf-8")
    (tmp_path / "report.html").write_text(report.replace("<details>", "<details open>"), "utf-8")
    shot = tmp_path / "shot.png"
    assert BROWSER is not None
    subprocess.run(
        [
            BROWSER, *QUIET, f"--user-data-dir={tmp_path / 'profile'}", f"--screenshot={shot}",
            f"--blink-settings=preferredColorScheme={0 if theme == 'dark' else 1}",
            f"--window-size={width},6000", (tmp_path / "report.html").as_uri(),
        ],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    with Image.open(shot) as image:
        seen = image.convert("RGB")
    colours = themes()[theme]
    assert seen.width == width
    # What overflows paints over the margin, or widens the page beyond what is seen of it.
    for strip in ((0, 0, 12, seen.height), (width - 12, 0, width, seen.height)):
        assert seen.crop(strip).getcolors() == [(12 * seen.height, colour(colours["page"]))]
    drawn = {found for _, found in seen.getcolors(seen.width * seen.height) or []}
    for name in ("card", "ink", "paid", "band", "above"):
        assert colour(colours[name]) in drawn, name
