"""One attempt as it is kept, and what an answer makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from coinslot.attempt import Attempt, Conclusion, Envelope, StoredAnswer
from coinslot.ledger import Claim, Plan, rules
from coinslot.ledger.rules import Standing, check_move, needs_its_bytes, still_needed


@dataclass(frozen=True, slots=True)
class Kept:
    """One attempt, with all that only the ledger knows of it."""

    attempt: Attempt
    session: str
    owner: str | None
    envelope: Envelope | None = None
    answer: StoredAnswer | None = None
    handed_out: bool = False
    taken_back: bool = False

    @property
    def standing(self) -> Standing:
        """What the rules read of it."""
        return Standing.of(self.attempt, session=self.session, owner=self.owner)

    @property
    def claim(self) -> Claim:
        """What whoever takes it over gets."""
        return Claim(self.attempt, self.envelope, self.answer)

    @property
    def concluded(self) -> bool:
        """Whether the caller has all that came of it."""
        return rules.concluded(self.attempt, handed_out=self.handed_out, taken_back=self.taken_back)

    def at(self, now: float) -> Kept:
        """Return it without what is signed and can be sent no more, in Unix seconds."""
        envelope = self.envelope and still_needed(self.attempt, self.envelope, now)
        return self if envelope == self.envelope else replace(self, envelope=envelope)

    def having(self, **changes: Any) -> Kept:
        """Return it with an attempt that is changed, and without signed bytes that nothing can need."""
        attempt = replace(self.attempt, **changes)
        return replace(self, attempt=attempt, envelope=self.envelope if needs_its_bytes(attempt) else None)


def planned(plan: Plan, owner: str) -> Kept:
    """Return an attempt as it stands when it was planned."""
    attempt = Attempt(
        id=plan.attempt_id,
        call=plan.call,
        url=plan.url,
        backend=plan.backend,
        offer=plan.offer,
        terms=plan.terms,
        price=plan.price,
        max_fee=plan.max_fee,
        money="planned",
        delivery="none",
        created_at=plan.now,
        route_path=plan.route_path,
        job_style=plan.job_style,
        budget=plan.budget.name if plan.budget is not None else None,
        printed=plan.printed,
        session=plan.session,
    )
    return Kept(attempt, plan.session, owner)


def concluded(kept: Kept, conclusion: Conclusion) -> Kept:
    """Write what an answer made true. Raises ForbiddenMove."""
    now = kept.attempt
    money = conclusion.money if conclusion.money != now.money else None
    delivery = conclusion.delivery if conclusion.delivery != now.delivery else None
    check_move(now, money=money, delivery=delivery)
    new: dict[str, Any] = {
        "money": money,
        "delivery": delivery,
        "settled_by": conclusion.settled_by,
        "receipt": conclusion.receipt,
        "transaction": conclusion.transaction,
    }
    if conclusion.job_id is not None:
        new.update(job_id=conclusion.job_id, matched=conclusion.matched)
    changes = {name: value for name, value in new.items() if value is not None}
    if conclusion.answer is not None:
        kept = replace(kept, answer=conclusion.answer, handed_out=False)
    return kept.having(note=conclusion.note, **changes)
