"""Text that came from elsewhere, made fit to be shown."""

from __future__ import annotations

import os
import re
import unicodedata

_TYPED = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:-]{0,79}", re.ASCII)


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


def written(path: str | os.PathLike[str]) -> str:
    """Return a path as text that can be written down: names of files need not be text on every system."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def typed(word: str, otherwise: str | None) -> str:
    """Return a server's word for a command that people copy, or what stands for it where it is none to type.

    One that begins with a hyphen would be an option, and a shell runs what it finds in others.
    """
    return clean(word) if otherwise is None or _TYPED.fullmatch(word) else otherwise
