"""Pictures that show what was asked for."""

from __future__ import annotations

import hashlib
import io
import re
import textwrap
from collections.abc import Mapping
from typing import Any

from PIL import Image, ImageDraw, ImageFont

LONG_SIDE = 480
_FORMATS = {"png": "PNG", "webp": "WEBP", "jpeg": "JPEG", "jpg": "JPEG"}


def picture_format(given: Mapping[str, Any]) -> str:
    """Return the file type that a request asks for: `png`, `webp` or `jpeg`."""
    for name, value in given.items():
        asked = str(value).lower().removeprefix("image/")
        if "format" in name.lower() and asked in _FORMATS:
            return "jpeg" if asked == "jpg" else asked
    return "png"


def frame_size(given: Mapping[str, Any], long_side: int = LONG_SIDE) -> tuple[int, int]:
    """Return a small size in the shape that a request asks for; square where it does not say."""
    for name, value in given.items():
        numbers = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[x*×:]\s*(\d+(?:\.\d+)?)\s*", str(value))
        if numbers and re.search(r"aspect|ratio|size|resolution", name, re.IGNORECASE):
            width, height = float(numbers[1]), float(numbers[2])
            if width > 0 and height > 0:
                scale = long_side / max(width, height)
                return max(round(width * scale), 16), max(round(height * scale), 16)
    return long_side, long_side


def draw(title: str, text: str, size: tuple[int, int]) -> Image.Image:
    """Return a picture with a title and a text on a colour of their own."""
    hue = hashlib.sha256(f"{title}\n{text}".encode()).digest()
    image = Image.new("RGB", size, (hue[0] // 2, hue[1] // 2, hue[2] // 2))
    pen = ImageDraw.Draw(image)
    width, height = size
    margin, points = max(width // 24, 4), max(width // 22, 9)
    font = ImageFont.load_default(points)
    pen.text(
        (margin, margin), title, fill=(200, 200, 200), font=ImageFont.load_default(max(points * 2 // 3, 8))
    )
    columns = max(int((width - 2 * margin) / (points * 0.55)), 8)
    rows = max(int((height - 4 * margin) / (points * 1.3)), 1)
    lines = textwrap.wrap(text[:2000], columns)[:rows]
    pen.multiline_text((margin, margin * 2 + points), "\n".join(lines), fill=(255, 255, 255), font=font)
    pen.text(
        (margin, height - margin - points),
        "made by a sandbox",
        fill=(200, 200, 200),
        font=ImageFont.load_default(max(points * 2 // 3, 8)),
    )
    return image


def picture(title: str, text: str, given: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a picture file and its media type."""
    kind = picture_format(given)
    file = io.BytesIO()
    draw(title, text, frame_size(given)).save(file, _FORMATS[kind])
    return file.getvalue(), f"image/{kind}"
