"""One logical paid call: what is asked, who pays, and what it comes to."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from coinslot.attempt import Attempt, CallIdentity
from coinslot.backend import Backend, Surroundings
from coinslot.effects import Reply, Request
from coinslot.envelopes import OF_ONE_SENDING
from coinslot.money import Dollars
from coinslot.origin import origin_of
from coinslot.policy import Policy
from coinslot.route import EVENT_STREAM, Route
from coinslot.security import Credentials
from coinslot.signed import Habits
from coinslot.terms import Agreed, Budget

if TYPE_CHECKING:
    from coinslot.streams._hold import Hold

MAX_QUOTES = 1000
_BOUNDARY = re.compile(r'boundary="?([^";,]+)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PaidCall:
    """One logical call that may be paid for."""

    request: Request
    route: Route[Any, Any] | None
    max_price: Dollars | None = None
    idempotency_key: str | None = None
    budget: Budget | None = None
    known_as: Request | None = None
    """What tells it from other calls in place of `request`."""
    agreed: Agreed | None = None
    """What may be paid, and to whom; None: whatever the policy allows."""
    parameters: tuple[tuple[str, str], ...] | None = field(default=None, repr=False)
    """What its operation takes in header fields and cookies; None: nothing there makes another call of it."""


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

    credentials: Credentials | None = None
    """What the API wants to be shown beside payment."""
    quotes: dict[str, Decimal] = field(default_factory=dict)
    """Prices in dollars that were quoted and not yet paid, by the fingerprint of their call."""

    def holding(self, credentials: Credentials | None) -> Wallet:
        """Return the same wallet for the flow of a client that has these."""
        return self if credentials is None else replace(self, credentials=credentials)

    def quoted(self, fingerprint: str, price: Decimal) -> None:
        """Remember a quote; the oldest are forgotten."""
        self.quotes.pop(fingerprint, None)
        self.quotes[fingerprint] = price
        while len(self.quotes) > MAX_QUOTES:
            self.quotes.pop(next(iter(self.quotes)))

    def named(self, name: str) -> Backend | None:
        """Return the backend of this name."""
        return next((backend for backend in self.backends if backend.name == name), None)


@dataclass(frozen=True, slots=True)
class Paid:
    """What a paid call came to: the answer and the attempt it was bought with."""

    reply: Reply
    attempt: Attempt | None
    """None: the server asked for nothing."""
    hold: Hold | None = None
    """Holds the attempt while its answer, an event stream, is read; None: it is here."""


def call_identity(call: PaidCall) -> CallIdentity:
    """Return what makes this call the same as another: all that its operation declares, and its key.

    Credentials are no part of it: they say who asks, and a renewed one asks for nothing else.
    """
    return call_identities(call)[0]


def call_identities(call: PaidCall) -> list[CallIdentity]:
    """Return what tells this call, and what told it in versions that saw no parameters."""
    plain = _of_address_and_body(call)
    if call.parameters is None:
        return [plain]
    told = sorted(
        (name.lower(), value) for name, value in call.parameters if name.lower() not in OF_ONE_SENDING
    )
    digest = hashlib.sha256(f"{plain.fingerprint}\0{json.dumps(told)}".encode())
    return [replace(plain, fingerprint=digest.hexdigest()), plain]


def _of_address_and_body(call: PaidCall) -> CallIdentity:
    request = call.known_as or call.request
    origin, parts = origin_of(request.url), urlsplit(request.url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    digest = hashlib.sha256()
    kind, body = _unbounded(request.headers.get("Content-Type") or "", request.body)
    # An answer that is read as it comes is another call than the same one answered whole.
    streams = (EVENT_STREAM,) if call.route is not None and call.route.streams else ()
    for piece in (origin, request.method, path, kind, *streams):
        digest.update(piece.encode() + b"\0")
    digest.update(_canonical(body))
    return CallIdentity(origin, request.method, parts.path, digest.hexdigest(), call.idempotency_key)


class _Float(list[str]):
    """A number with a fraction by its letters: neither rounded nor taken for a string of the same letters."""

    def __init__(self, text: str) -> None:
        super().__init__(("float", text))


def _apart(value: Any) -> Any:
    """Return a value in which no list of the sender's reads as such a number."""
    if isinstance(value, dict):
        return {name: _apart(inner) for name, inner in value.items()}
    if not isinstance(value, list) or isinstance(value, _Float):
        return value
    items = [_apart(item) for item in value]
    return ["float", items[1:]] if len(items) == 2 and items[0] == "float" else items


def _unbounded(kind: str, body: bytes) -> tuple[str, bytes]:
    """Return a multipart body without its boundary, which is drawn anew each time it is written."""
    found = _BOUNDARY.search(kind)
    if found is None or not kind.lower().startswith("multipart/"):
        return kind, body
    boundary = found.group(1)
    return kind.replace(boundary, "-"), body.replace(boundary.encode("latin-1"), b"-")


def _canonical(body: bytes) -> bytes:
    """Return a JSON body with its members in order, so that spelling makes no other call of it."""
    try:
        return json.dumps(_apart(json.loads(body, parse_float=_Float)), sort_keys=True).encode()
    except (ValueError, RecursionError):
        return body
