"""Money: integers of atomic units with their asset, or exact decimals of dollars; never floats."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Context, Decimal, DivisionByZero, Overflow
from typing import TypeAlias

from coinslot.errors import ConfigurationError

_SUM = re.compile(r"[0-9]{1,18}(\.[0-9]{1,60})?(E[+-]?[0-9]{1,3})?", re.ASCII)

Dollars: TypeAlias = str | int | Decimal
"""A sum in dollars: `"0.25"`, `1` or a `Decimal`. A float is refused: it cannot say 0.1."""

EXACT = Context(
    prec=1_000,
    Emin=-9_999,
    Emax=9_999,
    traps=[DivisionByZero, Overflow],
    capitals=1,
    clamp=0,
)
"""Sums are made in this context alone: the caller's program may have set one that rounds."""


def total(sums: Iterable[Decimal]) -> Decimal:
    """Add sums, without rounding."""
    whole = Decimal(0)
    for part in sums:
        whole = EXACT.add(whole, part)
    return whole


def dollars(value: Dollars, name: str = "amount") -> Decimal:
    """Read a sum in dollars that a person wrote.

    Raises ConfigurationError for a negative or unreadable sum, TypeError for a float.
    """
    if isinstance(value, (bool, float)) or not isinstance(value, (str, int, Decimal)):
        kind = type(value).__name__
        raise TypeError(f'{name} must be a string, an integer or a Decimal, as in {name}="0.25"; got {kind}')
    # Decimal itself takes "0_25" for 25, and digits of every script.
    readable = not isinstance(value, str) or _SUM.fullmatch(value) is not None
    read = Decimal(value) if readable else Decimal("NaN")
    if not read.is_finite() or read < 0:
        message = f'{name} must be a sum in dollars, as in {name}="0.25"'
        raise ConfigurationError(message)
    return read


def show(value: Decimal) -> str:
    """Return dollars as a person reads them: at least cents, and no digit dropped."""
    plain = format(value.normalize(EXACT), "f")
    whole, _, fraction = plain.partition(".")
    return f"${whole}.{fraction.ljust(2, '0')}"
