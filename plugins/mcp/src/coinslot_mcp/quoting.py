"""Quotes: an agent's arguments checked and priced, and bound to one payment."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import anyio
from mcp import types
from pydantic import ValidationError

from coinslot import Quote
from coinslot.money import show
from coinslot.terms import Agreed
from coinslot.text import clean
from coinslot_mcp.catalogue import Entry
from coinslot_mcp.quotes import LIFETIME, AgentQuote
from coinslot_mcp.schemas import model_problems
from coinslot_mcp.shop import Shop
from coinslot_mcp.telling import told


class BadArguments(Exception):
    """What an agent gave does not fit the call."""


async def filled(
    shop: Shop, entry: Entry, arguments: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the call's arguments with files read, and their digests by path.

    Raises BadArguments, or NotAllowed for a file.
    """
    problems = [f"{clean(name, 60)}: not taken here" for name in entry.schema.unknown(arguments)]
    problems += [f"{name}: missing" for name in entry.schema.missing(arguments)]
    if problems:
        raise BadArguments("; ".join(problems))
    given = shop.folders.reading()
    made = await anyio.to_thread.run_sync(entry.schema.with_media, arguments, given.medium)
    return made, {text: hashlib.sha256(content).hexdigest() for text, content in given.files.items()}


def misfit(error: ValidationError) -> BadArguments:
    """Return what a request's model refuses, without the values."""
    return BadArguments("; ".join(model_problems(error)))


async def quote(shop: Shop, entry: Entry, arguments: Mapping[str, Any]) -> types.CallToolResult:
    """Ask for a price and bind it. Nothing is signed."""
    given, files = await filled(shop, entry, arguments)
    call: Any = entry.call
    try:
        asked: Quote = await call.quote(**given)
    except ValidationError as error:
        raise misfit(error) from None
    cost = asked.price + (asked.uploads or 0)
    facts: dict[str, Any] = {"price": show(asked.price), "to": clean(asked.payee, 120)}
    if asked.uploads != 0:
        facts["uploads"] = "not known" if asked.uploads is None else show(asked.uploads)
        facts["cost"] = show(cost)
    facts |= {"in": f"{asked.asset.symbol} on {asked.network}", "from": asked.payer}
    if cost > shop.caps.call:
        limit = show(shop.caps.call)
        why = f"It costs more than one call may cost here ({limit}); only the user can raise that."
        return told({"payable": False, "why": why, **facts})
    made = shop.quotes.make(
        origin=shop.origin,
        entry=entry.name,
        arguments=dict(arguments),
        files=files,
        price=asked.price,
        uploads=asked.uploads,
        surprising=asked.above_cap is not None or entry.route.price is None,
        agreed=Agreed.on(asked),
    )
    return told(
        {
            "quote_id": made.id,
            "payable": True,
            **facts,
            "takes": entry.time or "not known",
            "valid_seconds": int(LIFETIME),
            "a_person_is_asked": bool(reasons_to_ask(shop, made)),
            "next": "To buy this, call pay with the quote_id. Nothing was paid yet.",
        }
    )


def reasons_to_ask(shop: Shop, quote: AgentQuote) -> list[str]:
    """Return why only a person may agree to a quote; nothing where none has to."""
    caps, spent = shop.caps, shop.unasked.spent
    dear = quote.cost > caps.confirm_above
    why = {
        f"It costs more than {show(caps.confirm_above)} (--confirm-above).": dear,
        f"{show(spent)} was spent since somebody was last asked, and with this it is more than "
        f"{show(caps.confirm_every)} (--confirm-every).": not dear
        and spent + quote.cost > caps.confirm_every,
        "Its price is not the one that is printed for it.": quote.surprising,
        "What uploading its files costs beside is not known.": quote.uploads is None,
    }
    return [reason for reason, holds in why.items() if holds]
