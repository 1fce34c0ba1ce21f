"""Pictures for an agent to look at: made small, and written anew, so that nothing else comes along."""

from __future__ import annotations

import base64
import io
import warnings

from mcp import types
from PIL import Image, UnidentifiedImageError

SIDE = 1024
"""Pixels of the longer side, at most."""
LARGEST = 700_000
"""Bytes, at most."""
_MOST_PIXELS = 64_000_000
_SMALLEST = 64


def picture(content: bytes) -> types.ImageContent | None:
    """Return what a file holds as a picture; None where it holds none that can be shown."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content)) as opened:
                if opened.width * opened.height > _MOST_PIXELS:
                    return None
                shown = opened.convert("RGBA" if opened.has_transparency_data else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        return None
    kind = "PNG" if shown.mode == "RGBA" else "JPEG"
    side = SIDE
    while side >= _SMALLEST:
        shown.thumbnail((side, side))
        written = io.BytesIO()
        shown.save(written, kind)
        if written.tell() <= LARGEST:
            data = base64.b64encode(written.getvalue()).decode()
            return types.ImageContent(data=data, mime_type=f"image/{kind.lower()}")
        side = side * 3 // 4
    return None
