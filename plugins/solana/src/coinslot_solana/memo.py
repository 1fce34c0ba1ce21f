"""The memo of a payment, and how much computing it takes.

The seller may set it; else it is random, so that no two payments are the same bytes.
"""

from __future__ import annotations

import re

from coinslot.offer import Offer

MAX_MEMO_BYTES = 256
NONCE_BYTES = 16
_RANDOM = re.compile(rb"[0-9a-f]{32}")

BASE_UNITS = 20_000
"""Enough for the transfer, and for a memo of 32 plain letters."""
UNITS_PER_BYTE = 400
UNITS_PER_STRANGE_BYTE = 4_500
"""The memo program writes the memo to its log, and escaping what is not a plain letter costs it this much."""
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
    """Return the compute limit of a payment with this memo."""
    strange = sum(not 0x20 <= byte < 0x7F for byte in memo)
    more = UNITS_PER_BYTE * max(0, len(memo) - 2 * NONCE_BYTES) + UNITS_PER_STRANGE_BYTE * strange
    return min(BASE_UNITS + more, MAX_UNITS)
