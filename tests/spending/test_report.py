"""The page: what stands on it, that nothing on it is fetched or run, and that everyone can read it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from coinslot.attempt import Printed
from coinslot.saving._png import with_text
from coinslot.spending.report import page
from tests.spending.conftest import FILM, NOON, Book, Run

EVIL = "<script>alert(1)</script>'\"&"
CSS = Path(__file__).parents[2] / "runtime/src/coinslot/spending/report/templates/report.css"
VOID = {"meta", "img", "br"}


class Page(HTMLParser):
    """Reads a page, and knows when its elements do not close as they opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@pytest.fixture
def written(book: Book, run: Run, tmp_path: Path) -> Any:
    def write(*options: str) -> tuple[str, Page]:
        path = tmp_path / "report.html"
        result = run("report", "-o", str(path), *options)
        assert result.exit_code == 0, result.output
        text = path.read_text("utf-8")
        return text, Page(text)

    return write


def picture(path: Path, **told: Any) -> Path:
    Image.new("RGB", (1600, 900), "teal").save(path)
    content = with_text(path.read_bytes(), "coinslot", json.dumps(told))
    assert content is not None
    path.write_bytes(content)
    return path


def fill(book: Book, folder: Path) -> None:
    """Make a bit of everything."""
    book.pay(saved_to=picture(folder / "cat.png", prompt=f"A cat {EVIL}", parameters={"size": "2K"}))
    book.pay("0.50", route=FILM, seconds=400, backend="solana", saved_to=folder / "gone.mp4")
    book.time = NOON + 3 * 24 * 3600
    book.pay("0.01", route="/api/upload/" + EVIL, printed=Printed())
    book.pay(money="unknown", note=EVIL)
    film = folder / "film.mp4"
    film.write_bytes(b"\0\0\0\x18ftypmp42" + bytes(40))
    (folder / "film.mp4.json").write_text(json.dumps({"prompt": "A fox runs " * 40}))
    book.pay(route=FILM, seconds=30, saved_to=film)


def test_nothing_is_fetched_or_run(book: Book, written: Any, tmp_path: Path) -> None:
    fill(book, tmp_path)
    text, page = written()
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "form", "base"}
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name == "style"], tag
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "data:").startswith(("data:", "file:///")), attributes
    (policy,) = (one["content"] for one in page.all("meta") if "http-equiv" in one)
    assert policy is not None
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;")
    assert not re.search(r"url\((?!#)|@import|https?://", style[1])


def test_all_text_is_escaped(book: Book, written: Any, tmp_path: Path) -> None:
    fill(book, tmp_path)
    text, page = written()
    assert "<script" not in text
    assert f"A cat {EVIL}" in page.text


def test_every_chart_is_told_in_words_and_as_a_table(book: Book, written: Any, tmp_path: Path) -> None:
    fill(book, tmp_path)
    _, page = written()
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    drawn = [one for one in page.all("svg") if one.get("role") == "img"]
    assert len(drawn) == 8  # four charts, for wide and for narrow screens
    for one in drawn:
        named = (one["aria-labelledby"] or "").split()
        assert len(named) == 2
        assert set(named) <= set(ids)
    figures = [number for number, (tag, _) in enumerate(page.elements) if tag == "figure"]
    for start, end in zip(figures, [*figures[1:], len(page.elements)], strict=True):
        inside = [tag for tag, _ in page.elements[start:end]]
        assert "details" in inside
        assert "table" in inside
    for title in ("Over time", "By route", "Open payments", "Price asked", "Time to completion", "Results"):
        assert title in page.text
    assert all(one.get("alt") for one in page.all("img"))


def test_figures_are_exact_and_ranges_compared(book: Book, written: Any) -> None:
    range_ = Printed((Decimal("0.13"), Decimal("0.24")), (8.0, 20.0))
    for price, seconds in (("0.13", 8), ("0.244", 21), ("0.25", 3700)):
        book.pay(price, printed=range_, seconds=seconds)
    _, page = written()
    assert "1 call was asked more for than the document says." in page.text
    assert "$0.13 to $0.25 in 3 calls; printed $0.13 to $0.24" in page.text
    assert "8 s to 1 h 1 min in 3 calls; typical 8 s to 20 s" in page.text
    above = [one for one in page.all("path") if one.get("class") == "above"]
    assert len(above) == 2 + 2 * (1 + 2)  # the two legends; each chart is drawn twice
    assert "$0.624" in page.text


def test_results_are_shown_with_what_they_were_asked(book: Book, written: Any, tmp_path: Path) -> None:
    fill(book, tmp_path)
    _, page = written()
    (image,) = page.all("img")
    assert (image["src"] or "").startswith("data:image/webp;base64,")
    assert (image["width"], image["height"]) == ("480", "270")
    assert len(image["src"] or "") < 60_000
    assert [one["href"] for one in page.all("a")] == [
        (tmp_path / name).as_uri() for name in ("film.mp4", "cat.png")
    ]
    for told in ("no longer where it was saved", "Its prompt was not kept", "The whole prompt", "size: 2K"):
        assert told in page.text


def test_another_attempts_file_tells_nothing_of_this_one(book: Book, written: Any, tmp_path: Path) -> None:
    book.pay(saved_to=picture(tmp_path / "a.png", prompt="not this one's", attempt_id="att_other"))
    _, page = written()
    assert "not this one's" not in page.text
    assert "Its prompt was not kept." in page.text


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(50), b"GIF89a", b"\xff\xd8\xff" * 9])
def test_a_broken_file_spoils_nothing(book: Book, written: Any, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.png"
    path.write_bytes(content)
    (tmp_path / "broken.png.json").write_bytes(b'{"prompt": [[' + content)
    book.pay(saved_to=path)
    _, page = written()
    assert page.all("img") == []
    assert "broken.png" in page.text


def test_without_pillow_the_file_is_linked(
    book: Book, written: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = picture(tmp_path / "a.png", prompt="A cat")
    book.pay(saved_to=path)
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    _, page = written()
    assert page.all("img") == []
    assert [one["href"] for one in page.all("a")] == [path.as_uri()]
    assert "A cat" in page.text


def test_an_empty_ledger_gives_a_friendly_page(book: Book, written: Any) -> None:
    _, page = written()
    assert "Nothing was paid yet" in page.text
    assert page.all("svg") == []


@pytest.mark.parametrize("price", ["0.134", "99.5", "567.8", "1673.661", "98765.43"])
def test_figures_at_the_axes_are_whole_and_stand_apart(book: Book, written: Any, price: str) -> None:
    book.pay(price)
    text, _ = written()
    drawings = re.findall(r'viewBox="0 0 ([\d.]+) (.*?)</svg>', text, re.DOTALL)
    assert len(drawings) == 8
    for width, drawing in drawings:
        found = re.findall(r'<text x="([\d.]+)" y="([\d.]+)" text-anchor="(\w+)">(\$[\d.]+)</text>', drawing)
        lines: dict[str, list[tuple[float, float]]] = {}
        for x, y, anchor, label in found:
            length = len(label) * 7.2
            begins = float(x) - length * {"start": 0, "middle": 0.5, "end": 1}[anchor]
            lines.setdefault(y, []).append((begins, begins + length))
        for line in lines.values():
            ends = [-4.0, *(end for _, end in line)]
            assert all(begins >= end + 4 for (begins, _), end in zip(line, ends, strict=False)), line
            assert line[-1][1] <= float(width)


def test_a_thousand_attempts_stay_readable(book: Book) -> None:
    book.pay()
    (first,) = book.entries
    entries = [
        replace(
            first,
            when=first.when + timedelta(hours=5 * number),
            seconds=5.0 + number % 17,
            attempt=replace(
                first.attempt,
                id=f"att_{number:024x}",
                price=Decimal(130 + number % 110) / 1000,
                route_path=f"/api/model-{number % 20}",
            ),
        )
        for number in range(1_000)
    ]
    text = page(entries, entries[-1].when)
    assert len(text) < 1_500_000
    wide = text.split('aria-labelledby="time-wide-t')[1].split("</svg>")[0]
    assert 3 <= wide.count("<g>") <= 31
    assert "The chart has 12 of 20 routes, the table all." in Page(text).text


def themes() -> dict[str, dict[str, str]]:
    blocks = re.findall(r":root \{([^}]*)\}", CSS.read_text("utf-8"))
    light, dark = (dict(re.findall(r"--([\w-]+): (#\w{6})", one)) for one in blocks)
    assert set(light) == set(dark)
    return {"light": light, "dark": dark}


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("front", "behind", "least"),
    [
        *((front, behind, 4.5) for front in ("ink", "muted", "link") for behind in ("page", "card")),
        *((front, "card", 3.0) for front in ("paid", "open", "band-edge", "above")),
        *((front, "band", 3.0) for front in ("paid", "above")),
    ],
)
def test_contrast_is_enough_for_everyone(theme: str, front: str, behind: str, least: float) -> None:
    """WCAG 2.2 AA: 4.5 for text (1.4.3), 3 for what a chart is read by (1.4.11)."""
    colours = themes()[theme]
    one, other = sorted((luminance(colours[front]), luminance(colours[behind])))
    assert (other + 0.05) / (one + 0.05) >= least


def test_no_colour_stands_beside_the_themes() -> None:
    rules = CSS.read_text("utf-8").split("* { box-sizing")[1]
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb|hsl", rules)
