"""What is kept of a payment so that the chain can be asked about it later; no signed material."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from coinslot.backend import Spent
from coinslot_solana import base58
from coinslot_solana.addresses import is_address
from coinslot_solana.assets import NETWORKS, Network


@dataclass(frozen=True, slots=True)
class Bound:
    """Where on the chain a payment can be, as our own node said when it was signed."""

    first_slot: int
    """The chain had come so far before the payment was signed, so it is in no earlier slot."""
    last_height: int
    """The payment's blockhash is expired at every greater height."""

    def json(self) -> dict[str, int]:
        """Return it as drafts and the ledger keep it."""
        return {"firstSlot": self.first_slot, "lastHeight": self.last_height}

    @classmethod
    def read(cls, kept: object) -> Self | None:
        """Read what `json` wrote; None stands for a payment without bound. Raises ValueError."""
        if kept is None:
            return None
        if not isinstance(kept, Mapping) or set(kept) != {"firstSlot", "lastHeight"}:
            raise ValueError("the bound has other fields than ours")
        first, last = kept["firstSlot"], kept["lastHeight"]
        if type(first) is not int or type(last) is not int or first < 0 or last < 0:
            raise ValueError("the bound is not of two numbers")
        return cls(first, last)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Enough, with our signature, to find a payment on the chain."""

    network: Network
    payer: str
    source: str
    """The token account that would be charged; its history is searched."""
    expires_at: int
    """Unix seconds; how long the payment is of use, not how long it is valid."""
    bound: Bound | None
    """None: no node was configured when the payment was signed."""

    def json(self) -> dict[str, Any]:
        """Return it as the ledger keeps it."""
        return {
            "network": self.network.id,
            "payer": self.payer,
            "source": self.source,
            "expiresAt": self.expires_at,
            "bound": self.bound.json() if self.bound else None,
        }

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Self:
        """Read what `json` wrote. Raises ValueError for anything else."""
        network, expires_at = NETWORKS.get(str(kept.get("network"))), kept.get("expiresAt")
        payer, source = kept.get("payer"), kept.get("source")
        if network is None or type(expires_at) is not int or not (is_address(payer) and is_address(source)):
            raise ValueError("the attempt holds no evidence that this backend wrote")
        return cls(network, str(payer), str(source), expires_at, Bound.read(kept.get("bound")))


@dataclass(frozen=True, slots=True)
class Sought:
    """A payment that is looked for on the chain."""

    evidence: Evidence
    signature: str
    """The wallet's own, which stands in slot 1 of the transaction; the credential's nonce."""
    signed_at: int
    """Unix seconds by our clock."""

    @classmethod
    def read(cls, attempt: Spent) -> Self:
        """Read a row of the ledger. Raises ValueError for one that this backend did not write."""
        base58.decode(attempt.nonce, 64)
        return cls(Evidence.read(attempt.evidence), attempt.nonce, attempt.signed_at)
