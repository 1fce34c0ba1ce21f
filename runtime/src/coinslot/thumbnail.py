"""A small copy of a picture that was saved, to stand in a page."""

from __future__ import annotations

import base64
from io import BytesIO
from pathlib import Path

_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")


def thumbnail(path: Path, edge: int) -> tuple[str, tuple[int, int]] | None:
    """Return a picture of at most `edge` pixels a side as a `data:` address, and its size.

    None without Pillow, and where it cannot read the file.
    """
    try:
        from PIL import Image
    except ImportError:
        return None
    written = BytesIO()
    try:
        with Image.open(path, formats=_FORMATS) as image:
            image.draft("RGB", (edge, edge))
            image.thumbnail((edge, edge))
            image.convert("RGBA" if "A" in image.getbands() else "RGB").save(written, "WEBP", quality=78)
            size = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None
    return f"data:image/webp;base64,{base64.b64encode(written.getvalue()).decode('ascii')}", size
