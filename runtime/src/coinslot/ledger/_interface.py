"""What the payment flow asks of a ledger. Each method is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, Protocol

from coinslot.attempt import Attempt, CallIdentity, Conclusion, Delivery, Envelope, StoredAnswer
from coinslot.backend import Credential
from coinslot.offer import Offer, Terms
from coinslot.route import JobStyle
from coinslot.terms import Budget


@dataclass(frozen=True, slots=True)
class Limits:
    """Budgets in dollars, checked in the same transaction that reserves."""

    session: Decimal | None = None
    """All calls of one client object."""
    origin: Decimal | None = None
    """All calls ever to one origin."""
    day: Decimal | None = None
    """All calls of the last 24 hours."""


@dataclass(frozen=True, slots=True)
class Payee:
    """One address that an origin may be paid at, in one asset."""

    origin: str
    network: str
    asset: str
    address: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A decision to pay, before anything is signed."""

    attempt_id: str
    call: CallIdentity
    url: str
    backend: str
    offer: Offer
    terms: Terms
    symbol: str
    price: Decimal
    """Dollars."""
    max_fee: Decimal
    """Dollars."""
    session: str
    limits: Limits
    now: float
    payees: tuple[str, ...] | None = None
    """Whom the user named for this origin; empty: anyone; None: whoever is paid there first."""
    route_path: str = ""
    job_style: JobStyle | None = None
    budget: Budget | None = None
    """One more budget to reserve in; other attempts of its name at this origin hold some of it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An earlier attempt of the same call, now ours to resume."""

    attempt: Attempt
    envelope: Envelope | None
    """What a resend needs; None once it was erased."""
    answer: StoredAnswer | None
    """What the server answered, where the attempt is concluded."""


class Ledger(Protocol):
    """All attempts. A third party may keep them elsewhere (`docs/architecture.md`)."""

    def enter(self, *, recovering: bool = False) -> str:
        """Return a fresh owner for one call; it lives until `leave` or the end of this process.

        One that is `recovering` stands in for calls that were made before: an equal call meeting it is
        refused, and not taken for another.
        """
        ...

    def leave(self, owner: str) -> None:
        """End an owner: whatever it still holds may be taken over."""
        ...

    def open(self, call: CallIdentity, payers: Sequence[str], owner: str) -> Claim | None:
        """Find the attempt that this call must resume, and take it over.

        With an idempotency key: the attempt of that key, whatever became of it. Without: an open
        attempt of equal fingerprint and payer whose owner is dead or gave up. None: a new call.
        Raises ConflictingCall for a key that was used with another request, or is in use.
        """
        ...

    def unfinished(self, payers: Sequence[str], origin: str | None = None) -> list[Attempt]:
        """Return every attempt whose money or delivery is not at its end."""
        ...

    def claim(self, attempt_id: str, owner: str) -> Claim | None:
        """Take over an attempt whose owner is dead; None where it is alive, or nothing was signed."""
        ...

    def release(self, attempt_id: str, owner: str) -> None:
        """Stop owning an attempt."""
        ...

    def hand_out(self, attempt_id: str) -> None:
        """Note that the caller has the answer: until then the same call gets it, and pays nothing."""
        ...

    def plan(self, plan: Plan, owner: str) -> Attempt:
        """Reserve price and fee within the limits and pin the payee.

        Raises PaymentRefused where a budget or the payee's pin forbids it.
        """
        ...

    def sign(
        self, attempt_id: str, owner: str, credential: Credential, envelope: Envelope, now: float
    ) -> Attempt:
        """Put the credential on record, synced to disk. From here on it counts as sent."""
        ...

    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        """Write what an answer made true.

        Raises ForbiddenMove, or PaymentOutcomeUnknown where another process took the attempt over.
        """
        ...

    def abandon(self, attempt_id: str, owner: str) -> None:
        """Give up a planned attempt: nothing was signed."""
        ...

    def deliver(self, attempt_id: str, delivery: Delivery, *, job_id: str | None = None) -> None:
        """Move the delivery column."""
        ...

    def attempt(self, attempt_id: str) -> Attempt | None:
        """Return an attempt by its id."""
        ...

    def alike(self, call: CallIdentity) -> list[Attempt]:
        """Return all attempts of equal calls that may have been paid and still lack their answer."""
        ...

    def by_job(self, origin: str, job_id: str) -> Attempt | None:
        """Return the attempt that a job belongs to."""
        ...

    def attempts(self) -> list[Attempt]:
        """Return every attempt, the oldest first."""
        ...

    def payees(self, origin: str) -> list[Payee]:
        """Return whom an origin may be paid at, the first known first."""
        ...

    def trust(self, payee: Payee) -> None:
        """Let an origin be paid at one more address. Only a person decides this."""
        ...

    def resolve(self, attempt_id: str, money: Literal["settled", "void"], note: str) -> Attempt:
        """Write what a person found out about an attempt that nothing else can conclude.

        Raises ForbiddenMove where its money is certain already, ConflictingCall where its owner lives.
        """
        ...

    def purge(self) -> int:
        """Erase requests and answers of attempts at their end; return how many held any."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...
