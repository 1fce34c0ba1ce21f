"""What the payment flow asks of a ledger. Each method is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, Protocol

from coinslot.attempt import Attempt, CallIdentity, Conclusion, Delivery, Envelope, Printed, StoredAnswer
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
    printed: Printed = field(default_factory=Printed)
    """What the document says of its price and time, for reports; it decides nothing."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An earlier attempt of the same call, now ours to resume."""

    attempt: Attempt
    envelope: Envelope | None
    """What a resend or a match needs; None once it was erased, and without credential once that expired."""
    answer: StoredAnswer | None
    """What the server answered, where the attempt is concluded; else what came of it, marked `partial`."""


class Ledger(Protocol):
    """All attempts, durable. A third party may keep them elsewhere; `docs/plugins.md` says how.

    Each method is one transaction: it does all of what it says or none of it, and what it returned stays. Two
    programs that use one ledger see each other's attempts, owners and budgets at once. Several threads call.
    Where the store cannot be reached, each raises LedgerUnavailable, and nothing is signed.

    What an owner holds, only that owner may sign, conclude or abandon; for others that is a
    PaymentOutcomeUnknown. A move that `coinslot.attempt` does not name is a ForbiddenMove. An attempt that is
    not there is a ConfigurationError, where it is not None.
    """

    def enter(self, *, recovering: bool = False) -> str:
        """Return a fresh owner for one call; it lives until `leave` or the end of this process.

        Never longer: what a killed program held must be free for its next run. And never shorter, as by a
        lease that runs out while its call is at work. One that is `recovering` stands in for calls that
        were made before: an equal call meeting it is refused, and not taken for another.
        """
        ...

    def leave(self, owner: str) -> None:
        """End an owner: whatever it still holds may be taken over."""
        ...

    def open(self, call: CallIdentity, payers: Sequence[str], owner: str) -> Claim | None:
        """Find the attempt that this call must resume, and take it over.

        With an idempotency key: the attempt of that key at that origin, whatever became of it, unless it was
        void or abandoned. Without: the oldest attempt of equal fingerprint that has no key, whose payer is
        one of `payers`, that is not released, whose answer did not arrive, was not handed out or was taken
        back, and whose owner is dead or gave up. A ledger that can tell that a process was killed takes an
        answer that this one had for not handed out while its job is `accepted`, and for a while after. None:
        a new call; a planned attempt of a dead owner is abandoned when it is met. Raises ConflictingCall for
        a key that was used with another request or is in use, and where an equal call is being recovered.
        """
        ...

    def unfinished(self, payers: Sequence[str], origin: str | None = None) -> list[Attempt]:
        """Return every attempt of these payers whose money or delivery is not at its end, the oldest first.

        `rules.unfinished` says which those are.
        """
        ...

    def claim(self, attempt_id: str, owner: str) -> Claim | None:
        """Take over an attempt whose owner is dead or gave it up.

        None where its owner is alive, and where nothing was signed: it is abandoned then.
        """
        ...

    def release(self, attempt_id: str, owner: str) -> None:
        """Stop owning an attempt; nothing where another owns it."""
        ...

    def hand_out(self, attempt_id: str) -> None:
        """Note that the caller has the answer: until then the same call gets it, and pays nothing.

        It is said of the answer that is on record by now: one that comes later was handed to nobody.

        `rules.concluded` says what is had without that.
        """
        ...

    def take_back(self, attempt_id: str) -> None:
        """Note that the caller could not bring home what the answer names: the same call gets it again.

        Nothing where that is at home, or can never be: `rules.concluded` says what is. A ledger may forget it
        after a while.
        """
        ...

    def plan(self, plan: Plan, owner: str) -> Attempt:
        """Reserve price and fee within the limits and pin the payee, in one step with the check of both.

        `rules.check_plan` is the check. What a dead owner planned and did not sign holds nothing: before
        anything is refused for it, it is abandoned. Raises PaymentRefused where a budget, the payee, the
        origin or the challenge forbids it, and ConflictingCall where the key has an attempt already; neither
        leaves a trace.
        """
        ...

    def sign(
        self, attempt_id: str, owner: str, credential: Credential, envelope: Envelope, now: float
    ) -> Attempt:
        """Put the credential's nonce, evidence and signed request on record, on the disk and not in a cache.

        From here on it counts as sent. Raises PaymentRefused where any attempt, whatever became of it, has
        the same signed bytes, or the same nonce for the same payer and network.

        `rules.still_needed` says what of the envelope is kept, by the ledger's own clock. What an attempt's
        move leaves no need for is erased with that move; what its expiry leaves no need for, when the ledger
        is next written in; both so that it cannot be read from the disk.
        """
        ...

    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        """Write what an answer made true. What the conclusion leaves out, and what is true already, stays.

        Of an answer that was another call's `rules.own_part` says what is left to be written. The answer
        is kept, however long it is, at least until it was handed out; with a key, until `purge`. One that is
        `partial` is kept as that until a later one comes.
        """
        ...

    def abandon(self, attempt_id: str, owner: str) -> None:
        """Give up a planned attempt: nothing was signed."""
        ...

    def deliver(
        self, attempt_id: str, delivery: Delivery, *, address: str | None = None, saved_to: str | None = None
    ) -> None:
        """Move the delivery column, whoever owns the attempt. Saying the same twice moves nothing.

        `address` is where a file was uploaded to, `saved_to` where the result's main file lies; the last one
        that was told is kept.
        """
        ...

    def attempt(self, attempt_id: str) -> Attempt | None:
        """Return an attempt by its id."""
        ...

    def alike(self, call: CallIdentity) -> list[Attempt]:
        """Return all attempts of equal calls that may have been paid and still lack their answer.

        Whoever owns them, the oldest first.
        """
        ...

    def by_job(self, origin: str, job_id: str) -> Attempt | None:
        """Return the attempt that a job belongs to: one at most."""
        ...

    def attempts(self) -> list[Attempt]:
        """Return every attempt, in the order of their plans."""
        ...

    def payees(self, origin: str) -> list[Payee]:
        """Return whom an origin may be paid at, the first known first; assets as `comparable` has them."""
        ...

    def trust(self, payee: Payee) -> None:
        """Let an origin be paid at one more address, or for good at one of first use. A person decides."""
        ...

    def distrust(self, payee: Payee) -> None:
        """Forget one whom an origin may be paid at, also one of first use; nothing where it is not on record.

        A person decides. Where none is left, the next one that the origin asks for is one of first use.
        """
        ...

    def resolve(self, attempt_id: str, found: Literal["settled", "void", "lost"], note: str) -> Attempt:
        """Write what a person found out about an attempt that nothing else can conclude, also a signed one.

        `settled` and `void` are said of its money; `lost` of what it paid for, which is given up: the money
        stays spent, and the same call is a new one. Raises ForbiddenMove where its money is certain already,
        for `void` where `rules.check_void` says so by the ledger's own clock, or for `lost` where
        `rules.check_given_up` does; ConflictingCall where its owner lives.
        """
        ...

    def purge(self) -> int:
        """Erase the answers of what `rules.at_its_end` names; return how many held any."""
        ...

    def close(self) -> None:
        """Let go of files and connections. Nothing on record is lost by it."""
        ...
