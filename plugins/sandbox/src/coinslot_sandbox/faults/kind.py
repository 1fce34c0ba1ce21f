"""What a kind of fault is: a name, a line that tells what it does, the moment at which it acts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, get_args

from coinslot_sandbox.exchange import Exchange, Leg, Moment

Act: TypeAlias = Callable[[Exchange, str], Awaitable[None]]
"""Does it to an exchange; the text is the fault's value."""

LEGS: frozenset[Leg] = frozenset(get_args(Leg))


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of fault."""

    name: str
    tells: str
    """One line: what happens, and what is true of the money."""
    moment: Moment
    legs: frozenset[Leg]
    """The exchanges that it happens to."""
    value: str
    """The value where none is given."""
    reads: Callable[[str], object]
    """Raises ValueError for a value that says nothing."""
    only: Callable[[Exchange], bool]
    """Narrows the exchanges further, once they reached the moment."""
    act: Act


def _every(exchange: Exchange) -> bool:
    del exchange
    return True


def kind(
    moment: Moment,
    *legs: Leg,
    value: str = "",
    reads: Callable[[str], object] = str,
    only: Callable[[Exchange], bool] = _every,
) -> Callable[[Act], Kind]:
    """Make a kind of a function: its name and its docstring's first line become the kind's."""

    def made(act: Act) -> Kind:
        name = str(getattr(act, "__name__", "")).replace("_", "-")
        tells = (act.__doc__ or "").partition("\n")[0]
        return Kind(name, tells, moment, frozenset(legs) or LEGS, value, reads, only, act)

    return made


def one_of(*words: str) -> Callable[[str], str]:
    """Return what takes one of these words only."""

    def read(value: str) -> str:
        if value not in words:
            raise ValueError(f"{value!r} is none of {', '.join(words)}")
        return value

    return read


def good(exchange: Exchange) -> bool:
    """Return whether the answer is a success."""
    return exchange.response is not None and exchange.response.status_code < 300


def settled(exchange: Exchange) -> bool:
    """Return whether the exchange moved money."""
    return exchange.settlement is not None and exchange.settlement.success
