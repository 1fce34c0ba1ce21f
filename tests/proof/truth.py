"""What the ledger says, held against what the chain says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from coinslot.attempt import Attempt
from tests.proof.transfers import Transfer
from tests.proof.worlds import World

ENDED = frozenset({"settled", "void", "abandoned"})


def check_so_far(world: World, attempts: Sequence[Attempt], moved: Sequence[Transfer]) -> None:
    """Whatever the ledger is sure of is so; whatever moved, it holds for possible."""
    settled = _terms(world, attempts, {"settled"})
    possible = _terms(world, attempts, {"settled", "signed", "unknown", "refused"})
    assert not settled - Counter(moved), "settled on record, and not on the chain"
    assert not Counter(moved) - possible, "moved on the chain, and not on record"


def check_in_the_end(world: World, attempts: Sequence[Attempt], moved: Sequence[Transfer]) -> None:
    """Everything is certain, and the ledger says of each payment what the chain says."""
    uncertain = [(attempt.money, attempt.note) for attempt in attempts if attempt.money not in ENDED]
    assert not uncertain, f"still open: {uncertain}"
    assert _terms(world, attempts, {"settled"}) == Counter(moved)


def check_limits(world: World, moved: Sequence[Transfer], cap: str) -> None:
    """Nobody but the seller was paid, and nothing above the cap."""
    assert {transfer.payee for transfer in moved} <= {world.account(world.seller)}
    assert all(Decimal(transfer.amount) / 10**6 <= Decimal(cap) for transfer in moved)


def _terms(world: World, attempts: Sequence[Attempt], money: set[str]) -> Counter[Transfer]:
    return Counter(
        Transfer(world.account(attempt.terms.payee), attempt.terms.amount)
        for attempt in attempts
        if attempt.money in money
    )
