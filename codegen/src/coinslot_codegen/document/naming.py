"""Python names from the document's words.

Nothing of the document survives into an identifier but ASCII letters, digits and underscores, so
that no text can become code.
"""

from __future__ import annotations

import keyword
import re
import unicodedata
from functools import lru_cache
from typing import Final

LONGEST: Final = 60
"""Characters of an identifier. Longer ones help nobody and break file names."""
_SOFT_KEYWORDS: Final = frozenset({"_", "case", "match"})
"""Kept as a list: a later Python has more (`type`), and the same document must give the same names there."""
_LIKE_FIGURES: Final = frozenset({"l", "I", "O"})
"""Names that look like figures, which linters refuse."""


def words(text: str) -> list[str]:
    """The words of any spelling: `aspectRatio`, `paint-pro`, `film-2.1`, `HTTPStatus`."""
    return list(_words(text))


@lru_cache(maxsize=16_384)
def _words(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    split = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", plain)
    split = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", split)
    return tuple(word.lower() for word in re.findall(r"[A-Za-z0-9]+", split))


def identifier(text: str, fallback: str = "unnamed") -> str:
    """A snake_case identifier: `aspectRatio` is `aspect_ratio`, `film-2.1` is `film_2_1`.

    Keywords get an underscore behind them, a leading digit an `x` before it; text without a single
    usable character becomes `fallback`.
    """
    name = "_".join(words(text))[:LONGEST].strip("_") or fallback
    if name[0].isdigit():
        name = f"x{name}"
    taken = keyword.iskeyword(name) or name in _SOFT_KEYWORDS or name in _LIKE_FIGURES
    return f"{name}_" if taken else name


def class_name(text: str) -> str:
    """A CapWords identifier: `image-result` is `ImageResult`."""
    name = "".join(word[:1].upper() + word[1:] for word in words(text))[:LONGEST] or "Unnamed"
    if name[0].isdigit():
        name = f"X{name}"
    return f"{name}Value" if keyword.iskeyword(name) or name in _LIKE_FIGURES else name


def title(text: str) -> str:
    """For people, as in `Paint Pro` for `paint-pro`; dots stay, as in `Film 2.1`."""
    plain = re.sub(r"[^\w.]+|_+", " ", text).strip(" .")
    return " ".join(word[:1].upper() + word[1:] for word in plain.split()) or text
