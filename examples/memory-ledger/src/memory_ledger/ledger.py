"""The ledger: one lock where another has transactions, and the runtime's own rules inside it."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from coinslot.attempt import Attempt, CallIdentity, Conclusion, Delivery, Envelope
from coinslot.backend import Credential
from coinslot.errors import ConfigurationError, ConflictingCall, PaymentOutcomeUnknown, PaymentRefused
from coinslot.ledger import Claim, Payee, Plan
from coinslot.ledger.rules import (
    KnownPayee,
    Standing,
    Which,
    at_its_end,
    check_given_up,
    check_move,
    check_plan,
    check_void,
    own_part,
    unfinished,
)
from coinslot.offer import comparable
from memory_ledger.kept import Kept, concluded, planned


class MemoryLedger:
    """Safe for threads. It forgets everything with its program, so it is for test money only."""

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._guard = threading.RLock()
        self._kept: dict[str, Kept] = {}
        self._payees: list[KnownPayee] = []
        self._living: set[str] = set()
        self._recovering: set[str] = set()
        self._used: set[object] = set()

    def enter(self, *, recovering: bool = False) -> str:
        """See `Ledger.enter`."""
        owner = secrets.token_hex(16)
        with self._guard:
            self._living.add(owner)
            if recovering:
                self._recovering.add(owner)
        return owner

    def leave(self, owner: str) -> None:
        """See `Ledger.leave`."""
        with self._guard:
            self._living.discard(owner)

    def plan(self, plan: Plan, owner: str) -> Attempt:
        """See `Ledger.plan`."""
        with self._guard:
            self._bury()
            scope = (plan.call.origin, plan.terms.network, comparable(plan.terms.asset))
            known = [one for one in self._payees if _scope(one.payee) == scope]
            pinned = check_plan(plan, known, self._standings, self._alive)
            if plan.call.idempotency_key is not None and self._of_key(plan.call) is not None:
                raise ConflictingCall(
                    "Another call with the same idempotency key is being paid for right now."
                )
            if pinned is not None:
                self._payees.append(KnownPayee(pinned, trusted=False))
            self._kept[plan.attempt_id] = planned(plan, owner)
            return self._kept[plan.attempt_id].attempt

    def sign(
        self, attempt_id: str, owner: str, credential: Credential, envelope: Envelope, now: float
    ) -> Attempt:
        """See `Ledger.sign`."""
        with self._guard:
            kept = self._owned(attempt_id, owner)
            check_move(kept.attempt, money="signed")
            terms = kept.attempt.terms
            self._forget_expired()
            marks = {envelope.credential_header[1], (terms.network, terms.payer, credential.nonce)}
            if marks & self._used:
                raise PaymentRefused("The very same payment is on record already.", slug="equal-credential")
            self._used |= marks
            evidence = dict(credential.evidence)
            return self._keep(
                replace(kept, envelope=envelope).having(
                    money="signed", nonce=credential.nonce, evidence=evidence, signed_at=int(now)
                )
            )

    def conclude(self, attempt_id: str, owner: str, conclusion: Conclusion) -> Attempt:
        """See `Ledger.conclude`."""
        with self._guard:
            kept = self._owned(attempt_id, owner)
            own = self._own(kept.attempt, conclusion)
            return self._keep(concluded(kept, own))

    def abandon(self, attempt_id: str, owner: str) -> None:
        """See `Ledger.abandon`."""
        with self._guard:
            self._give_up(self._owned(attempt_id, owner), "given up before signing")

    def open(self, call: CallIdentity, payers: Sequence[str], owner: str) -> Claim | None:
        """See `Ledger.open`."""
        with self._guard:
            if call.idempotency_key is not None:
                kept = self._of_key(call)
                if kept is not None and kept.attempt.call.fingerprint != call.fingerprint:
                    raise ConflictingCall("This idempotency key was used before, with another request.")
                if kept is not None and self._alive(kept.owner):
                    raise ConflictingCall("Another call with the same idempotency key is under way.")
                return self._take(kept, owner) if kept is not None else None
            for kept in list(self._kept.values()):
                if not _resumable(kept, call, payers):
                    continue
                if not self._alive(kept.owner):
                    claim = self._take(kept, owner)
                    if claim is not None:
                        return claim
                elif kept.owner in self._recovering:
                    raise ConflictingCall(
                        "An earlier attempt of this very call is being recovered right now."
                    )
            return None

    def claim(self, attempt_id: str, owner: str) -> Claim | None:
        """See `Ledger.claim`."""
        with self._guard:
            kept = self._known(attempt_id)
            return None if self._alive(kept.owner) else self._take(kept, owner)

    def release(self, attempt_id: str, owner: str) -> None:
        """See `Ledger.release`."""
        with self._guard:
            kept = self._known(attempt_id)
            if kept.owner == owner:
                self._keep(replace(kept, owner=None))

    def hand_out(self, attempt_id: str) -> None:
        """See `Ledger.hand_out`."""
        with self._guard:
            self._keep(replace(self._known(attempt_id), handed_out=True, taken_back=False))

    def take_back(self, attempt_id: str) -> None:
        """See `Ledger.take_back`."""
        with self._guard:
            self._keep(replace(self._known(attempt_id), taken_back=True))

    def deliver(
        self, attempt_id: str, delivery: Delivery, *, address: str | None = None, saved_to: str | None = None
    ) -> None:
        """See `Ledger.deliver`."""
        with self._guard:
            kept = self._known(attempt_id)
            told = {"address": address, "saved_to": saved_to}
            places = {name: place for name, place in told.items() if place is not None}
            kept = self._kept[attempt_id] = kept.having(**places)
            if kept.attempt.delivery != delivery:
                check_move(kept.attempt, delivery=delivery)
                self._keep(kept.having(delivery=delivery))

    def resolve(self, attempt_id: str, found: Literal["settled", "void", "lost"], note: str) -> Attempt:
        """See `Ledger.resolve`."""
        with self._guard:
            kept = self._known(attempt_id)
            told = f"resolved by hand: {note}"
            if self._alive(kept.owner):
                raise ConflictingCall("The attempt is being worked on right now.", attempt_id=attempt_id)
            if found == "lost":
                check_given_up(kept.attempt)
                return self._keep(replace(kept, handed_out=True).having(delivery="lost", note=told))
            if found == "void":
                check_void(kept.attempt, self._now())
            if kept.attempt.money == "signed":
                kept = kept.having(money="unknown")
            check_move(kept.attempt, money=found)
            return self._keep(kept.having(money=found, note=told))

    def purge(self) -> int:
        """See `Ledger.purge`."""
        with self._guard:
            ended = [
                kept for kept in self._kept.values() if at_its_end(kept.attempt) and kept.answer is not None
            ]
            for kept in ended:
                self._keep(replace(kept, answer=None))
            return len(ended)

    def attempt(self, attempt_id: str) -> Attempt | None:
        """See `Ledger.attempt`."""
        kept = self._kept.get(attempt_id)
        return kept.attempt if kept is not None else None

    def attempts(self) -> list[Attempt]:
        """See `Ledger.attempts`."""
        with self._guard:
            return [kept.attempt for kept in self._kept.values()]

    def unfinished(self, payers: Sequence[str], origin: str | None = None) -> list[Attempt]:
        """See `Ledger.unfinished`."""
        return [
            attempt
            for attempt in self.attempts()
            if attempt.terms.payer in payers and origin in {None, attempt.call.origin} and unfinished(attempt)
        ]

    def alike(self, call: CallIdentity) -> list[Attempt]:
        """See `Ledger.alike`."""
        open_ones = {"signed", "refused", "unknown", "settled"}
        return [
            attempt
            for attempt in self.attempts()
            if attempt.call.fingerprint == call.fingerprint
            and attempt.delivery == "none"
            and attempt.money in open_ones
        ]

    def by_job(self, origin: str, job_id: str) -> Attempt | None:
        """See `Ledger.by_job`."""
        found = (one for one in self.attempts() if (one.call.origin, one.job_id) == (origin, job_id))
        return next(found, None)

    def payees(self, origin: str) -> list[Payee]:
        """See `Ledger.payees`."""
        with self._guard:
            return [one.payee for one in self._payees if one.payee.origin == origin]

    def trust(self, payee: Payee) -> None:
        """See `Ledger.trust`."""
        named = replace(payee, asset=comparable(payee.asset))
        with self._guard:
            if named not in [one.payee for one in self._payees]:
                self._payees.append(KnownPayee(named, trusted=True))
            self._payees = [replace(one, trusted=True) if one.payee == named else one for one in self._payees]

    def distrust(self, payee: Payee) -> None:
        """See `Ledger.distrust`."""

        def spelled(one: Payee) -> tuple[str, ...]:
            return one.origin, one.network, comparable(one.asset), comparable(one.address)

        with self._guard:
            self._payees = [one for one in self._payees if spelled(one.payee) != spelled(payee)]

    def close(self) -> None:
        """Keep everything: whoever closes it may not be the last to use it."""

    def _standings(self, which: Which) -> Iterable[Standing]:
        # All of them: the rules look for themselves. A database would narrow it down.
        del which
        return [kept.standing for kept in self._kept.values()]

    def _alive(self, owner: str | None) -> bool:
        return owner in self._living

    def _take(self, kept: Kept, owner: str) -> Claim | None:
        if kept.attempt.money == "planned":
            self._give_up(kept, "its owner ended before signing")
            return None
        self._keep(replace(kept, owner=owner))
        self._forget_expired()
        return self._known(kept.attempt.id).claim

    def _give_up(self, kept: Kept, note: str) -> None:
        check_move(kept.attempt, money="abandoned")
        self._keep(replace(kept, owner=None).having(money="abandoned", note=note))

    def _forget_expired(self) -> None:
        """Erase what is signed and can be sent no more."""
        now = self._now()
        self._kept = {attempt_id: kept.at(now) for attempt_id, kept in self._kept.items()}

    def _bury(self) -> None:
        """Give up what the dead planned: it holds no budget and no payee."""
        for kept in list(self._kept.values()):
            if kept.attempt.money == "planned" and not self._alive(kept.owner):
                self._give_up(kept, "its owner ended before signing")

    def _of_key(self, call: CallIdentity) -> Kept | None:
        wanted = (call.origin, call.idempotency_key)
        for kept in self._kept.values():
            own = kept.attempt.call
            if (own.origin, own.idempotency_key) == wanted and not kept.standing.released:
                return kept
        return None

    def _keep(self, kept: Kept) -> Attempt:
        self._kept[kept.attempt.id] = kept
        return kept.attempt

    def _known(self, attempt_id: str) -> Kept:
        if attempt_id not in self._kept:
            raise ConfigurationError(f"There is no attempt {attempt_id}.")
        return self._kept[attempt_id]

    def _own(self, attempt: Attempt, conclusion: Conclusion) -> Conclusion:
        others = [kept.attempt for kept in self._kept.values() if kept.attempt.id != attempt.id]
        jobs = {
            other.job_id: other.transaction for other in others if other.call.origin == attempt.call.origin
        }
        paid = {
            other.transaction
            for other in others
            if other.money == "settled" and other.terms.network == attempt.terms.network
        } - {None}
        return own_part(
            attempt,
            conclusion,
            job_is_free=conclusion.job_id is None or conclusion.job_id not in jobs,
            # Where nobody told what paid for that other attempt's job, it may be this transaction.
            transaction_is_free=conclusion.transaction not in paid
            and (conclusion.job_id is None or jobs.get(conclusion.job_id, "") is not None),
        )

    def _owned(self, attempt_id: str, owner: str) -> Kept:
        kept = self._known(attempt_id)
        if kept.owner != owner:
            raise PaymentOutcomeUnknown("Another program took this attempt over.", attempt_id=attempt_id)
        return kept


def _scope(payee: Payee) -> tuple[str, str, str]:
    return (payee.origin, payee.network, comparable(payee.asset))


def _resumable(kept: Kept, call: CallIdentity, payers: Sequence[str]) -> bool:
    own = kept.attempt
    return (
        own.call.fingerprint == call.fingerprint
        and own.call.idempotency_key is None
        and own.terms.payer in payers
        and not kept.standing.released
        and not kept.concluded
    )
