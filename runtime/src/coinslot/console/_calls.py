"""What generated commands are made with: each names a call of its client, and the rest is done here."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

import click

from coinslot.console._options import saving, serving, spending, taken, waiting
from coinslot.console._session import session_of

ClientT = TypeVar("ClientT")


def paid_call(find: Callable[[ClientT], object]) -> Callable[..., None]:
    """Make the command of a call that is paid for. `find` returns the call of a client."""

    @click.pass_context
    def run(ctx: click.Context, /, **given: Any) -> None:
        from coinslot.console._paying import pay, price

        terms, values = taken(given)
        session = session_of(ctx)
        session.as_json = terms.as_json
        carry_out = price if session.asks_price else pay
        carry_out(ctx, find, terms, values)

    return _like(find, saving(waiting(spending(serving(run)))))


def free_call(find: Callable[[ClientT], object]) -> Callable[..., None]:
    """Make the command of a call that is not paid for. `find` returns the call of a client."""

    @click.pass_context
    def run(ctx: click.Context, /, **given: Any) -> None:
        from coinslot.console._paying import ask

        terms, values = taken(given)
        session = session_of(ctx)
        session.as_json = terms.as_json
        if session.asks_price:
            raise click.UsageError("This call is not paid for.", ctx)
        ask(ctx, find, terms, values)

    return _like(find, saving(serving(run)))


def found_by(command: click.Command) -> Callable[[Any], Any] | None:
    """Return what finds the call of a client that `command` makes; None for commands of ours."""
    find: Callable[[Any], Any] | None = getattr(command.callback, "find", None)
    return find


def is_paid(command: click.Command) -> bool:
    """Whether a command makes a call that is paid for."""
    return any(one.name == "_max_price" for one in command.params)


def _like(find: Callable[..., object], run: Any) -> Callable[..., None]:
    params = [*getattr(run, "__click_params__", [])]
    made: Any = update_wrapper(run, find)
    made.__click_params__ = params
    made.find = find
    command: Callable[..., None] = made
    return command
