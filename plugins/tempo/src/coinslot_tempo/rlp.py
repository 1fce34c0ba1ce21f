"""RLP, the encoding of transactions: bytes and lists of them, each value in exactly one way.

Written out because the general library costs a fresh process a third of a second to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Item: TypeAlias = "bytes | Sequence[Item]"

_SHORT = 55
"""A payload up to this length has its length in the first byte."""
_TEXT, _LIST = 0x80, 0xC0
_MAX_DEPTH = 8


def encode(item: Item) -> bytes:
    """Encode bytes, or a list of what can be encoded."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < _TEXT:
            return item
        return _head(len(item), _TEXT) + item
    payload = b"".join(map(encode, item))
    return _head(len(payload), _LIST) + payload


def decode(encoded: bytes) -> Item:
    """Read what `encode` wrote. Raises ValueError for anything else, a second spelling of a value too."""
    item, end = _read(encoded, 0, 0)
    if end != len(encoded):
        raise ValueError("the encoded transaction goes on after its end")
    return item


def number(value: int) -> bytes:
    """Return a number as RLP wants it: big-endian without leading zeros, zero as nothing."""
    return value.to_bytes((value.bit_length() + 7) // 8)


def _head(length: int, kind: int) -> bytes:
    if length <= _SHORT:
        return bytes([kind + length])
    digits = number(length)
    return bytes([kind + _SHORT + len(digits)]) + digits


def _read(encoded: bytes, start: int, depth: int) -> tuple[Item, int]:
    """Read the item at `start`, and where it ends."""
    if start >= len(encoded) or depth > _MAX_DEPTH:
        raise ValueError("the encoded transaction is cut or too deep")
    first = encoded[start]
    if first < _TEXT:
        return encoded[start : start + 1], start + 1
    kind = _LIST if first >= _LIST else _TEXT
    begin = start + 1
    length = first - kind
    if length > _SHORT:
        begin += length - _SHORT
        length = int.from_bytes(encoded[start + 1 : begin])
    end = begin + length
    if end > len(encoded) or encoded[start:begin] != _head(length, kind):
        raise ValueError("the encoded transaction has a length that is wrong or oddly written")
    if kind == _TEXT:
        text = encoded[begin:end]
        if encode(text) != encoded[start:end]:
            raise ValueError("the encoded transaction has an oddly written byte")
        return text, end
    items: list[Item] = []
    while begin < end:
        item, begin = _read(encoded, begin, depth + 1)
        items.append(item)
    if begin != end:
        raise ValueError("the encoded transaction has a list that breaks its bounds")
    return items, end
