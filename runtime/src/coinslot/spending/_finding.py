"""Short ids: as much of an attempt's id as tells it from all others, as people type it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile

from coinslot.attempt import Attempt
from coinslot.errors import ConfigurationError
from coinslot.text import clean

BEGINNING = "att_"
_SHORTEST = 7


def short_ids(attempts: Iterable[Attempt]) -> dict[str, str]:
    """Return by id what is enough of it, all of one length where the ids allow it."""
    ids = sorted(attempt.id for attempt in attempts)
    bare = [one.removeprefix(BEGINNING) for one in ids]
    # Sorted, an id shares most with a neighbour.
    shared = max((_alike(one, other) for one, other in pairwise(bare)), default=0)
    length = max(_SHORTEST, shared + 1)
    return {one: short[:length] for one, short in zip(ids, bare, strict=True)}


def find(attempts: Sequence[Attempt], given: str) -> Attempt:
    """Return the attempt of an id or of its beginning, with or without `att_`, or of its job's whole id.

    Raises ConfigurationError where there is none, and where there are several.
    """
    wanted = given.removeprefix(BEGINNING)
    exact = [one for one in attempts if given in {one.id, one.id.removeprefix(BEGINNING)}]
    found = exact or [
        one
        for one in attempts
        if one.job_id == given or (wanted and one.id.removeprefix(BEGINNING).startswith(wanted))
    ]
    if len(found) == 1:
        return found[0]
    told = clean(given, 80)
    if not found:
        raise ConfigurationError(
            f"There is no attempt or job {told} in this ledger. 'coinslot ledger list' shows the ids."
        )
    several, ids = len(found), ", ".join(one.id for one in found[:4])
    more = f" and {several - 4} more" if several > 4 else ""
    raise ConfigurationError(f"{told} is or begins the id of {several} attempts ({ids}{more}): type more.")


def _alike(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
