"""That no two payments are the same bytes, also where everything in them is the server's."""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable
from threading import Lock

REMEMBERED = 4096
VARIATIONS = 4096
"""Units by which a compute limit may be raised, at most, to make a payment differ."""


class Distinct:
    """Remembers what was drafted, and raises the compute limit of what would be drafted again.

    The first draft of its kind is left as it is. Memory is of this process: between processes the ledger
    takes no credential twice.
    """

    def __init__(self) -> None:
        self._drafted: dict[Hashable, None] = {}
        # Of a lock that a thread of its parent holds, a forked process would never see the end.
        self._locks: dict[int, Lock] = {}

    def units(self, draft: Hashable, units: int, random_bytes: Callable[[int], bytes]) -> int:
        """Return a compute limit, `units` or a little more, with which this draft is new."""
        with self._locks.setdefault(os.getpid(), Lock()):
            chosen = units
            if (draft, chosen) in self._drafted:
                chance = int.from_bytes(random_bytes(2)) % VARIATIONS
                free = (units + 1 + (chance + step) % VARIATIONS for step in range(VARIATIONS))
                chosen = next(more for more in free if (draft, more) not in self._drafted)
            self._drafted[(draft, chosen)] = None
            if len(self._drafted) > REMEMBERED:
                del self._drafted[next(iter(self._drafted))]
            return chosen
