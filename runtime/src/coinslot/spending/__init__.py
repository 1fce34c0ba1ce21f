"""What was spent: attempts read from the ledger, chosen, added up and told. It writes nothing there."""

from coinslot.spending._choosing import OPEN, STATES, Selection, moment
from coinslot.spending._entries import Entry, entry_of, entry_with, read
from coinslot.spending._finding import find, short_ids
from coinslot.spending._sums import GROUPINGS, Grouping, Sums, grouped, sums
from coinslot.spending._telling import csv_of, plain, plain_sums

__all__ = [
    "GROUPINGS",
    "OPEN",
    "STATES",
    "Entry",
    "Grouping",
    "Selection",
    "Sums",
    "csv_of",
    "entry_of",
    "entry_with",
    "find",
    "grouped",
    "moment",
    "plain",
    "plain_sums",
    "read",
    "short_ids",
    "sums",
]
