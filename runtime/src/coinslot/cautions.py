"""What is said to a program that may go on."""

from __future__ import annotations

import warnings
from pathlib import Path

from coinslot.errors import ConfigurationError

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


def check_folder(ledger: Path, *, live: bool) -> None:
    """Warn where another user of this machine can take the ledger away, and so have its calls paid again.

    Raises ConfigurationError for a live key where everybody can. Test money is not worth more than a warning.
    """
    from coinslot.ledger._files import exposed_above, writable_by

    folder = ledger.resolve().parent
    who, where = writable_by(folder), folder
    if who == "everybody" and live:
        raise ConfigurationError(_open_to(who, where, ledger))
    if who is None and live:
        above = exposed_above(folder)
        who, where = ("everybody", above) if above is not None else (None, folder)
    if who == "everybody" or (who is not None and live):
        warnings.warn(_open_to(who, where, ledger), CoinslotWarning, stacklevel=_DEPTH)


def _open_to(who: str, folder: Path, ledger: Path) -> str:
    mode = "700" if folder == ledger.resolve().parent else "o-w"
    return (
        f"The ledger {ledger} says what was paid, and {who} can write to {folder}: another user of this "
        "machine could take it away, and the same calls would be paid again. "
        f"Run: chmod {mode} {folder} (or set COINSLOT_HOME to a folder of your own)."
    )
