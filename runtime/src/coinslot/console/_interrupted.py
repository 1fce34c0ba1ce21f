"""What is true of the money after Ctrl-C."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coinslot.attempt import RELEASED
from coinslot.console._session import Session, amount
from coinslot.console._uploading import bought_by
from coinslot.ledger import SqliteLedger
from coinslot.money import show, total

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coinslot.attempt import Attempt
    from coinslot.client import Client
    from coinslot.route import Route

_GOES_ON = "The same command goes on from there and pays nothing twice"


def money_known(session: Session, client: Client, route: Route[Any, Any], base_url: str | None) -> str:
    """Say what the ledger knows of the money of an interrupted call to `route`, and of its uploads."""
    origin = session.origin(base_url)
    here = [
        attempt
        for attempt in SqliteLedger().attempts()
        if attempt.call.origin == origin and attempt.money not in {"planned", *RELEASED}
    ]
    new = [attempt for attempt in here if attempt.created_at >= session.started]
    own = [
        attempt
        for attempt in here
        if attempt.route_path == route.path and (attempt in new or attempt.money != "settled")
    ]
    if own:
        last = own[-1]
        session.told |= {"attempt_id": last.id, "money": last.money, "price_usd": amount(last.price)}
        found = f"; '{session.program.name} jobs resume' finds its job" if route.job is not None else ""
        return f"{show(last.price)} {_paid([last])} (attempt {last.id}). {_GOES_ON}{found}."
    files = [attempt for attempt in bought_by(client) if attempt in here]
    if files:
        price = total(attempt.price for attempt in files)
        session.told["uploads_usd"] = amount(price)
        return f"{show(price)} {_paid(files)} for uploads, and nothing for the call. {_GOES_ON}."
    return "Nothing was signed and nothing was paid."


def _paid(attempts: Sequence[Attempt]) -> str:
    return "was paid" if all(one.money == "settled" for one in attempts) else "may have been paid"
