"""The memo of a payment, and how much computing it takes.

The seller may set it; else it is random, so that no two payments are the same bytes.
"""

from __future__ import annotations

import re

from coinslot.offer import Offer

MAX_MEMO_BYTES = 256
NONCE_BYTES = 16
_RANDOM = re.compile(rb"[0-9a-f]{32}")

USUAL_UNITS = 20_000
"""The compute limit that others set too: enough for the transfer and a memo of 33 plain letters."""
TRANSFER_UNITS = 8_000
"""What all but the memo's text takes."""
PLAIN_UNITS, ESCAPED_UNITS, LATIN_UNITS, OTHER_UNITS = 360, 1_100, 600, 5_000
"""What each byte of text takes: the memo program writes it to the log, and decides how to escape it.

Measured for plain ASCII, its control characters, Latin-1, and all else, where it is dearest.
"""
MAX_UNITS = 1_400_000
"""The most that one transaction gets."""


def seller_memo(offer: Offer) -> bytes | None:
    """Return the memo that the offer sets; None where it sets none. Raises ValueError for a bad one."""
    memo = offer.extra.get("memo")
    if memo is None or memo == "":
        return None
    if not isinstance(memo, str):
        raise ValueError("its memo is not text")  # noqa: TRY004 - one kind of error for one kind of failure
    try:
        raw = memo.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError("its memo is not valid Unicode") from None
    if len(raw) > MAX_MEMO_BYTES:
        raise ValueError(f"its memo has {len(raw)} bytes, more than {MAX_MEMO_BYTES}")
    return raw


def memo_fits(memo: bytes, offer: Offer) -> bool:
    """Whether this is the memo that the offer sets, or a random one where it sets none."""
    wanted = seller_memo(offer)
    return memo == wanted if wanted is not None else _RANDOM.fullmatch(memo) is not None


def units_for(memo: bytes) -> int:
    """Return the compute limit of a payment with this memo: the usual one where that is enough."""
    text = memo.decode("utf-8", errors="replace")
    needed = TRANSFER_UNITS + sum(_units(letter) * len(letter.encode()) for letter in text)
    return USUAL_UNITS if needed <= USUAL_UNITS else min(needed + needed // 10, MAX_UNITS)


def _units(letter: str) -> int:
    if " " <= letter <= "~":
        return PLAIN_UNITS
    if letter <= "\x7f":
        return ESCAPED_UNITS
    return LATIN_UNITS if letter <= "\xff" else OTHER_UNITS
