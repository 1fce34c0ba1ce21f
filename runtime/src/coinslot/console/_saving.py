"""Saving an answer that is itself a file, under the rules by which results are saved."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from coinslot.media import SNIFFED_BYTES, sniff
from coinslot.saving import place_of
from coinslot.saving._names import take, with_ending


def save_content(content: bytes, output: str | None, *, model: str) -> Path:
    """Write an answer's bytes, over no other file, and return where they lie."""
    now = time.time()
    words = {"model": model, "job_id": str(int(now)), "member": "answer"}
    wanted = place_of(output or ".").path(words, now)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    part = wanted.with_name(f".{wanted.name[:100]}.{secrets.token_hex(6)}.part")
    part.write_bytes(content)
    return take(part, with_ending(wanted, sniff(content[:SNIFFED_BYTES])))
