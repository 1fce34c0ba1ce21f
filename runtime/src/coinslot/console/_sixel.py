"""Sixels: pictures as printable characters, six rows of pixels at a time (DEC STD 070, chapter on sixels)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

COLOURS = 255
_BAND = 6
_NONE = b"?"
"""Stands for six pixels of which none has the colour; their bits count from it on."""
_RUN = re.compile(r"(.)\1{3,}")


def sixels(image: Image.Image) -> str:
    """Return what shows an image, reduced to 255 colours, at the cursor; it leaves what it does not cover."""
    reduced = image.convert("RGB").quantize(COLOURS)
    width, height = reduced.size
    return f'\x1bP0;1;0q"1;1;{width};{height}{_palette(reduced)}{"-".join(_bands(reduced))}\x1b\\'


def _palette(image: Image.Image) -> str:
    """Define the colours, whose parts are percents there."""
    parts = [round(part * 100 / 255) for part in image.getpalette() or ()]
    triples = zip(parts[0::3], parts[1::3], parts[2::3], strict=True)
    return "".join(f"#{number};2;{red};{green};{blue}" for number, (red, green, blue) in enumerate(triples))


def _bands(image: Image.Image) -> Iterator[str]:
    width, height = image.size
    pixels = image.tobytes()
    for top in range(0, height, _BAND):
        lines: defaultdict[int, bytearray] = defaultdict(partial(bytearray, _NONE * width))
        for bit, row in enumerate(range(top, min(top + _BAND, height))):
            for column, colour in enumerate(pixels[row * width : (row + 1) * width]):
                lines[colour][column] += 1 << bit
        # Each colour of a band is a line of its own, drawn over the others from the left edge on.
        yield "$".join(f"#{colour}{_shorter(line.decode())}" for colour, line in sorted(lines.items()))


def _shorter(line: str) -> str:
    return _RUN.sub(lambda run: f"!{len(run[0])}{run[1]}", line)
