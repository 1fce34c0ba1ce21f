"""What is said to a program that may go on."""

from __future__ import annotations

import warnings
from pathlib import Path

_DEPTH = 2


class CoinslotWarning(UserWarning):
    """Something that will do harm later, unless it is mended. The call goes on."""


def warn_if_fleeting(ledger: Path) -> None:
    """Warn where the record of live money lies in a place that is wiped."""
    from coinslot.ledger._place import fleeting

    if fleeting(ledger.parent):
        warnings.warn(
            f"The ledger {ledger} says what was paid with a live key, and lies in a folder for temporary "
            "files: when that is wiped, budgets begin anew, and what was lost on the way cannot be found. "
            "Set COINSLOT_HOME to a folder that stays.",
            CoinslotWarning,
            stacklevel=_DEPTH,
        )
