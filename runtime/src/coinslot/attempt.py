"""One logical paid call, from before it is signed to what became of it.

Two columns move independently: what is true of the money, and what is true of the delivery. Every
move that is not named here is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from coinslot.money import EXACT
from coinslot.offer import Offer, Terms
from coinslot.route import JobStyle

Money: TypeAlias = Literal["planned", "signed", "refused", "unknown", "settled", "void", "abandoned"]
Delivery: TypeAlias = Literal["none", "accepted", "finished", "saved", "failed", "lost"]

MONEY_MOVES: Mapping[str, frozenset[str]] = {
    "planned": frozenset({"signed", "abandoned"}),
    "signed": frozenset({"settled", "refused", "unknown"}),
    "refused": frozenset({"settled", "void"}),
    "unknown": frozenset({"settled", "void"}),
    "settled": frozenset(),
    "void": frozenset(),
    "abandoned": frozenset(),
}

DELIVERY_MOVES: Mapping[str, frozenset[str]] = {
    "none": frozenset({"accepted", "finished", "lost"}),
    "accepted": frozenset({"finished", "failed", "lost"}),
    "finished": frozenset({"saved", "lost"}),
    "saved": frozenset(),
    "failed": frozenset(),
    "lost": frozenset({"accepted", "finished", "failed"}),
}

RELEASED: frozenset[str] = frozenset({"void", "abandoned"})
"""Only these give a reservation back, and only after them may the same call be signed again."""


class ForbiddenMove(Exception):
    """A transition of an attempt that no rule names. It is a defect, never a server's doing."""


@dataclass(frozen=True, slots=True)
class CallIdentity:
    """Which call is which: what makes two calls the same logical call."""

    origin: str
    """Scheme, host and port."""
    method: str
    path: str
    fingerprint: str
    """SHA-256 over origin, method, path with query, the canonical body, and header and cookie parameters."""
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Printed:
    """What the client's document said of a call when it was paid for; None where it said nothing."""

    price: tuple[Decimal, Decimal] | None = None
    """Dollars for this very call, from and to."""
    seconds: tuple[float, float] | None = None
    """How long such a call usually takes, from and to."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A row of the ledger. Signed material and the request body are not part of it."""

    id: str
    call: CallIdentity
    url: str
    backend: str
    offer: Offer
    terms: Terms
    price: Decimal
    """Dollars."""
    max_fee: Decimal
    """Dollars that may be charged above the price."""
    money: Money
    delivery: Delivery
    created_at: float
    """Unix seconds."""
    signed_at: int = 0
    nonce: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    settled_by: Literal["server", "chain"] | None = None
    receipt: Mapping[str, Any] | None = None
    transaction: str | None = None
    job_id: str | None = None
    matched: bool = False
    """Whether the job was found by likeness (a lost answer) instead of by the server's answer."""
    note: str | None = None
    """Why it stands as it does, for people."""
    route_path: str = ""
    """The route's path as the document writes it; empty where a plain client called."""
    job_style: JobStyle | None = None
    """How the route's answer becomes a job; None: the answer is the result."""
    budget: str | None = None
    """Name of the budget that it was paid out of, where one was named."""
    printed: Printed = Printed()
    """What the document said of its price and time."""
    saved_to: str | None = None
    """Where the main file of its result was saved last, as far as that was told."""
    address: str | None = None
    """Where the file is that was uploaded with it; whoever has it can read the file."""
    session: str = ""
    """The client object that planned it; empty where its ledger does not tell."""

    @property
    def reserved(self) -> Decimal:
        """Dollars that this attempt holds of every budget."""
        return Decimal(0) if self.money in RELEASED else EXACT.add(self.price, self.max_fee)


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a resend needs, byte for byte. Erased as soon as nothing can need it.

    Once its credential expired, the value of `credential_header` is empty, and it can only be matched. On
    record it holds no header field that can be a secret of the caller's: `left_out` names those.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = field(repr=False)
    body: bytes = field(repr=False)
    credential_header: tuple[str, str] = field(repr=False)
    left_out: tuple[str, ...] = ()
    """Names of header fields that belong to the request and are not on record."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer to a paid call, kept so that the same idempotency key gives the same answer."""

    status: int
    content_type: str
    body: bytes = field(repr=False)
    """Not shown: it can hold a token that was paid for."""
    partial: bool = False
    """Whether it broke off: what came of it is kept for a person, and is never the answer to a call."""


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What one answer (or its absence) makes true of an attempt."""

    money: Money | None
    """None: nothing new is known."""
    note: str
    settled_by: Literal["server", "chain"] | None = None
    receipt: Mapping[str, Any] | None = None
    transaction: str | None = None
    delivery: Delivery | None = None
    job_id: str | None = None
    matched: bool = False
    answer: StoredAnswer | None = None
