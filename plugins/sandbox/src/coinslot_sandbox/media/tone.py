"""A short tone."""

from __future__ import annotations

import io
import math
import struct
import wave

_RATE = 8000


def tone() -> tuple[bytes, str]:
    """Return half a second of 440 Hz as a WAV file, and its media type."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(_RATE)
        swings = (int(8000 * math.sin(math.tau * 440 * step / _RATE)) for step in range(_RATE // 2))
        sound.writeframes(b"".join(struct.pack("<h", swing) for swing in swings))
    return file.getvalue(), "audio/wav"
