"""EIP-3009 `TransferWithAuthorization`: its fields, its EIP-712 digest, its JSON.

The digest of this one fixed structure is nine words and two hashes, written out here because the
general encoder (`eth_account.messages`) costs a fresh process half a second to import. The tests
hold it against that encoder and against published vectors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

from eth_hash.auto import keccak

from coinslot_base.addresses import address_bytes
from coinslot_base.assets import Token

DOMAIN_TYPE = keccak(
    b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
)
TRANSFER_TYPE = keccak(
    b"TransferWithAuthorization(address from,address to,uint256 value,"
    b"uint256 validAfter,uint256 validBefore,bytes32 nonce)",
)
MAX_WORD = 2**256 - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)
_NONCE = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_FIELDS = {"from", "to", "value", "validAfter", "validBefore", "nonce"}


@dataclass(frozen=True, slots=True)
class Authorization:
    """One transfer that whoever holds its signature may carry out, once, in its time."""

    payer: str
    payee: str
    """As received, so that it is sent back letter for letter."""
    value: int
    """Atomic units."""
    valid_before: int
    """Unix seconds; the chain takes it in blocks with a smaller timestamp."""
    nonce: str
    """`0x` and 64 lower-case hexadecimal digits."""
    valid_after: int = 0

    def digest(self, token: Token) -> bytes:
        """Return the 32 bytes that are signed for this token."""
        return _digest(self, token)

    def json(self) -> dict[str, str]:
        """Return the fields as x402 carries them: numbers are decimal strings."""
        return {
            "from": self.payer,
            "to": self.payee,
            "value": str(self.value),
            "validAfter": str(self.valid_after),
            "validBefore": str(self.valid_before),
            "nonce": self.nonce,
        }

    @classmethod
    def read(cls, fields: object) -> Self:
        """Read what `json` wrote. Raises ValueError for anything else."""
        if not isinstance(fields, Mapping) or set(fields) != _FIELDS:
            message = "the authorization has other fields than EIP-3009's"
            raise ValueError(message)
        nonce = fields["nonce"]
        if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
            message = "the authorization's nonce is not 32 bytes in lower-case hexadecimal"
            raise ValueError(message)
        return cls(
            payer=_address(fields["from"]),
            payee=_address(fields["to"]),
            value=_number(fields["value"]),
            valid_after=_number(fields["validAfter"]),
            valid_before=_number(fields["validBefore"]),
            nonce=nonce,
        )


# What was signed is read back at once, and its digest asked for again.
@lru_cache(maxsize=32)
def _digest(authorization: Authorization, token: Token) -> bytes:
    structure = keccak(
        TRANSFER_TYPE
        + _word(address_bytes(authorization.payer))
        + _word(address_bytes(authorization.payee))
        + authorization.value.to_bytes(32)
        + authorization.valid_after.to_bytes(32)
        + authorization.valid_before.to_bytes(32)
        + bytes.fromhex(authorization.nonce[2:])
    )
    return keccak(b"\x19\x01" + domain_separator(token) + structure)


@lru_cache(maxsize=32)
def domain_separator(token: Token) -> bytes:
    """Return the hash of the token's EIP-712 domain."""
    return keccak(
        DOMAIN_TYPE
        + keccak(token.name.encode("utf-8"))
        + keccak(token.version.encode("utf-8"))
        + token.network.chain_id.to_bytes(32)
        + _word(address_bytes(token.asset.address))
    )


def _word(address: bytes) -> bytes:
    return address.rjust(32, b"\0")


def _address(value: Any) -> str:
    if not isinstance(value, str):
        message = "an address of the authorization is not text"
        raise ValueError(message)  # noqa: TRY004 - one kind of error for one kind of failure
    address_bytes(value)
    return value


def _number(value: Any) -> int:
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value) or int(value) > MAX_WORD:
        message = "a number of the authorization is not a decimal string of 256 bits"
        raise ValueError(message)
    return int(value)
