"""What both payment transports share: who pays, by which rules, and what is on record of it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

from coinslot._forks import free_in_forks
from coinslot._http import Response, when_closed
from coinslot.affordable import weigh
from coinslot.backend import Backend, Setting, Surroundings
from coinslot.backends import load_backends
from coinslot.cautions import check_folder, warn_if_fleeting
from coinslot.effects import Flow, Record, Reply, Request, Send
from coinslot.errors import ConfigurationError, LedgerUnavailable, PaymentRefused, UnexpectedPayment
from coinslot.ledger import Ledger, SqliteLedger, default_path
from coinslot.origin import is_local
from coinslot.paid_call import Paid, PaidCall, Wallet
from coinslot.payment import ask_price, pay
from coinslot.policy import Policy
from coinslot.quote import Quote
from coinslot.replies import fits
from coinslot.security import FIELD
from coinslot.signed import ask_signed
from coinslot.streams._hold import Hold
from coinslot.terms import CallTerms
from coinslot.text import clean

PAYMENT_REQUIRED = 402


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
        self._quotes: dict[str, Decimal] = {}
        self._guard = threading.Lock()
        free_in_forks(self)

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
                self._wallet = self._opened(Setting(self._environ, self._surroundings))
            return self._wallet

    @property
    def session(self) -> str | None:
        """What attempts that are planned here have for their `session`; None before the first."""
        return None if self._wallet is None else self._wallet.session

    def _who(self, *, to_quote: bool) -> Wallet:
        """Return who pays. Where nobody can, a quote is for who could with a passphrase that is typed."""
        try:
            return self.wallet
        except ConfigurationError:
            if not to_quote:
                raise
            try:
                return self._opened(Setting(self._environ, self._surroundings, to_quote=True))
            except ConfigurationError:
                pass
            raise

    def _opened(self, setting: Setting) -> Wallet:
        backends = load_backends(self._pay_with, setting)
        self._check_place(live=not all(backend.test_key for backend in backends))
        return Wallet(
            backends,
            self._policy,
            f"ses_{self._surroundings.random_bytes(8).hex()}",
            cheapest=self._pay_with is None,
            surroundings=self._surroundings,
            quotes=self._quotes,
        )

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
            terms.parameters,
        )
        wallet = self._who(to_quote=terms.quote_only).holding(terms.credentials)
        if terms.beside is not None:
            return weigh(call, wallet, terms.beside)
        return ask_price(call, wallet) if terms.quote_only else pay(call, wallet, owner)

    def payers(self, *, to_quote: bool = False) -> list[str]:
        """Return the addresses that may pay."""
        return [backend.identity.address for backend in self._who(to_quote=to_quote).backends]

    def may_sign_live(self, request: Request, terms: CallTerms, *, moved: bool) -> bool:
        """Whether a live key may come to sign for this request."""
        signs = terms.route is None or terms.route.access in {"paid", "signed"}
        if moved or not signs or is_local(request.url):
            return False
        return not all(backend.test_key for backend in self._who(to_quote=terms.quote_only).backends)

    def record(self, effect: Record) -> Any:
        """Make a transaction in the ledger."""
        return effect.transaction(self.ledger)

    @contextmanager
    def owner(self, terms: CallTerms) -> Iterator[str]:
        """Own what this call records, for as long as it is under way."""
        if terms.quote_only or terms.beside is not None or not _may_pay(terms):
            yield ""
            return
        ledger = self.ledger
        owner = ledger.enter()
        try:
            yield owner
        finally:
            ledger.leave(owner)

    def hand_out(self, outcome: Reply | Paid | Quote, terms: CallTerms) -> None:
        """Note that the caller gets what was paid for; an answer is not withheld if that fails.

        One that does not fit its route raises in the caller: the same call is given it again, as a loop
        around it would else buy it each time.
        """
        if isinstance(outcome, Paid) and outcome.attempt is not None and fits(terms.route, outcome.reply):
            ledger, attempt_id = self.ledger, outcome.attempt.id
            try:
                ledger.hand_out(attempt_id)
            except LedgerUnavailable:
                return
            except BaseException:
                # Ctrl-C: it may be noted, and the caller gets nothing.
                with contextlib.suppress(LedgerUnavailable):
                    ledger.take_back(attempt_id)
                raise

    def held(
        self, response: Response, outcome: Reply | Paid | Quote, owner: str, held: contextlib.ExitStack
    ) -> Response:
        """Return a response that the caller reads; where it was paid for, its attempt is held until then."""
        if not isinstance(outcome, Paid) or outcome.attempt is None:
            return response
        hold = Hold(self.ledger, outcome.attempt.id, owner, held.pop_all().close)
        return when_closed(response, hold.let_go, replace(outcome, hold=hold))

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

    def _check_place(self, *, live: bool) -> None:
        if not self._given:
            place = default_path(self._environ)
            if live:
                warn_if_fleeting(place)
        elif isinstance(self._ledger, SqliteLedger):
            place = self._ledger.path
        else:
            return
        check_folder(place, live=live)

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
