"""The zero-amount proof: a signature that shows who asks, where a server takes one in place of money.

EIP-712 in the three shapes that servers have asked for; each newer one covers more.
"""

from __future__ import annotations

from eth_hash.auto import keccak

from coinslot_tempo.addresses import argument

_DOMAIN = keccak(b"EIP712Domain(string name,string version,uint256 chainId)")
_SHAPES = {
    1: keccak(b"Proof(string challengeId)"),
    2: keccak(b"Proof(string challengeId,string realm)"),
    3: keccak(b"Proof(address account,string challengeId,string realm)"),
}


def proof_digest(version: int, chain_id: int, account: str, challenge_id: str, realm: str) -> bytes:
    """Return the 32 bytes that are signed."""
    members = {
        1: _text(challenge_id),
        2: _text(challenge_id) + _text(realm),
        3: argument(account) + _text(challenge_id) + _text(realm),
    }
    domain = keccak(_DOMAIN + _text("MPP") + _text(str(version)) + chain_id.to_bytes(32))
    return bytes(keccak(b"\x19\x01" + domain + keccak(_SHAPES[version] + members[version])))


def _text(text: str) -> bytes:
    return bytes(keccak(text.encode("utf-8")))
