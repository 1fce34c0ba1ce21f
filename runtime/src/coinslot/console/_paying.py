"""Carrying out a call: its values checked, its price agreed on, its answer handed over."""

from __future__ import annotations

import inspect
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from pydantic import ValidationError

from coinslot.call import route_behind
from coinslot.console._agreeing import agreed, check_upload, cost_of_upload
from coinslot.console._delivering import deliver
from coinslot.console._ends import say_interrupted
from coinslot.console._interrupted import money_known
from coinslot.console._session import amount, session_of
from coinslot.console._uploading import bought_by
from coinslot.console._wanted import keep_wanted
from coinslot.console._wording import refusal
from coinslot.errors import PaymentOutcomeUnknown
from coinslot.money import EXACT, total
from coinslot.saving import place_of

if TYPE_CHECKING:
    from coinslot.client import Client
    from coinslot.console._options import Terms
    from coinslot.quote import Quote


def pay(ctx: click.Context, find: Callable[[Any], Any], terms: Terms, values: Mapping[str, Any]) -> None:
    """Make a paid call and bring home what it gives."""
    session = session_of(ctx)
    with session.client(pay_with=terms.pay_with, base_url=terms.base_url, tells_uploads=True) as client:
        call = find(client)
        filled = arguments(call, values)
        route = route_behind(call)
        session.told["route"] = str(route)
        check_output(ctx, terms)
        with checked(ctx):
            uploads = EXACT.multiply(cost_of_upload(client), _files_in(filled))
            limit = agreed(route, terms, lambda: call.quote(**filled), uploads=uploads)
            try:
                answer = call(**filled, max_price=limit, idempotency_key=terms.idempotency_key)
            except KeyboardInterrupt:
                say_interrupted(session, money_known(session, client, route, terms.base_url))
                keep_wanted(session.told.get("attempt_id"), terms)
                raise
            except PaymentOutcomeUnknown as error:
                keep_wanted(error.attempt_id, terms)
                raise
        session.told |= _uploads_told(client)
        deliver(session, answer, terms, model=_model(ctx))


def price(ctx: click.Context, find: Callable[[Any], Any], terms: Terms, values: Mapping[str, Any]) -> None:
    """Ask what a call would cost, and pay nothing."""
    session = session_of(ctx)
    with session.client(pay_with=terms.pay_with, base_url=terms.base_url) as client, checked(ctx):
        call = find(client)
        quote: Quote = call.quote(**arguments(call, values))
    session.finish(
        str(quote),
        route=str(route_behind(call)),
        price_usd=amount(quote.price),
        asset=quote.asset.symbol,
        network=quote.network,
        payee=quote.payee,
        payer=quote.payer,
        backend=quote.backend,
    )


def ask(ctx: click.Context, find: Callable[[Any], Any], terms: Terms, values: Mapping[str, Any]) -> None:
    """Make a call that is not paid for, and print its answer."""
    session = session_of(ctx)
    with (
        session.client(pay_with=terms.pay_with, base_url=terms.base_url, tells_uploads=True) as client,
        checked(ctx),
    ):
        call = find(client)
        session.told["route"] = str(route_behind(call))
        filled = arguments(call, values)
        if _files_in(filled):
            check_upload(client, None)
        answer = call(**filled)
        deliver(session, answer, terms, model=_model(ctx))


def arguments(call: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a call is given. What it needs and nobody gave is null, as its option allows."""
    signature = inspect.signature(call.__call__)
    needed = [name for name, one in signature.parameters.items() if one.default is inspect.Parameter.empty]
    return {**dict.fromkeys(needed), **values}


def _uploads_told(client: Client) -> dict[str, str]:
    """Return what the uploads of this run cost, where there were any."""
    bought = [attempt.price for attempt in bought_by(client)]
    return {"uploads_usd": amount(total(bought))} if bought else {}


def _files_in(value: Any) -> int:
    """Return how many files are named in it, which are uploaded, and uploads are paid for."""
    if isinstance(value, Mapping | list | tuple):
        return sum(map(_files_in, value.values() if isinstance(value, Mapping) else value))
    return int(isinstance(value, Path))


def check_output(ctx: click.Context, terms: Terms) -> None:
    """Refuse a place for results that cannot be one, before anything is paid."""
    try:
        check_folder(ctx, place_of(terms.output or ".").folder)
    except ValueError as error:
        raise click.BadParameter(str(error), ctx, param_hint="'--output'") from None


def check_folder(ctx: click.Context, folder: Path) -> None:
    """Refuse a folder in which no file can be made, or which cannot be made itself."""
    there = next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return
    except OSError as error:
        why = f"nothing can be written in {there} ({error.strerror or type(error).__name__})"
        if not there.is_dir():
            why = f"{there} is a file, and no folder"
    raise click.BadParameter(f"{why}. Nothing was asked or paid.", ctx, param_hint="'--output'")


@contextmanager
def checked(ctx: click.Context) -> Iterator[None]:
    """Turn what a request's model refuses into a usage error that names the option. Nothing was sent."""
    try:
        yield
    except ValidationError as error:
        problem = error.errors()[0]
        where = [str(one) for one in problem["loc"]]
        param = _param(ctx, where[0]) if where else None
        inside = f"{'.'.join(where[1:])}: " if param and len(where) > 1 else ""
        words = refusal(problem)
        told = f"{inside}{words}" if param else f"{'.'.join(where)} {words}".strip()
        raise click.BadParameter(told, ctx, param) from None


def _param(ctx: click.Context, name: str) -> click.Parameter | None:
    """Find the option of a member by its name on the wire."""
    bare = _bare(name)
    for fits in (str.__eq__, str.endswith):
        for one in ctx.command.params:
            if one.name and not one.name.startswith("_") and fits(_bare(one.name), bare):
                return one
    return None


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _model(ctx: click.Context) -> str:
    """Name what was called, for file names."""
    parent = ctx.parent.info_name if ctx.parent is not None else None
    return str(parent or ctx.info_name)
