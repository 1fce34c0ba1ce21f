"""The ledger: every attempt, durable, safe for many processes at once."""

from coinslot.ledger._history import Move
from coinslot.ledger._interface import Claim, Ledger, Limits, Payee, Plan
from coinslot.ledger._sqlite import SqliteLedger, default_path
from coinslot.ledger.rules import PASSING

__all__ = [
    "PASSING",
    "Claim",
    "Ledger",
    "Limits",
    "Move",
    "Payee",
    "Plan",
    "SqliteLedger",
    "default_path",
]
