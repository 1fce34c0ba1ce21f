"""The rules that every ledger holds to, apart from where it keeps its attempts.

They read what they are given and write nothing. Each is asked inside the transaction that writes what it
allowed, so that two programs cannot both be allowed what is there once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from coinslot.attempt import (
    DELIVERY_MOVES,
    MONEY_MOVES,
    RELEASED,
    Attempt,
    Conclusion,
    Envelope,
    ForbiddenMove,
)
from coinslot.ledger._budgets import Within, check_budgets, check_sum
from coinslot.ledger._challenges import CHALLENGE_IN_USE, check_challenge
from coinslot.ledger._interface import Payee, Plan
from coinslot.ledger._payees import FIRST_PAYMENT_UNDER_WAY, KnownPayee, check_origin, check_payee
from coinslot.ledger._standing import Select, Standing, Which

__all__ = [
    "PASSING",
    "KnownPayee",
    "Select",
    "Standing",
    "Which",
    "Within",
    "at_its_end",
    "check_given_up",
    "check_move",
    "check_moves",
    "check_plan",
    "check_sum",
    "check_void",
    "concluded",
    "may_be_matched",
    "needs_its_bytes",
    "own_part",
    "still_needed",
    "unfinished",
]

PASSING = frozenset({CHALLENGE_IN_USE, FIRST_PAYMENT_UNDER_WAY})
"""Slugs of refusals that pass when another call has been paid."""


def check_plan(
    plan: Plan, known: Sequence[KnownPayee], select: Select, alive: Callable[[str | None], bool]
) -> Payee | None:
    """Say whether a plan may be made: budgets, payee, a failing origin, a challenge in use.

    Args:
        plan: What would be paid.
        known: The payees on record for its origin, network and asset; assets compare by `comparable`.
        select: Shows attempts on record; more than the `Which` that it is asked for does no harm.
        alive: Whether an owner may still be at work.

    Returns:
        The payee to put on record with the plan, as one of first use; None where it is known.

    Raises:
        PaymentRefused: It may not.

    """
    check_budgets(plan, select)
    pinned = check_payee(plan, known, select)
    check_origin(plan, select)
    check_challenge(plan, select, alive)
    return pinned


def check_move(attempt: Attempt, *, money: str | None = None, delivery: str | None = None) -> None:
    """Raise ForbiddenMove where no rule lets the attempt go there; no rule lets one go where it is."""
    check_moves(attempt.money, attempt.delivery, money=money, delivery=delivery)


def check_moves(
    money_now: str, delivery_now: str, *, money: str | None = None, delivery: str | None = None
) -> None:
    """Do the same for an attempt of which only its states were read."""
    for moves, old, new in (
        (MONEY_MOVES, money_now, money),
        (DELIVERY_MOVES, delivery_now, delivery),
    ):
        if new is not None and new not in moves[old]:
            message = f"an attempt cannot go from {old} to {new}"
            raise ForbiddenMove(message)


def own_part(
    attempt: Attempt, conclusion: Conclusion, *, job_is_free: bool, transaction_is_free: bool
) -> Conclusion:
    """Return what of a conclusion is this attempt's: its answer may have been the answer of another call.

    Args:
        attempt: As it stands.
        conclusion: What an answer says.
        job_is_free: Whether its job belongs to no other attempt of the origin.
        transaction_is_free: Whether its transaction paid for no other attempt on its network. It may have
            where its job belongs to one of which no transaction is on record.

    """
    if conclusion.settled_by == "server" and not transaction_is_free:
        conclusion = replace(
            conclusion,
            money="unknown" if attempt.money == "signed" else None,
            note=f"{conclusion.note}; its transaction paid for another attempt",
            settled_by=None,
            receipt=None,
            transaction=None,
        )
    if job_is_free:
        return conclusion
    note = f"{conclusion.note}; its job belongs to another attempt"
    conclusion = replace(conclusion, note=note, job_id=None, matched=False)
    return conclusion if conclusion.settled_by else replace(conclusion, delivery=None, answer=None)


def check_given_up(attempt: Attempt) -> None:
    """Raise ForbiddenMove where a person may not give up what an attempt paid for."""
    check_move(attempt, delivery="lost")
    if attempt.money != "settled":
        message = f"what was paid for is given up only when the money has settled, and it is {attempt.money}"
        raise ForbiddenMove(message)


def check_void(attempt: Attempt, now: float) -> None:
    """Raise ForbiddenMove where a person may not call an attempt void yet: its credential can still settle.

    `now` is the wall clock's, in Unix seconds. That it is over proves nothing by itself; the chain does.
    """
    left = attempt.terms.expires_at - now
    if left > 0:
        message = (
            f"it can still settle: its credential is good for {left:.0f} seconds more. Nothing was changed. "
            "Wait for that, then look on the chain: `coinslot ledger recover` does"
        )
        raise ForbiddenMove(message)


def concluded(attempt: Attempt, *, handed_out: bool, taken_back: bool = False) -> bool:
    """Whether somebody has what an attempt came to, so that the same call is a new one.

    A job that was seen at its end was had by whoever saw it. What was `taken_back` is had by nobody, until it
    is at home or can never be.
    """
    if taken_back and attempt.delivery in {"accepted", "finished"}:
        return False
    seen = attempt.delivery in {"saved", "failed", "lost"} or (
        attempt.delivery == "finished" and attempt.job_id is not None
    )
    return attempt.delivery != "none" and (handed_out or seen)


def needs_its_bytes(attempt: Attempt) -> bool:
    """Whether the signed request may still be sent or matched; else it is erased.

    What was answered is neither, whatever is true of its money: the chain is asked with nonce and evidence.
    """
    return attempt.money not in RELEASED and attempt.delivery == "none"


def still_needed(attempt: Attempt, envelope: Envelope, now: float) -> Envelope | None:
    """Return what of a signed request something may still need at this moment, in Unix seconds.

    An expired credential is sent no more: it is left empty where the request may yet be matched with a job in
    a list, and else there is nothing to keep.
    """
    if not needs_its_bytes(attempt):
        return None
    if now < attempt.terms.expires_at:
        return envelope
    if not may_be_matched(attempt):
        return None
    return replace(envelope, credential_header=(envelope.credential_header[0], ""))


def may_be_matched(attempt: Attempt) -> bool:
    """Whether the job of a lost answer could be found in a list, by the request that it was made from."""
    return attempt.job_style is not None and attempt.job_style.list_path is not None


def unfinished(attempt: Attempt) -> bool:
    """Whether something about it can still be learnt or brought home."""
    if attempt.money in RELEASED:
        return False
    open_delivery = attempt.delivery in {"none", "accepted", "finished"}
    return attempt.money != "settled" or open_delivery or _may_turn_up(attempt)


def at_its_end(attempt: Attempt) -> bool:
    """Whether its answer may be erased."""
    return attempt.money in RELEASED or attempt.delivery in {"finished", "saved", "failed"}


def _may_turn_up(attempt: Attempt) -> bool:
    return attempt.delivery == "lost" and attempt.job_id is not None
