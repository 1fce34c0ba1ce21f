"""Encrypted keystore files: the Web3 Secret Storage scheme, version 3, for any secret of 32 bytes.

A file without label is a standard V3 file, which other wallets open too. One with a label holds another kind
of secret in the same scheme, and its version says so, so that no other wallet mistakes it:
`{"version": "coinslot-1", "secret": LABEL, "crypto": {...}}`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import uuid
from typing import Any, cast

from coinslot.errors import ConfigurationError

SCRYPT_N = 2**17
"""Cost of a passphrase: a third of a second, and 128 MiB, for us and for each guess."""
MOST_SCRYPT_MEMORY = 2**30
"""Bytes that a file may ask for."""
MOST_ROUNDS = 10_000_000
LABELLED = "coinslot-1"
_KEY_BYTES = 32
_BLOCK_BYTES = 16


def seal(secret: bytes, passphrase: bytes, address: str, label: str | None) -> bytes:
    """Encrypt a secret. Raises ConfigurationError where the cipher is not installed."""
    salt, start = secrets.token_bytes(32), secrets.token_bytes(_BLOCK_BYTES)
    key = _scrypt(passphrase, salt, n=SCRYPT_N, r=8, p=1)
    hidden = _cipher(key[:16], start, secret)
    crypto = {
        "cipher": "aes-128-ctr",
        "cipherparams": {"iv": start.hex()},
        "ciphertext": hidden.hex(),
        "kdf": "scrypt",
        "kdfparams": {"dklen": _KEY_BYTES, "n": SCRYPT_N, "r": 8, "p": 1, "salt": salt.hex()},
        "mac": _mac(key, hidden).hex(),
    }
    file: dict[str, Any] = {"id": str(uuid.uuid4()), "crypto": crypto}
    if label is None:
        file |= {"version": 3, "address": address.removeprefix("0x").lower()}
    else:
        file |= {"version": LABELLED, "secret": label, "address": address}
    return (json.dumps(file, indent=2) + "\n").encode("ascii")


def looks_sealed(text: str) -> bool:
    """Whether a text is a keystore file and not a plain secret."""
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and bool({"crypto", "Crypto"} & set(read))


def unseal(content: bytes, passphrase: bytes, label: str | None) -> bytes | None:
    """Return the secret; None for another passphrase, and for a file that is no such keystore.

    Never raises for what it was given, so that no traceback holds a passphrase. Raises ConfigurationError
    where the cipher is not installed.
    """
    installed()
    try:
        return _unseal(json.loads(content), passphrase, label)
    except Exception:  # noqa: BLE001 - a file may be wrong in every way, and says nothing but that
        return None


def _unseal(file: dict[str, Any], passphrase: bytes, label: str | None) -> bytes | None:
    version = (file["version"], file.get("secret"))
    if version != ((3, None) if label is None else (LABELLED, label)):
        return None
    crypto = file.get("crypto") or file["Crypto"]
    key = _derived(crypto["kdf"], crypto["kdfparams"], passphrase)
    hidden = bytes.fromhex(crypto["ciphertext"])
    fits = hmac.compare_digest(_mac(key, hidden), bytes.fromhex(crypto["mac"]))
    if not fits or crypto["cipher"] != "aes-128-ctr":
        return None
    start = bytes.fromhex(crypto["cipherparams"]["iv"])
    # eth_keyfile writes it as a number: one file in 256 lacks its leading zeros.
    return _cipher(key[:16], start.rjust(_BLOCK_BYTES, b"\0"), hidden)


def _derived(kdf: str, told: dict[str, Any], passphrase: bytes) -> bytes:
    salt, length = bytes.fromhex(told["salt"]), told["dklen"]
    if length != _KEY_BYTES:
        raise ValueError("another length than ours")
    if kdf == "scrypt":
        return _scrypt(passphrase, salt, n=told["n"], r=told["r"], p=told["p"])
    if kdf == "pbkdf2" and told["prf"] == "hmac-sha256" and told["c"] <= MOST_ROUNDS:
        return hashlib.pbkdf2_hmac("sha256", passphrase, salt, told["c"], _KEY_BYTES)
    raise ValueError("an unknown way to derive a key")


def _scrypt(passphrase: bytes, salt: bytes, *, n: int, r: int, p: int) -> bytes:
    if 128 * n * r * p > MOST_SCRYPT_MEMORY:
        raise ValueError("a cost beyond what is sensible")
    if n >= 2 ** (16 * r):
        # RFC 7914 forbids it and OpenSSL refuses, but old files have it, the definition's own example too.
        from Crypto.Protocol.KDF import scrypt

        texts = (passphrase.decode("latin-1"), salt.decode("latin-1"))  # which it takes for bytes
        return cast("bytes", scrypt(*texts, _KEY_BYTES, N=n, r=r, p=p))
    most = MOST_SCRYPT_MEMORY + 2**20
    return hashlib.scrypt(passphrase, salt=salt, n=n, r=r, p=p, maxmem=most, dklen=_KEY_BYTES)


def _mac(key: bytes, hidden: bytes) -> bytes:
    from Crypto.Hash import keccak

    return keccak.new(digest_bits=256, data=key[16:32] + hidden).digest()


def _cipher(key: bytes, start: bytes, content: bytes) -> bytes:
    """Encrypt or decrypt, which are the same."""
    from Crypto.Cipher import AES

    return AES.new(key, AES.MODE_CTR, nonce=b"", initial_value=start).encrypt(content)


def installed() -> None:
    """Raise ConfigurationError unless keystores can be opened here."""
    try:
        import Crypto.Cipher.AES  # noqa: F401 - whether it is there
    except ImportError:
        raise ConfigurationError("Keystores need one more package: pip install 'coinslot[wallet]'") from None
