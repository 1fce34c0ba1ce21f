"""Whether a generated client and this runtime fit each other.

A generated client states the series (`major.minor`) of the runtime that it was written for; the
runtime states its own, and the oldest one whose clients it still serves.
"""

from __future__ import annotations

from typing import Final

from coinslot.errors import ConfigurationError

SERIES: Final = "0.1"
"""This runtime's own series."""
OLDEST: Final = "0.1"
"""Clients that were written for an older one have to be generated again."""


def check_fit(needed: str, client: str, *, series: str = SERIES, oldest: str = OLDEST) -> None:
    """Raise ConfigurationError, with what to do, if a client that was written for `needed` does not fit."""
    if _numbers(needed) > _numbers(series):
        raise ConfigurationError(
            f"{client} needs coinslot {needed} or newer, and {series} is installed: upgrade coinslot."
        )
    if _numbers(needed) < _numbers(oldest):
        raise ConfigurationError(
            f"{client} was generated for coinslot {needed}, and coinslot {series} serves clients from "
            f"{oldest} on: generate it again, or install an older coinslot."
        )


def _numbers(series: str) -> tuple[int, ...]:
    return tuple(int(part) for part in series.split("."))
