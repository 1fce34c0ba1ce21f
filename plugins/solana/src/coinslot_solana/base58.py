"""Base58, in which Solana writes keys, addresses, blockhashes and signatures.

Here and not from solders, so that an offer can be refused and a key be read before that is loaded.
"""

from __future__ import annotations

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_VALUES = {letter: value for value, letter in enumerate(ALPHABET)}
MAX_LETTERS = 128
"""More than any key or signature has; the cost of decoding grows with the square of the length."""


def encode(raw: bytes) -> str:
    """Write bytes in base58; each leading zero byte is a `1`."""
    zeros = len(raw) - len(raw.lstrip(b"\0"))
    number = int.from_bytes(raw)
    letters = []
    while number:
        number, value = divmod(number, 58)
        letters.append(ALPHABET[value])
    return "1" * zeros + "".join(reversed(letters))


def decode(text: str, length: int) -> bytes:
    """Read exactly `length` bytes, in the one way of writing them. Raises ValueError."""
    number = 0
    try:
        for letter in text[: MAX_LETTERS + 1]:
            number = number * 58 + _VALUES[letter]
    except KeyError:
        raise ValueError("it is not base58") from None
    zeros = len(text) - len(text.lstrip("1"))
    size = zeros + (number.bit_length() + 7) // 8
    if len(text) > MAX_LETTERS or size != length:
        raise ValueError(f"it is not {length} bytes in base58")
    return number.to_bytes(length)
