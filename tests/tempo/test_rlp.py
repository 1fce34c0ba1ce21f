"""RLP against the general library, and that a value has one spelling."""

from __future__ import annotations

from typing import Any

import pytest
import rlp as general  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from coinslot_tempo import rlp

ITEMS = st.recursive(st.binary(max_size=80), lambda inner: st.lists(inner, max_size=5), max_leaves=20)


def _depth(item: Any) -> int:
    return 0 if isinstance(item, bytes) else 1 + max(map(_depth, item), default=0)


@given(item=ITEMS.filter(lambda item: _depth(item) <= 8))
def test_as_the_general_library_writes_and_reads(item: Any) -> None:
    encoded = rlp.encode(item)

    assert encoded == general.encode(item)
    assert rlp.decode(encoded) == item


@pytest.mark.parametrize("length", [0, 1, 55, 56, 255, 256, 65_535, 65_536])
def test_lengths(length: int) -> None:
    item = [b"\xaa" * length]

    assert rlp.encode(item) == general.encode(item)
    assert rlp.decode(rlp.encode(item)) == item


@given(encoded=st.binary(max_size=60))
def test_what_is_read_has_no_second_spelling(encoded: bytes) -> None:
    try:
        item = rlp.decode(encoded)
    except ValueError:
        return
    assert rlp.encode(item) == encoded


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        "8100",
        "817f",
        "b800",
        "b83700",
        "b90001aa",
        "f800",
        "c1",
        "c28080ff",
        "c283aabb",
        "bfffffffffffffffff",
        "ffffffffffffffffff",
        "c1" * 9 + "c0",
    ],
)
def test_oddities_are_refused(encoded: str) -> None:
    with pytest.raises(ValueError, match="encoded transaction"):
        rlp.decode(bytes.fromhex(encoded))


@given(value=st.integers(0, 2**256 - 1))
def test_numbers(value: int) -> None:
    assert rlp.number(value) == value.to_bytes(32).lstrip(b"\0")
