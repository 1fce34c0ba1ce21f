"""What the rules of spending read of the attempts on record, and how they ask for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from coinslot.attempt import RELEASED, Attempt, Delivery, Money


@dataclass(frozen=True, slots=True)
class Standing:
    """How one attempt stands."""

    origin: str
    session: str
    network: str
    payee: str
    price: Decimal
    """Dollars."""
    max_fee: Decimal
    """Dollars."""
    money: Money
    delivery: Delivery
    created_at: float
    """Unix seconds."""
    owner: str | None
    challenge_id: str | None
    budget: str | None = None
    """Name of the budget that it is paid out of, where one was named."""

    @classmethod
    def of(cls, attempt: Attempt, *, session: str, owner: str | None) -> Standing:
        """Return how an attempt stands that was planned in `session` and is held by `owner`."""
        return cls(
            attempt.call.origin,
            session,
            attempt.terms.network,
            attempt.terms.payee,
            attempt.price,
            attempt.max_fee,
            attempt.money,
            attempt.delivery,
            attempt.created_at,
            owner,
            attempt.offer.challenge_id,
            attempt.budget,
        )

    @property
    def released(self) -> bool:
        """Whether it holds nothing any more."""
        return self.money in RELEASED


@dataclass(frozen=True, slots=True)
class Which:
    """The attempts that a rule wants to see. A ledger may always show more, and never less."""

    session: str | None = None
    origin: str | None = None
    network: str | None = None
    budget: str | None = None
    since: float | None = None
    """Only those planned after this moment, in Unix seconds."""
    deliveries: frozenset[Delivery] | None = None
    """Only those whose delivery is one of these."""
    newest: int | None = None
    """Only so many of them that were not abandoned, the newest."""


Select: TypeAlias = Callable[[Which], Iterable[Standing]]
"""Returns attempts in the order in which they were planned."""
