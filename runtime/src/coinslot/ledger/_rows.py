"""Rows of the SQLite ledger as values, and back."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict
from decimal import Decimal
from functools import lru_cache
from typing import Any

from coinslot.attempt import Attempt, CallIdentity, Envelope, Printed
from coinslot.errors import LedgerUnavailable
from coinslot.ledger._interface import Plan
from coinslot.ledger._standing import Standing
from coinslot.offer import Offer, Terms
from coinslot.route import JobStyle
from coinslot.text import clean


def attempt_of(row: sqlite3.Row) -> Attempt:
    """Build the attempt that a row of `attempts` holds. Raises LedgerUnavailable where it is damaged."""
    try:
        return _attempt(row)
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise LedgerUnavailable(
            f"Attempt {clean(str(row['id']))} in the ledger is damaged ({type(error).__name__}). Nothing is "
            "signed before it can be read: put a copy of the ledger in its place, or set COINSLOT_HOME anew."
        ) from None


def _attempt(row: sqlite3.Row) -> Attempt:
    # A row looks for each name among all its columns; a mapping does not.
    kept = dict(zip(row.keys(), row, strict=True))
    return Attempt(
        id=kept["id"],
        call=CallIdentity(
            kept["origin"], kept["method"], kept["path"], kept["fingerprint"], kept["idempotency_key"]
        ),
        url=kept["url"],
        backend=kept["backend"],
        offer=_offer(kept["offer"]),
        terms=Terms(
            network=kept["network"],
            asset=kept["asset"],
            amount=int(kept["amount"]),
            payee=kept["payee"],
            payer=kept["payer"],
            expires_at=kept["expires_at"],
        ),
        price=Decimal(kept["price"]),
        max_fee=Decimal(kept["max_fee"]),
        money=kept["money"],
        delivery=kept["delivery"],
        created_at=kept["created_at"],
        signed_at=kept["signed_at"] or 0,
        nonce=kept["nonce"] or "",
        evidence=json.loads(kept["evidence"]) if kept["evidence"] else {},
        settled_by=kept["settled_by"],
        receipt=json.loads(kept["receipt"]) if kept["receipt"] else None,
        transaction=kept["transaction_id"],
        job_id=kept["job_id"],
        matched=bool(kept["matched"]),
        note=kept["note"],
        route_path=kept["route_path"],
        job_style=_job_style(kept["job_style"]),
        budget=kept["budget"],
        printed=_printed(kept["printed"]),
        saved_to=kept["saved_to"],
        address=kept["address"],
        session=kept["session"],
    )


def envelope_of(row: sqlite3.Row) -> Envelope:
    """Build the envelope that a row of `envelopes` holds."""
    return Envelope(
        method=row["method"],
        url=row["url"],
        headers=tuple((name, value) for name, value in json.loads(row["headers"])),
        body=row["body"],
        credential_header=(row["credential_name"], row["credential_value"]),
        left_out=tuple(json.loads(row["left_out"])),
    )


def standing_of(row: sqlite3.Row) -> Standing:
    """Say how the attempt of a row stands."""
    return Standing(
        origin=row["origin"],
        session=row["session"],
        network=row["network"],
        payee=row["payee"],
        price=Decimal(row["price"]),
        max_fee=Decimal(row["max_fee"]),
        money=row["money"],
        delivery=row["delivery"],
        created_at=row["created_at"],
        owner=row["owner"],
        challenge_id=row["challenge_id"],
        budget=row["budget"],
    )


def planned_row(plan: Plan, owner: str) -> dict[str, Any]:
    """Return the columns of an attempt that is planned now."""
    return {
        "id": plan.attempt_id,
        "origin": plan.call.origin,
        "method": plan.call.method,
        "path": plan.call.path,
        "route_path": plan.route_path,
        "job_style": _job_style_json(plan.job_style) if plan.job_style is not None else None,
        "url": plan.url,
        "fingerprint": plan.call.fingerprint,
        "idempotency_key": plan.call.idempotency_key,
        "session": plan.session,
        "budget": plan.budget.name if plan.budget is not None else None,
        "printed": _printed_json(plan.printed),
        "owner": owner,
        "backend": plan.backend,
        "payer": plan.terms.payer,
        "network": plan.terms.network,
        "asset": plan.terms.asset,
        "symbol": plan.symbol,
        "amount": str(plan.terms.amount),
        "payee": plan.terms.payee,
        "expires_at": plan.terms.expires_at,
        "offer": _offer_json(plan.offer),
        "price": str(plan.price),
        "max_fee": str(plan.max_fee),
        "money": "planned",
        "delivery": "none",
        "created_at": plan.now,
        "updated_at": plan.now,
    }


def _offer_json(offer: Offer) -> str:
    """Write an offer so that `attempt_of` reads it back equal."""
    return json.dumps(
        {
            "protocol": offer.protocol,
            "version": offer.version,
            "scheme": offer.scheme,
            "network": offer.network,
            "asset": offer.asset,
            "amount": str(offer.amount),
            "payee": offer.payee,
            "valid_seconds": offer.valid_seconds,
            "extra": dict(offer.extra),
            "raw": dict(offer.raw),
            "expires_at": offer.expires_at,
        }
    )


# A call reads its own attempt after each move, and most attempts have these in common.
@lru_cache(maxsize=64)
def _offer(text: str) -> Offer:
    content = json.loads(text)
    return Offer(**{**content, "amount": int(content["amount"])})


@lru_cache(maxsize=64)
def _job_style_json(style: JobStyle) -> str:
    return json.dumps(asdict(style))


@lru_cache(maxsize=64)
def _job_style(text: str | None) -> JobStyle | None:
    return JobStyle(**json.loads(text)) if text else None


def _printed_json(printed: Printed) -> str:
    price = None if printed.price is None else [str(bound) for bound in printed.price]
    return json.dumps({"price": price, "seconds": printed.seconds})


@lru_cache(maxsize=64)
def _printed(text: str | None) -> Printed:
    content = json.loads(text) if text else {}
    price, seconds = content.get("price"), content.get("seconds")
    return Printed(
        price=None if price is None else (Decimal(price[0]), Decimal(price[1])),
        seconds=None if seconds is None else (seconds[0], seconds[1]),
    )
