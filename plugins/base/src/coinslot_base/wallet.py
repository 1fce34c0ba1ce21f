"""The wallet: one secp256k1 key, what it signs, and who signed something."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn, final

from coincurve import PrivateKey, PublicKey
from eth_hash.auto import keccak

from coinslot.evm_key import ORDER, PUBLISHED_ADDRESSES
from coinslot.keys import Key
from coinslot_base.addresses import of_public_key

_SIGNATURE = re.compile(r"0x[0-9a-f]{130}", re.ASCII)
_FIRST_V = 27


@final
class Wallet:
    """Signs with one key, and never shows it."""

    __slots__ = ("_key", "_signer", "address", "test")

    def __init__(self, key: Key) -> None:
        self._key = key
        self._signer: PrivateKey | None = None
        self.address = key.address or of_public_key(self._loaded().public_key.format(compressed=False))
        self.test = key.test or self.address in PUBLISHED_ADDRESSES

    def sign(self, digest: bytes) -> str:
        """Sign 32 bytes: `0x` and r, s, v (27 or 28). The same bytes give the same signature (RFC 6979)."""
        signature = self._loaded().sign_recoverable(digest, hasher=None)
        return "0x" + signature[:64].hex() + bytes([signature[64] + _FIRST_V]).hex()

    def sign_text(self, text: str) -> str:
        """Sign a text for people, with the prefix that keeps it from being a transaction (EIP-191)."""
        content = text.encode("utf-8")
        return self.sign(keccak(b"\x19Ethereum Signed Message:\n%d" % len(content) + content))

    @property
    def unlock(self) -> Callable[[], object] | None:
        """What opens the key, which may ask for its passphrase; None once it is open."""
        return self._key.unlock

    def _loaded(self) -> PrivateKey:
        if self._signer is None:
            self._signer = PrivateKey(self._key.reveal())
        return self._signer

    def __repr__(self) -> str:
        return f"<{'test' if self.test else 'live'} wallet {self.address}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a wallet is neither pickled nor copied"
        raise TypeError(message)


def signer_of(digest: bytes, signature: str) -> str:
    """Return the address that signed 32 bytes. Raises ValueError for a signature that no chain takes."""
    if not _SIGNATURE.fullmatch(signature):
        message = "the signature is not 65 bytes in lower-case hexadecimal"
        raise ValueError(message)
    raw = bytes.fromhex(signature[2:])
    recovery = raw[64] - _FIRST_V
    if recovery not in (0, 1) or not 0 < int.from_bytes(raw[32:64]) <= ORDER // 2:
        message = "the signature is not in the one form that tokens take"
        raise ValueError(message)
    try:
        key = PublicKey.from_signature_and_message(raw[:64] + bytes([recovery]), digest, hasher=None)
    except Exception as error:
        message = "the signature belongs to no key"
        raise ValueError(message) from error
    return of_public_key(key.format(compressed=False))
