"""The wallet: one ed25519 key, and what it signs. The library that signs is loaded when first needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NoReturn, final

from coinslot.errors import ConfigurationError
from coinslot.keys import Key

if TYPE_CHECKING:
    from solders.keypair import Keypair

SEED_BYTES = 32


@final
class Wallet:
    """Signs with one key, and never shows it."""

    __slots__ = ("_key", "_signer", "test")

    def __init__(self, key: Key) -> None:
        """Take a seed of 32 bytes, or a seed and its public key, 64 bytes together."""
        self._key = key
        self._signer: Keypair | None = None
        # A seed that repeats one byte stands in published vectors and examples, for anyone to use. What is
        # opened later is a test key only if it is marked so; opening it, the mark is checked.
        self.test = key.test or (key.address is None and len(set(key.reveal()[:SEED_BYTES])) == 1)

    @property
    def address(self) -> str:
        """The public key in base58. Raises ConfigurationError if another was stored with the seed."""
        return self._key.address or str(self._loaded().pubkey())

    @property
    def unlock(self) -> Callable[[], object] | None:
        """What opens the key, which may ask for its passphrase; None once it is open."""
        return self._key.unlock

    def sign(self, message: bytes) -> str:
        """Sign bytes: 64 bytes in base58. The same bytes give the same signature (RFC 8032)."""
        return str(self._loaded().sign_message(message))

    def _loaded(self) -> Keypair:
        # solders shows a key pair with its secret, so no local variable here may hold one.
        if self._signer is None:
            self._signer = _signer(self._key)
        if self._signer is None:
            raise ConfigurationError("The two halves of the Solana key, seed and public key, do not fit.")
        return self._signer

    def __repr__(self) -> str:
        shown = f" {self._signer.pubkey()}" if self._signer is not None else ""
        return f"<{'test' if self.test else 'live'} wallet{shown}>"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        message = "a wallet is neither pickled nor copied"
        raise TypeError(message)


def _signer(key: Key) -> Keypair | None:
    from solders.keypair import Keypair

    signer = Keypair.from_seed(key.reveal()[:SEED_BYTES])
    public = key.reveal()[SEED_BYTES:]
    return signer if public in (b"", bytes(signer.pubkey())) else None


def seed_of(key: Key) -> bytes | None:
    """Return the seed of a key; None where its public half is another's."""
    return key.reveal()[:SEED_BYTES] if _signer(key) is not None else None
