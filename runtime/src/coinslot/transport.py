"""A transport that pays: put it under any client, generated or not.

client = httpx.Client(transport=PaymentTransport(pay_with=["base"], max_price="0.05"))
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from coinslot._drivers import adrive, drive
from coinslot._http import (
    AsyncBaseTransport,
    AsyncHTTPTransport,
    BaseTransport,
    HTTPTransport,
    HttpxRequest,
    Response,
    abegin,
    afinish,
    begin,
    finish,
    from_httpx,
    head_of,
    to_response,
)
from coinslot._resolve import PublicPlaces
from coinslot.attempt import Attempt
from coinslot.backend import Backend, Setting, Surroundings
from coinslot.backends import load_backends
from coinslot.cautions import warn_if_fleeting
from coinslot.effects import Flow, Record, Reply, Request, Send
from coinslot.errors import ConfigurationError, LedgerUnavailable, PaymentRefused, UnexpectedPayment
from coinslot.ledger import Ledger, SqliteLedger, default_path
from coinslot.money import Dollars
from coinslot.origin import is_local
from coinslot.paid_call import Paid, PaidCall, Wallet
from coinslot.payment import ask_price, pay
from coinslot.policy import Policy
from coinslot.quote import Quote
from coinslot.recovery import recover
from coinslot.security import FIELD, Credentials, masked
from coinslot.signed import ask_signed
from coinslot.terms import CallTerms
from coinslot.text import clean

__all__ = ["AsyncPaymentTransport", "CallTerms", "PaymentTransport"]

PAYMENT_REQUIRED = 402
LARGEST_PAID_REPLY = 256 * 1024 * 1024
"""Bytes of a reply that are read at most: what was paid for must not be cut off by us."""
DEFAULT_TIMEOUT = 30.0


class Till:
    """What both transports share: backends, policy and ledger, made when first needed."""

    def __init__(
        self,
        *,
        pay_with: Sequence[str | Backend] | None,
        policy: Policy,
        ledger: Ledger | None,
        environ: Mapping[str, str],
        surroundings: Surroundings,
    ) -> None:
        self._pay_with = pay_with
        self._policy = policy
        self._ledger = ledger
        self._given = ledger is not None
        self._environ = environ
        self._surroundings = surroundings
        self._wallet: Wallet | None = None
        self._guard = threading.Lock()

    @property
    def ledger(self) -> Ledger:
        """The ledger, opened when first asked for."""
        with self._guard:
            if self._ledger is None:
                self._ledger = SqliteLedger(default_path(self._environ), now=self._surroundings.now)
            return self._ledger

    @property
    def wallet(self) -> Wallet:
        """Who pays; the backends are loaded when first asked for."""
        with self._guard:
            if self._wallet is None:
                backends = load_backends(self._pay_with, Setting(self._environ, self._surroundings))
                if not self._given and not all(backend.test_key for backend in backends):
                    warn_if_fleeting(default_path(self._environ))
                session = f"ses_{self._surroundings.random_bytes(8).hex()}"
                self._wallet = Wallet(
                    backends,
                    self._policy,
                    session,
                    cheapest=self._pay_with is None,
                    surroundings=self._surroundings,
                )
            return self._wallet

    def flow(
        self, request: Request, terms: CallTerms, owner: str, timeout: float, *, moved: bool
    ) -> Flow[Any]:
        """Return the flow that this request needs, by its route's access.

        `moved`: the client followed a redirect here from another place, so nothing is paid or signed.
        """
        if moved:
            return _ask_elsewhere(request.without(FIELD), timeout)
        access = terms.route.access if terms.route is not None else "paid"
        if access == "signed":
            return ask_signed(request, self._identity(terms), self.wallet.habits, self._surroundings, timeout)
        if access == "open":
            return _ask_open(request, timeout)
        call = PaidCall(
            request,
            terms.route,
            terms.max_price,
            terms.idempotency_key,
            terms.budget,
            terms.known_as,
            terms.agreed,
        )
        wallet = self.wallet.holding(terms.credentials)
        return ask_price(call, wallet) if terms.quote_only else pay(call, wallet, owner)

    def payers(self) -> list[str]:
        """Return the addresses that may pay."""
        return [backend.identity.address for backend in self.wallet.backends]

    def may_sign_live(self, request: Request, terms: CallTerms, *, moved: bool) -> bool:
        """Whether a live key may come to sign for this request."""
        signs = terms.route is None or terms.route.access in {"paid", "signed"}
        if moved or not signs or is_local(request.url):
            return False
        return not all(backend.test_key for backend in self.wallet.backends)

    def record(self, effect: Record) -> Any:
        """Make a transaction in the ledger."""
        return effect.transaction(self.ledger)

    @contextmanager
    def owner(self, terms: CallTerms) -> Iterator[str]:
        """Own what this call records, for as long as it is under way."""
        if terms.quote_only or not _may_pay(terms):
            yield ""
            return
        ledger = self.ledger
        owner = ledger.enter()
        try:
            yield owner
        finally:
            ledger.leave(owner)

    def hand_out(self, outcome: Reply | Paid | Quote) -> None:
        """Note that the caller gets what was paid for; an answer is not withheld if that fails."""
        if isinstance(outcome, Paid) and outcome.attempt is not None:
            attempt_id = outcome.attempt.id
            with contextlib.suppress(LedgerUnavailable):
                self.ledger.hand_out(attempt_id)

    @contextmanager
    def recovering(self) -> Iterator[str]:
        """Own what is recovered, for as long as that is under way."""
        ledger = self.ledger
        owner = ledger.enter(recovering=True)
        try:
            yield owner
        finally:
            ledger.leave(owner)

    def close(self) -> None:
        """Close the ledger, if it was opened here."""
        with self._guard:
            if self._ledger is not None and not self._given:
                self._ledger.close()

    def _identity(self, terms: CallTerms) -> Backend:
        if terms.identity is None:
            return self.wallet.backends[0]
        backend = self.wallet.named(terms.identity)
        if backend is None:
            raise ConfigurationError(
                f"Signing in needs the wallet that paid, of the backend {terms.identity!r}: "
                "name it in pay_with."
            )
        if terms.payer not in {None, backend.identity.address}:
            raise ConfigurationError(
                f"This was paid by {clean(str(terms.payer))}, and the key of {terms.identity!r} is "
                f"{backend.identity.address}'s: only the payer may ask. Give this client the key that paid."
            )
        return backend


class PaymentTransport(BaseTransport):
    """A synchronous transport that pays for what it is asked to fetch.

    `transport` makes the exchanges (default: `httpx.HTTPTransport()`); `pay_with` names backends in
    order of preference (default: all installed ones of ours that have a key); `policy` says what may
    be spent, and `max_price` is short for `Policy(max_price=...)`. One object serves many threads.
    """

    def __init__(
        self,
        transport: BaseTransport | None = None,
        *,
        pay_with: Sequence[str | Backend] | None = None,
        policy: Policy | None = None,
        max_price: Dollars | None = None,
        ledger: Ledger | None = None,
        environ: Mapping[str, str] = os.environ,
        surroundings: Surroundings | None = None,
    ) -> None:
        # Another's transport may look names up elsewhere, as a proxy does.
        self._places = PublicPlaces() if transport is None else None
        self._inner = transport if transport is not None else HTTPTransport()
        self._surroundings = surroundings or Surroundings()
        self._till = Till(
            pay_with=pay_with,
            policy=_policy(policy, max_price),
            ledger=ledger,
            environ=environ,
            surroundings=self._surroundings,
        )

    @property
    def ledger(self) -> Ledger:
        """All attempts, durable."""
        return self._till.ledger

    def payers(self) -> list[str]:
        """Return the addresses that may pay; their backends are loaded for that."""
        return self._till.payers()

    def handle_request(self, request: HttpxRequest) -> Response:
        """Make the exchange, and pay for it where that is asked and allowed."""
        terms = _terms(request)
        unread: list[Response] = []

        def send(effect: Send) -> Reply:
            response = begin(self._inner, effect, terms.credentials)
            if effect.may_stream and response.status_code != PAYMENT_REQUIRED:
                unread.append(response)
                return head_of(response)
            return masked(finish(response, limit=LARGEST_PAID_REPLY), terms.credentials)

        asked = from_httpx(request, request.read())
        if self._places is not None and self._till.may_sign_live(asked, terms, moved=_moved(request)):
            self._places.check(asked.url)
        with self._till.owner(terms) as owner:
            flow = self._till.flow(asked, terms, owner, _timeout(request), moved=_moved(request))
            outcome = drive(flow, send=send, record=self._till.record, sleep=self._surroundings.sleep)
            self._till.hand_out(outcome)
        return unread[0] if unread else _response(outcome)

    def recover(self, origin: str | None = None, *, credentials: Credentials | None = None) -> list[Attempt]:
        """Finish what earlier calls left open, as far as it can be; sign nothing new.

        `origin` (scheme, host and port) leaves out the others; `credentials` are a client's. Returns the
        attempts that were not at their end, as they stand now.
        """

        def send(effect: Send) -> Reply:
            reply = finish(begin(self._inner, effect, credentials), limit=LARGEST_PAID_REPLY)
            return masked(reply, credentials)

        with self._till.recovering() as owner:
            flow = recover(self._till.wallet.holding(credentials), owner, origin)
            return drive(flow, send=send, record=self._till.record, sleep=self._surroundings.sleep)

    def close(self) -> None:
        """Close the transport beneath, and the ledger."""
        self._inner.close()
        self._till.close()


class AsyncPaymentTransport(AsyncBaseTransport):
    """The asynchronous twin of `PaymentTransport`."""

    def __init__(
        self,
        transport: AsyncBaseTransport | None = None,
        *,
        pay_with: Sequence[str | Backend] | None = None,
        policy: Policy | None = None,
        max_price: Dollars | None = None,
        ledger: Ledger | None = None,
        environ: Mapping[str, str] = os.environ,
        surroundings: Surroundings | None = None,
    ) -> None:
        # Another's transport may look names up elsewhere, as a proxy does.
        self._places = PublicPlaces() if transport is None else None
        self._inner = transport if transport is not None else AsyncHTTPTransport()
        self._surroundings = surroundings or Surroundings()
        self._till = Till(
            pay_with=pay_with,
            policy=_policy(policy, max_price),
            ledger=ledger,
            environ=environ,
            surroundings=self._surroundings,
        )

    @property
    def ledger(self) -> Ledger:
        """All attempts, durable."""
        return self._till.ledger

    def payers(self) -> list[str]:
        """Return the addresses that may pay; their backends are loaded for that."""
        return self._till.payers()

    async def handle_async_request(self, request: HttpxRequest) -> Response:
        """Make the exchange, and pay for it where that is asked and allowed."""
        terms = _terms(request)
        unread: list[Response] = []

        async def send(effect: Send) -> Reply:
            response = await abegin(self._inner, effect, terms.credentials)
            if effect.may_stream and response.status_code != PAYMENT_REQUIRED:
                unread.append(response)
                return head_of(response)
            return masked(await afinish(response, limit=LARGEST_PAID_REPLY), terms.credentials)

        asked = from_httpx(request, await request.aread())
        if self._places is not None and self._till.may_sign_live(asked, terms, moved=_moved(request)):
            await self._places.acheck(asked.url)
        with self._till.owner(terms) as owner:
            flow = self._till.flow(asked, terms, owner, _timeout(request), moved=_moved(request))
            outcome = await adrive(flow, send=send, record=self._till.record, sleep=self._surroundings.asleep)
            # Not awaited: between this note and the caller nothing may be cancelled any more.
            self._till.hand_out(outcome)
        return unread[0] if unread else _response(outcome)

    async def recover(
        self, origin: str | None = None, *, credentials: Credentials | None = None
    ) -> list[Attempt]:
        """Make the async twin of `PaymentTransport.recover`."""

        async def send(effect: Send) -> Reply:
            reply = await afinish(await abegin(self._inner, effect, credentials), limit=LARGEST_PAID_REPLY)
            return masked(reply, credentials)

        with self._till.recovering() as owner:
            flow = recover(self._till.wallet.holding(credentials), owner, origin)
            return await adrive(flow, send=send, record=self._till.record, sleep=self._surroundings.asleep)

    async def aclose(self) -> None:
        """Close the transport beneath, and the ledger."""
        await self._inner.aclose()
        self._till.close()


def _may_pay(terms: CallTerms) -> bool:
    return terms.route is None or terms.route.access == "paid"


def _ask_open(request: Request, timeout: float) -> Flow[Reply]:
    reply: Reply = yield Send(request, timeout, may_stream=True)
    if reply.status == PAYMENT_REQUIRED:
        message = f"{request.method} {request.url} asks for payment, and the document does not sell it."
        raise UnexpectedPayment(message, slug="not-for-sale")
    return reply


def _ask_elsewhere(request: Request, timeout: float) -> Flow[Reply]:
    reply: Reply = yield Send(request, timeout, may_stream=True)
    if reply.status == PAYMENT_REQUIRED:
        message = (
            f"A redirect led to another place, {clean(request.url)}, which asks for payment. "
            "Only the address that was called is paid."
        )
        raise PaymentRefused(message, slug="redirected")
    return reply


def _moved(request: HttpxRequest) -> bool:
    """Whether a redirect led here from another place: httpx hands extensions on to where it leads.

    A slash at the end makes no other place of it.
    """
    place = f"{request.url.scheme}://{request.url.netloc.decode()}{request.url.path.rstrip('/')}"
    return bool(request.extensions.setdefault("coinslot_place", place) != place)


def _response(outcome: Reply | Paid | Quote) -> Response:
    if isinstance(outcome, Paid):
        return to_response(outcome.reply, {"coinslot": outcome})
    if isinstance(outcome, Quote):
        return to_response(Reply(PAYMENT_REQUIRED), {"coinslot": outcome})
    return to_response(outcome)


def _terms(request: HttpxRequest) -> CallTerms:
    terms = request.extensions.get("coinslot")
    return terms if isinstance(terms, CallTerms) else CallTerms()


def _timeout(request: HttpxRequest) -> float:
    read = (request.extensions.get("timeout") or {}).get("read")
    return float(read) if read is not None else DEFAULT_TIMEOUT


def _policy(policy: Policy | None, max_price: Dollars | None) -> Policy:
    if policy is not None and max_price is not None:
        message = "Give max_price inside the policy, not beside it."
        raise ConfigurationError(message)
    return policy or Policy(max_price=max_price)
