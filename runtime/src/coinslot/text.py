"""Text that came from elsewhere, made fit to be shown."""

from __future__ import annotations

import unicodedata


def clean(text: str, limit: int = 300) -> str:
    """Return `text` on one line, without control characters, cut to `limit` characters.

    Terminal escapes, line breaks and bidirectional overrides could forge what a person reads.
    """
    shown = text[: limit * 4]
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(
            " " if character.isspace() else character
            for character in shown
            if character.isspace() or unicodedata.category(character)[0] != "C"
        )
    shown = " ".join(shown.split())
    return shown if len(shown) <= limit else f"{shown[: limit - 1]}…"
