"""The wallet: one secp256k1 key, what it signs, and who signed something."""

from __future__ import annotations

import re
from typing import NoReturn, final

from coincurve import PrivateKey, PublicKey
from eth_hash.auto import keccak

from coinslot.keys import Key
from coinslot_base.addresses import of_public_key

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""Of the group: a key is at least 1 and less than this."""
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}", re.ASCII)
_FIRST_V = 27

PUBLISHED_ADDRESSES = frozenset(
    {
        "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266",
        "0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
        "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
        "0x90F79bf6EB2c4f870365E785982E1f101E93b906",
        "0x15d34AAf54267DB7D7c367839AAf71A00a2C6A65",
        "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc",
        "0x976EA74026E726554dB657fA54763abd0C3a0aa9",
        "0x14dC79964da2C08b23698B3D3cc7Ca32193d9955",
        "0x23618e81E3f5cdF7f54C3d65f7FBc0aBf5B21E8f",
        "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720",
        "0xBcd4042DE499D14e55001CcbB24a551F3b954096",
        "0x71bE63f3384f5fb98995898A86B02Fb2426c5788",
        "0xFABB0ac9d68B0B445fB7357272Ff202C5651694a",
        "0x1CBd3b2770909D4e10f157cABC84C7264073C9Ec",
        "0xdF3e18d64BC6A983f673Ab319CCaE4f1a57C7097",
        "0xcd3B766CCDd6AE721141F452C550Ca635964ce71",
        "0x2546BcD3c84621e976D8185a91A922aE77ECEc30",
        "0xbDA5747bFD65F08deb54cb465eB87D40e51B197E",
        "0xdD2FD4581271e230360230F9337D5c0430Bf44C0",
        "0x8626f6940E2eb28930eFb4CeF49B2d1F2C9C1199",
    }
)
"""The accounts that hardhat and anvil publish with their keys: always test keys, marked or not."""


@final
class Wallet:
    """Signs with one key, and never shows it."""

    __slots__ = ("_key", "address", "test")

    def __init__(self, key: Key) -> None:
        self._key = PrivateKey(key.reveal())
        self.address = of_public_key(self._key.public_key.format(compressed=False))
        self.test = key.test or self.address in PUBLISHED_ADDRESSES

    def sign(self, digest: bytes) -> str:
        """Sign 32 bytes: `0x` and r, s, v (27 or 28). The same bytes give the same signature (RFC 6979)."""
        signature = self._key.sign_recoverable(digest, hasher=None)
        return "0x" + signature[:64].hex() + bytes([signature[64] + _FIRST_V]).hex()

    def sign_text(self, text: str) -> str:
        """Sign a text for people, with the prefix that keeps it from being a transaction (EIP-191)."""
        content = text.encode("utf-8")
        return self.sign(keccak(b"\x19Ethereum Signed Message:\n%d" % len(content) + content))

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
