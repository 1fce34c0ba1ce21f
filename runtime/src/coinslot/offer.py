"""What a server asks for, whatever the protocol it asks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from coinslot.money import EXACT


def comparable(address: str) -> str:
    """Return an address so that two spellings of one compare equal: hex has no case, base58 has."""
    return address.lower() if address[:2].lower() == "0x" else address


@dataclass(frozen=True, slots=True)
class Asset:
    """A token as our own table knows it. Only tokens worth one dollar are payable."""

    network: str
    """CAIP-2 id of the chain."""
    address: str
    symbol: str
    decimals: int

    def dollars(self, amount: int) -> Decimal:
        """Return `amount` atomic units in dollars, exactly."""
        return EXACT.scaleb(Decimal(amount), -self.decimals)


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to pay that a challenge lists. Frozen: what is checked is what is signed."""

    protocol: str
    """`x402` or `mpp`."""
    version: int
    scheme: str
    """x402: the scheme (`exact`); MPP: `method/intent` (as in `method/charge`)."""
    network: str
    """The chain as received: a CAIP-2 id, never a wildcard (x402 version 1: a bare name)."""
    asset: str
    """The token's address or mint, as received."""
    amount: int
    """Atomic units of the asset."""
    payee: str
    """The paid address, as received."""
    valid_seconds: int
    """How long the server lets the credential live (x402 `maxTimeoutSeconds`; 300 if missing)."""
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The scheme's own members (x402 `extra`, MPP `methodDetails`)."""
    raw: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The offer as received, to be echoed without change."""
    expires_at: int | None = None
    """Unix seconds after which the challenge is not answered; None: it names no moment."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "extra", MappingProxyType(dict(self.extra)))
        object.__setattr__(self, "raw", MappingProxyType(dict(self.raw)))

    @property
    def challenge_id(self) -> str | None:
        """The id of its challenge, which wants one credential; None where the protocol has none."""
        return str(self.raw["id"]) if self.protocol == "mpp" else None


@dataclass(frozen=True, slots=True)
class Challenge:
    """A 402 as the server sent it."""

    protocol: str
    version: int
    offers: tuple[Offer, ...]
    resource: Mapping[str, Any] | None = None
    """What is sold (x402 `resource`), echoed without change."""
    error: str | None = None
    """The server's own words; untrusted, and cleaned before it is shown."""
    extensions: Mapping[str, Any] = field(default_factory=dict)
    unreadable: tuple[str, ...] = ()
    """Why entries of the list could not be read as offers."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a credential commits its payer to, read back from the credential itself."""

    network: str
    asset: str
    amount: int
    payee: str
    payer: str
    expires_at: int
    """Unix seconds after which the credential cannot settle, as far as it says itself."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an offer is passed over: a stable slug for programs and a sentence for people."""

    slug: str
    reason: str
