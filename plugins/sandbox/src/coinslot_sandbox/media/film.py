"""A short MP4 that shows one picture."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from coinslot_sandbox.media import h264
from coinslot_sandbox.media.picture import draw, frame_size

FRAMES = 20
_PER_SECOND = 10
_TIMESCALE = 1000
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def film(title: str, text: str, given: Mapping[str, Any]) -> tuple[bytes, str]:
    """Return a film file of two seconds and its media type."""
    width, height = (max(side // h264.MACROBLOCK, 1) * h264.MACROBLOCK for side in frame_size(given, 320))
    columns, rows = width // h264.MACROBLOCK, height // h264.MACROBLOCK
    samples = [h264.first_frame(draw(title, text, (width, height)))]
    samples += [h264.repeated_frame(number, columns * rows) for number in range(1, FRAMES)]
    framed = [struct.pack(">I", len(sample)) + sample for sample in samples]
    head = _box("ftyp", b"isom", struct.pack(">I", 512), b"isomiso2avc1mp41")
    # The index stands before the samples and names their place, which depends on its own length.
    length = len(_index(framed, width, height, 0))
    index = _index(framed, width, height, len(head) + length + 8)
    return head + index + _box("mdat", *framed), "video/mp4"


def _box(kind: str, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind.encode()) + body


def _full(kind: str, flags: int, *content: bytes) -> bytes:
    return _box(kind, struct.pack(">I", flags), *content)


def _numbers(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


def _index(samples: list[bytes], width: int, height: int, start: int) -> bytes:
    duration = len(samples) * _TIMESCALE // _PER_SECOND
    movie = _full(
        "mvhd",
        0,
        _numbers(0, 0, _TIMESCALE, duration, 0x10000),
        b"\x01",
        bytes(11),
        _MATRIX,
        bytes(24),
        _numbers(2),
    )
    track = _full(
        "tkhd", 3, _numbers(0, 0, 1, 0, duration), bytes(16), _MATRIX, _numbers(width << 16, height << 16)
    )
    return _box("moov", movie, _box("trak", track, _media(samples, width, height, start, duration)))


def _media(samples: list[bytes], width: int, height: int, start: int, duration: int) -> bytes:
    header = _full("mdhd", 0, _numbers(0, 0, _TIMESCALE, duration), struct.pack(">HH", 0x55C4, 0))
    handler = _full("hdlr", 0, bytes(4), b"vide", bytes(12), b"picture\0")
    source = _box("dinf", _full("dref", 0, _numbers(1), _full("url ", 1)))
    table = _box(
        "stbl",
        _full("stsd", 0, _numbers(1), _entry(width, height)),
        _full("stts", 0, _numbers(1, len(samples), _TIMESCALE // _PER_SECOND)),
        _full("stss", 0, _numbers(1, 1)),
        _full("stsc", 0, _numbers(1, 1, len(samples), 1)),
        _full("stsz", 0, _numbers(0, len(samples), *(len(sample) for sample in samples))),
        _full("stco", 0, _numbers(1, start)),
    )
    information = _box("minf", _full("vmhd", 1, bytes(8)), source, table)
    return _box("mdia", header, handler, information)


def _entry(width: int, height: int) -> bytes:
    sps = h264.sequence_parameters(width // h264.MACROBLOCK, height // h264.MACROBLOCK)
    pps = h264.picture_parameters()
    config = b"".join(
        (
            bytes([1, *sps[1:4], 0xFF, 0xE1]),
            struct.pack(">H", len(sps)),
            sps,
            b"\x01",
            struct.pack(">H", len(pps)),
            pps,
        )
    )
    shape = struct.pack(">HHIIIH", width, height, 0x480000, 0x480000, 0, 1)
    return _box(
        "avc1", bytes(6), b"\0\x01", bytes(16), shape, bytes(32), b"\0\x18\xff\xff", _box("avcC", config)
    )
