"""What generated commands are made with: each names a call of its client, and the rest is done here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from functools import update_wrapper
from typing import Any, TypeVar

import click

from coinslot.console._options import saving, serving, spending, taken, waiting
from coinslot.console._session import session_of

ClientT = TypeVar("ClientT")
_ASKING = frozenset({"_pay_with", "_base_url", "_as_json"})
"""Options of ours that mean something for a price."""


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
        ask(ctx, find, terms, values)

    return _like(find, saving(serving(run)))


def priced(commands: Mapping[str, click.Command]) -> dict[str, click.Command]:
    """Return commands that ask for the price of their call; where there is none, that is all they say."""
    return {
        name: _priced(command) if is_paid(command) else _unpriced(name) for name, command in commands.items()
    }


def _priced(command: click.Command) -> click.Command:
    made = copy(command)
    made.params = [_hidden(one) for one in command.params]
    return made


def _hidden(param: click.Parameter) -> click.Parameter:
    """Hide an option that means nothing for a price; it is taken, for quote is put before whole commands."""
    if not isinstance(param, click.Option) or not str(param.name).startswith("_") or param.name in _ASKING:
        return param
    made = copy(param)
    made.hidden = True
    return made


def _unpriced(name: str) -> click.Command:
    def refuse(ctx: click.Context, _: str, __: object) -> None:
        raise click.UsageError("This call is not paid for, so there is no price to ask.", ctx)

    # Eager: also --help says nothing else.
    strays = click.Argument(["strays"], nargs=-1, callback=refuse, is_eager=True)
    settings = {"ignore_unknown_options": True, "help_option_names": []}
    return click.Command(name, params=[strays], hidden=True, context_settings=settings)


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
