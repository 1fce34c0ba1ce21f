"""The wallet: one secp256k1 key, what it signs, and who signed something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn, final

from coincurve import PrivateKey, PublicKey
from eth_hash.auto import keccak

from coinslot.evm_key import ORDER, PUBLISHED_ADDRESSES
from coinslot.keys import Key
from coinslot_tempo.addresses import of_public_key

SIGNATURE_BYTES = 65
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

    def sign(self, digest: bytes) -> bytes:
        """Sign 32 bytes: r, s, v (27 or 28). The same bytes give the same signature (RFC 6979)."""
        signature = self._loaded().sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([signature[64] + _FIRST_V])

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


@dataclass(slots=True)
class EvmIdentity:
    """The wallet as who it is: SIGN-IN-WITH-X by EIP-4361 texts and EIP-191 signatures.

    A plain key's signature is the same on every chain, so it signs in for those that servers ask for.
    """

    wallet: Wallet = field(repr=False)
    chains: tuple[str, ...]
    address: str = field(init=False)
    signature_type: str = field(default="eip191", init=False)
    account_kind: str = field(default="Ethereum", init=False)
    blank_line_without_statement: bool = field(default=True, init=False)

    def __post_init__(self) -> None:
        self.address = self.wallet.address

    def sign(self, text: str) -> str:
        """Sign a sign-in text: `0x` and 65 bytes in hexadecimal.

        The prefix keeps a text for people from ever being a transaction.
        """
        content = text.encode("utf-8")
        digest = keccak(b"\x19Ethereum Signed Message:\n%d" % len(content) + content)
        return "0x" + self.wallet.sign(digest).hex()


def signer_of(digest: bytes, signature: bytes) -> str:
    """Return the address that signed 32 bytes. Raises ValueError for a signature that no chain takes."""
    recovery = signature[64] - _FIRST_V if len(signature) == SIGNATURE_BYTES else -1
    if recovery not in (0, 1) or not 0 < int.from_bytes(signature[32:64]) <= ORDER // 2:
        message = "the signature is not in the one form that is signed here"
        raise ValueError(message)
    try:
        key = PublicKey.from_signature_and_message(signature[:64] + bytes([recovery]), digest, hasher=None)
    except Exception as error:
        message = "the signature belongs to no key"
        raise ValueError(message) from error
    return of_public_key(key.format(compressed=False))
