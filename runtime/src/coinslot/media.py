"""What kind of media a file holds, told from its first bytes and never from its name."""

from __future__ import annotations

SNIFFED_BYTES = 64
"""How much of a file's beginning `sniff` wants."""

_PREFIXES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"ID3", "audio/mpeg"),
    (b"%PDF-", "application/pdf"),
)
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS = {
    b"avif": "image/avif",
    b"heic": "image/heic",
    b"mif1": "image/heif",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"qt  ": "video/quicktime",
}
_ALIASES = (
    ("image/jpeg", "image/jpg"),
    ("audio/mpeg", "audio/mp3"),
    ("audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave"),
    ("audio/mp4", "audio/m4a", "audio/x-m4a"),
    ("audio/flac", "audio/x-flac"),
)


def sniff(head: bytes) -> str | None:
    """Return the media type of a file that begins with `head`, or None if it is not known."""
    for prefix, kind in _PREFIXES:
        if head.startswith(prefix):
            return kind
    if head.startswith(b"RIFF"):
        return _RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head.startswith(b"\x1aE\xdf\xa3"):
        # Matroska's document type stands in the first header, after elements of varying length.
        return "video/webm" if b"webm" in head[:SNIFFED_BYTES] else "video/x-matroska"
    return _audio_frame(head)


def among(kind: str, accepted: tuple[str, ...]) -> str | None:
    """Return the name by which `accepted` lists `kind`, or None if it does not."""
    names = next((names for names in _ALIASES if kind in names), (kind,))
    return next((name for name in (kind, *names) if name in accepted), None)


def _audio_frame(head: bytes) -> str | None:
    """Tell MPEG audio and AAC by their frame header: twelve set bits, then version and layer."""
    if len(head) < 2 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    return "audio/mpeg" if head[1] & 0x06 else None
