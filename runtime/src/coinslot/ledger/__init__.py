"""The ledger: every attempt, durable, safe for many processes at once."""

from coinslot.ledger._interface import Claim, Ledger, Limits, Payee, Plan
from coinslot.ledger._payees import FIRST_PAYMENT_UNDER_WAY
from coinslot.ledger._sqlite import SqliteLedger, default_path

__all__ = [
    "FIRST_PAYMENT_UNDER_WAY",
    "Claim",
    "Ledger",
    "Limits",
    "Payee",
    "Plan",
    "SqliteLedger",
    "default_path",
]
