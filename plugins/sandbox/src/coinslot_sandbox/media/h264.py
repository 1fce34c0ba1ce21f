"""The smallest honest H.264: one picture coded as raw samples, then frames that repeat it.

Baseline profile, as ITU-T H.264 writes it: the first frame's macroblocks are all I_PCM (samples as
they are), all others are skipped. No encoder is needed, and every player can show it.
"""

from __future__ import annotations

from PIL import Image

MACROBLOCK = 16
_I_PCM = 25


class _Bits:
    """Writes bits, most significant first."""

    def __init__(self) -> None:
        self._done = bytearray()
        self._open = 0
        self._count = 0

    def u(self, value: int, width: int) -> None:
        for shift in range(width - 1, -1, -1):
            self._open = self._open << 1 | (value >> shift & 1)
            self._count += 1
            if self._count == 8:
                self._done.append(self._open)
                self._open = self._count = 0

    def ue(self, value: int) -> None:
        """Write an unsigned Exp-Golomb number."""
        width = (value + 1).bit_length()
        self.u(0, width - 1)
        self.u(value + 1, width)

    def align(self) -> None:
        if self._count:
            self.u(0, 8 - self._count)

    def raw(self, content: bytes) -> None:
        """Append whole bytes; only where the writer is aligned."""
        self._done += content

    def end(self) -> bytes:
        self.u(1, 1)
        self.align()
        return bytes(self._done)


def unit(kind: int, payload: bytes) -> bytes:
    """Return a NAL unit, with 03 put between zeros that would look like a start code."""
    escaped = bytearray([kind])
    zeros = 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            escaped.append(3)
            zeros = 0
        escaped.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(escaped)


def sequence_parameters(columns: int, rows: int) -> bytes:
    """Return the SPS for a picture of so many macroblocks."""
    bits = _Bits()
    for byte in (66, 0xC0, 30):  # baseline, usable by constrained decoders, level 3
        bits.u(byte, 8)
    for value in (0, 0, 2, 1):  # id, 4-bit frame numbers, output in decoding order, one reference
        bits.ue(value)
    bits.u(0, 1)
    bits.ue(columns - 1)
    bits.ue(rows - 1)
    for flag in (1, 1, 0, 0):  # whole frames, direct 8x8, no cropping, no VUI
        bits.u(flag, 1)
    return unit(0x67, bits.end())


def picture_parameters() -> bytes:
    """Return the PPS: CAVLC, one slice group, filter control in the slices."""
    bits = _Bits()
    bits.ue(0)
    bits.ue(0)
    bits.u(0, 2)
    for value in (0, 0, 0):
        bits.ue(value)
    bits.u(0, 3)
    for value in (0, 0, 0):
        bits.ue(value)
    bits.u(0b100, 3)
    return unit(0x68, bits.end())


def first_frame(image: Image.Image) -> bytes:
    """Return the IDR slice of a picture whose sides are multiples of 16."""
    bits = _Bits()
    for value in (0, 7, 0):  # first macroblock, intra only, picture parameters
        bits.ue(value)
    bits.u(0, 4)
    bits.ue(0)
    bits.u(0, 2)
    bits.ue(0)
    bits.ue(1)  # no deblocking
    luma, blue, red = image.convert("YCbCr").split()
    half = (image.width // 2, image.height // 2)
    blue, red = blue.resize(half), red.resize(half)
    for top in range(0, image.height, MACROBLOCK):
        for left in range(0, image.width, MACROBLOCK):
            bits.ue(_I_PCM)
            bits.align()
            bits.raw(_samples(luma, left, top, MACROBLOCK))
            bits.raw(_samples(blue, left // 2, top // 2, MACROBLOCK // 2))
            bits.raw(_samples(red, left // 2, top // 2, MACROBLOCK // 2))
    return unit(0x65, bits.end())


def repeated_frame(number: int, macroblocks: int) -> bytes:
    """Return a slice that skips every macroblock: the picture before it, once more."""
    bits = _Bits()
    for value in (0, 5, 0):
        bits.ue(value)
    bits.u(number % 16, 4)
    bits.u(0, 3)  # no override, no reordering, sliding window
    bits.ue(0)
    bits.ue(1)
    bits.ue(macroblocks)
    return unit(0x41, bits.end())


def _samples(plane: Image.Image, left: int, top: int, side: int) -> bytes:
    return plane.crop((left, top, left + side, top + side)).tobytes().translate(_STUDIO_RANGE)


_STUDIO_RANGE = bytes(16 + value * 219 // 255 for value in range(256))
