"""How a map is made: its name, its limits, and where its files go."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, TypedDict

from coinslot.many._outcome import Outcome
from coinslot.money import Dollars


class MapOptions(TypedDict, total=False):
    """What `studio.map` takes by name."""

    name: str | None
    """What the map is known by in the ledger. Without it: the folder of `save_to`; without that too, a new
    one each time."""
    concurrency: int
    """How many requests are under way at once, from 1 to 64; 4 if it is not said."""
    max_total: Dollars
    """What all runs of this name may cost together, in dollars; `"5.00"` if it is not said."""
    max_price: Dollars | None
    """What each call may cost at most, in dollars."""
    save_to: str | os.PathLike[str] | None
    """A folder for the results' files."""
    timeout: float | None
    """Seconds to wait for each job at most, as in `Job.wait`."""
    on_outcome: Callable[[Outcome[Any]], object] | None
    """Called with each outcome as soon as it is there, one after the other."""
