"""The options that every call has. Each set is a decorator, for other commands to use as well.

Their values are kept under names with an underscore in front, which no member of a request has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any, Literal, TypeVar

import click

from coinslot.console._values import DOLLARS, PLACE

F = TypeVar("F", bound=Callable[..., Any])

CONFIRM_ABOVE = Decimal("0.50")
"""Dollars; above it a person is asked before a call is paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the options of every call say; a command that lacks some has their defaults."""

    pay_with: tuple[str, ...] = ()
    base_url: str | None = None
    as_json: bool = False
    max_price: Decimal | None = None
    confirm_above: Decimal = CONFIRM_ABOVE
    yes: bool = False
    idempotency_key: str | None = None
    output: str | None = None
    no_wait: bool = False
    timeout: float | None = None
    metadata: Literal["inside", "sidecar", "none"] = "inside"
    preview: bool = True


def taken(given: Mapping[str, Any]) -> tuple[Terms, dict[str, Any]]:
    """Part what was given into the options of every call and the members of this one."""
    ours = {name[1:]: value for name, value in given.items() if name.startswith("_") and value is not None}
    values = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in given.items()
        if not name.startswith("_") and value is not None and value != ()
    }
    return Terms(**ours), values


def serving(command: F) -> F:
    """Add the options that say who asks whom."""
    return _with(
        command,
        click.option(
            "--pay-with",
            "_pay_with",
            multiple=True,
            metavar="BACKEND",
            help="Whose wallet is used; repeat it in order of preference. Without it: all that have a key.",
        ),
        click.option("--base-url", "_base_url", metavar="URL", help="Where the API is, as for a sandbox."),
        printing,
    )


def printing(command: F) -> F:
    """Add the option for scripts."""
    return _with(
        command,
        click.option("--json", "_as_json", is_flag=True, help="Print one JSON object, for scripts."),
    )


def spending(command: F) -> F:
    """Add the options that say what may be spent."""
    return _with(
        command,
        click.option(
            "--max-price",
            "_max_price",
            type=DOLLARS,
            help="What the call may cost at most, in dollars. Without it: the price that you agree to.",
        ),
        click.option(
            "--confirm-above",
            "_confirm_above",
            type=DOLLARS,
            envvar="COINSLOT_CONFIRM_ABOVE",
            help=f"Ask before a call that costs more than this, in dollars.  [default: {CONFIRM_ABOVE}]",
        ),
        click.option(
            "--yes",
            "-y",
            "_yes",
            is_flag=True,
            help="Pay without asking: up to one dollar, and more with --max-price.",
        ),
        click.option(
            "--idempotency-key",
            "_idempotency_key",
            metavar="KEY",
            help="Name this call: the same key never pays a second time.",
        ),
    )


def saving(command: F) -> F:
    """Add the options that say where results go."""
    return _with(
        command,
        click.option(
            "--output",
            "-o",
            "_output",
            type=PLACE,
            help="Where the result is saved: a file, a folder, or a template such as '{model}-{time}'. "
            "Without it: '{model}-{job_id}' here. Nothing is overwritten.",
        ),
        click.option(
            "--metadata",
            "_metadata",
            type=click.Choice(["inside", "sidecar", "none"]),
            help="Where prompt, parameters and price are kept: in a PNG (else beside it), always "
            "beside it, or nowhere.  [default: inside]",
        ),
        click.option("--preview/--no-preview", "_preview", default=True, help="Show pictures in terminals."),
    )


def waiting(command: F) -> F:
    """Add the options of commands that wait for a job."""
    return _with(
        command,
        click.option("--no-wait", "_no_wait", is_flag=True, help="Do not wait for the job; print its id."),
        click.option(
            "--timeout",
            "_timeout",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="How long to wait for the job, which goes on after that. Without it: ten minutes, or five "
            "times what is usual if that is longer.",
        ),
    )


def _with(command: F, *options: Callable[[F], F]) -> F:
    # Decorators apply from the bottom up, and help lists from the top down.
    return reduce(lambda made, option: option(made), reversed(options), command)
