"""The ledger: every attempt, durable, safe for many processes at once."""

from coinslot.ledger._challenges import CHALLENGE_IN_USE
from coinslot.ledger._interface import Claim, Ledger, Limits, Payee, Plan
from coinslot.ledger._payees import FIRST_PAYMENT_UNDER_WAY
from coinslot.ledger._sqlite import SqliteLedger, default_path

PASSING = frozenset({CHALLENGE_IN_USE, FIRST_PAYMENT_UNDER_WAY})
"""Slugs of refusals that pass when another call has been paid."""

__all__ = [
    "PASSING",
    "Claim",
    "Ledger",
    "Limits",
    "Payee",
    "Plan",
    "SqliteLedger",
    "default_path",
]
