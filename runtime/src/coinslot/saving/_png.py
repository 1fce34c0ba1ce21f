"""A text inside a PNG picture: one chunk more, and every other byte as it was."""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def with_text(picture: bytes, keyword: str, text: str) -> bytes | None:
    """Return the picture with an international text chunk before its end; None where it is no whole PNG.

    Source: PNG (Third Edition), 5.3 (chunks), 11.3.3.4 (iTXt).
    """
    end = _end_of(picture)
    if end is None:
        return None
    content = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode()
    body = b"iTXt" + content
    chunk = struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:end] + chunk + picture[end:]


def text_of(picture: bytes, keyword: str) -> str | None:
    """Return the text that stands in a picture under a keyword; None where there is none."""
    start = keyword.encode("latin-1") + b"\0\0\0\0\0"
    for kind, content in _chunks(picture):
        if kind == b"iTXt" and content.startswith(start):
            return content[len(start) :].decode("utf-8", "replace")
    return None


def _end_of(picture: bytes) -> int | None:
    """Return where the last chunk begins."""
    at = len(SIGNATURE)
    for kind, content in _chunks(picture):
        if kind == b"IEND":
            return at
        at += 12 + len(content)
    return None


def _chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    if not picture.startswith(SIGNATURE):
        return []
    found, at = [], len(SIGNATURE)
    while at + 12 <= len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        if at + 12 + length > len(picture):
            return []
        found.append((picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]))
        at += 12 + length
    return found
