"""One challenge at a time gets one credential, however many calls it was given to."""

from __future__ import annotations

from collections.abc import Callable

from coinslot.errors import PaymentRefused
from coinslot.ledger._interface import Plan
from coinslot.ledger._standing import Select, Which

CHALLENGE_IN_USE = "challenge-in-use"


def check_challenge(plan: Plan, select: Select, alive: Callable[[str | None], bool]) -> None:
    """Refuse a challenge that another call is answering right now.

    Only then: some servers give equal requests the same id, and each of them may be paid in turn.
    """
    wanted, origin = plan.offer.challenge_id, plan.call.origin
    if wanted is None:
        return
    for one in select(Which(origin=origin, deliveries=frozenset({"none"}))):
        answered = one.released or one.delivery != "none"
        if one.origin == origin and one.challenge_id == wanted and not answered and alive(one.owner):
            raise PaymentRefused(
                "The server gave two calls the same challenge, and the other one is paying it right now.",
                slug=CHALLENGE_IN_USE,
            )
