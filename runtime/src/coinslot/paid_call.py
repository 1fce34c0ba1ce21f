"""One logical paid call: what is asked, who pays, and what it comes to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from coinslot.attempt import Attempt, CallIdentity
from coinslot.backend import Backend, Surroundings
from coinslot.effects import Reply, Request
from coinslot.money import Dollars
from coinslot.origin import origin_of
from coinslot.policy import Policy
from coinslot.route import Route
from coinslot.signed import Habits


@dataclass(frozen=True, slots=True)
class PaidCall:
    """One logical call that may be paid for."""

    request: Request
    route: Route[Any, Any] | None
    max_price: Dollars | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Wallet:
    """Who pays, within which rules, and in whose time."""

    backends: Sequence[Backend]
    policy: Policy
    session: str
    cheapest: bool = False
    """Whether nobody named an order of backends, so that the cheapest offer is taken."""
    surroundings: Surroundings = field(default_factory=Surroundings)
    habits: Habits = field(default_factory=Habits)

    def named(self, name: str) -> Backend | None:
        """Return the backend of this name."""
        return next((backend for backend in self.backends if backend.name == name), None)


@dataclass(frozen=True, slots=True)
class Paid:
    """What a paid call came to: the answer and the attempt it was bought with."""

    reply: Reply
    attempt: Attempt | None
    """None: the server asked for nothing."""


def call_identity(call: PaidCall) -> CallIdentity:
    """Return what makes this call the same as another."""
    request = call.request
    origin, parts = origin_of(request.url), urlsplit(request.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    digest = hashlib.sha256()
    for piece in (origin, request.method, path, request.headers.get("Content-Type") or ""):
        digest.update(piece.encode() + b"\0")
    digest.update(_canonical(request.body))
    return CallIdentity(origin, request.method, parts.path, digest.hexdigest(), call.idempotency_key)


def _canonical(body: bytes) -> bytes:
    """Return a JSON body with its members in order, so that spelling makes no other call of it."""
    try:
        return json.dumps(json.loads(body, parse_float=str), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body
