"""A transport that pays: put it under any client, generated or not.

client = httpx.Client(transport=PaymentTransport(pay_with=["base"], max_price="0.05"))
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Generic, TypeAlias, TypeVar

from coinslot._deadlines import bounded
from coinslot._drivers import adrive, drive
from coinslot._http import (
    AsyncBaseTransport,
    BaseTransport,
    HttpxRequest,
    Response,
    abegin,
    afinish,
    begin,
    complete,
    finish,
    from_httpx,
    head_of,
    is_event_stream,
    to_response,
    unread,
)
from coinslot._proxies import AsyncDirectTransport, DirectTransport, check_way
from coinslot._resolve import PublicPlaces
from coinslot.attempt import Attempt
from coinslot.backend import Backend, Surroundings
from coinslot.effects import Reply, Request, Send
from coinslot.errors import ConfigurationError
from coinslot.ledger import Ledger
from coinslot.money import Dollars
from coinslot.paid_call import Paid
from coinslot.policy import DEFAULT_CEILING, Policy
from coinslot.quote import Quote
from coinslot.recovery import recover
from coinslot.security import Credentials, masked
from coinslot.terms import CallTerms
from coinslot.till import PAYMENT_REQUIRED, Till

__all__ = ["AsyncPaymentTransport", "CallTerms", "PaymentTransport"]

LARGEST_PAID_REPLY = 256 * 1024 * 1024
"""Bytes of a reply that are read at most: what was paid for must not be cut off by us."""
DEFAULT_TIMEOUT = 30.0

TransportT = TypeVar("TransportT", BaseTransport, AsyncBaseTransport)

_Outcome: TypeAlias = Reply | Paid | Quote
_Made: TypeAlias = _Outcome | Response
"""A response is one whose body is still to be read."""


class _Paying(Generic[TransportT]):
    """What both transports are made from."""

    _direct: Callable[[str | None], TransportT]

    def __init__(
        self,
        transport: TransportT | None = None,
        *,
        pay_with: Sequence[str | Backend] | None = None,
        policy: Policy | None = None,
        max_price: Dollars | None = None,
        ceiling: Dollars | None = None,
        ledger: Ledger | None = None,
        environ: Mapping[str, str] | None = None,
        surroundings: Surroundings | None = None,
        proxy: str | None = None,
    ) -> None:
        # Another's transport may look names up elsewhere.
        self._places = PublicPlaces() if transport is None else None
        self._inner: TransportT = bounded(transport) if transport is not None else self._direct(proxy)
        check_way(transport, proxy)
        self._surroundings = surroundings or Surroundings()
        self._till = Till(
            pay_with=pay_with,
            policy=_policy(policy, max_price, ceiling),
            ledger=ledger,
            environ=os.environ if environ is None else environ,
            surroundings=self._surroundings,
        )

    @property
    def ledger(self) -> Ledger:
        """All attempts, durable."""
        return self._till.ledger

    @property
    def session(self) -> str | None:
        """What attempts that are planned here have for their `session`; None before the first."""
        return self._till.session

    def payers(self, *, to_quote: bool = False) -> list[str]:
        """Return the addresses that may pay; their backends are loaded for that.

        `to_quote`: where none can here, those that could if somebody typed their passphrases.
        """
        return self._till.payers(to_quote=to_quote)


class PaymentTransport(_Paying[BaseTransport], BaseTransport):
    """A synchronous transport that pays for what it is asked to fetch.

    `transport` makes the exchanges (default: `httpx`'s, through `proxy` or the one that the environment
    names, which nothing for this machine goes through); `pay_with` names backends in order of preference
    (default: all installed ones of ours that have a key); `policy` says what may be spent, and `max_price`
    and `ceiling` are short for a `Policy` that holds them. One object serves many threads.
    """

    _direct = DirectTransport

    def handle_request(self, request: HttpxRequest) -> Response:
        """Make the exchange, and pay for it where that is asked and allowed."""
        asked = from_httpx(request, request.read())
        made = self._made(asked, _terms(request), _timeout(request), moved=_moved(request))
        return made if isinstance(made, Response) else _response(made)

    def exchange(self, send: Send, *, limit: int) -> Reply:
        """Do the same for a generated client, with no client of httpx's between.

        An event stream that was asked for comes unread; what says what was paid is the reply's `note`.
        """
        terms = send.terms or CallTerms()
        made = self._made(complete(send.request), terms, send.timeout, moved=False)
        if not isinstance(made, Response):
            if not terms.streams:
                return _reply(made)
            # A stream's answer that is on record is read as if it came now.
            made = _response(made)
        if not (terms.streams and is_event_stream(made)):
            return finish(made, limit=limit)
        if terms.quote_only:
            made.close()
            return head_of(made)
        return unread(made)

    def _made(self, asked: Request, terms: CallTerms, timeout: float, *, moved: bool) -> _Made:
        begun: list[Response] = []
        streams = terms.streams and not terms.quote_only

        def send(effect: Send) -> Reply:
            response = begin(self._inner, effect, terms.credentials)
            if effect.may_stream and response.status_code != PAYMENT_REQUIRED:
                begun.append(response)
                return head_of(response)
            if streams and is_event_stream(response):
                begun.append(response)
                return unread(response)
            return masked(finish(response, limit=LARGEST_PAID_REPLY), terms.credentials)

        if self._places is not None and self._till.may_sign_live(asked, terms, moved=moved):
            self._places.check(asked.url)
        with contextlib.ExitStack() as held:
            owner = held.enter_context(self._till.owner(terms))
            flow = self._till.flow(asked, terms, owner, timeout, moved=moved)
            try:
                outcome: _Outcome = drive(
                    flow, send=send, record=self._till.record, sleep=self._surroundings.sleep
                )
            except BaseException:
                for response in begun:
                    response.close()
                raise
            if begun:
                return self._till.held(begun[-1], outcome, owner, held)
            self._till.hand_out(outcome, terms)
        return outcome

    def recover(
        self,
        origin: str | None = None,
        *,
        attempt_id: str | None = None,
        credentials: Credentials | None = None,
    ) -> list[Attempt]:
        """Finish what earlier calls left open, as far as it can be; sign nothing new.

        `origin` (scheme, host and port) and `attempt_id` leave out the others; `credentials` are a client's.
        Returns the attempts that were not at their end, as they stand now.
        """

        def send(effect: Send) -> Reply:
            reply = finish(begin(self._inner, effect, credentials), limit=LARGEST_PAID_REPLY)
            return masked(reply, credentials)

        with self._till.recovering() as owner:
            flow = recover(self._till.wallet.holding(credentials), owner, origin, attempt_id=attempt_id)
            return drive(flow, send=send, record=self._till.record, sleep=self._surroundings.sleep)

    def close(self) -> None:
        """Close the transport beneath, and the ledger."""
        self._inner.close()
        self._till.close()


class AsyncPaymentTransport(_Paying[AsyncBaseTransport], AsyncBaseTransport):
    """The asynchronous twin of `PaymentTransport`."""

    _direct = AsyncDirectTransport

    async def handle_async_request(self, request: HttpxRequest) -> Response:
        """Make the exchange, and pay for it where that is asked and allowed."""
        asked = from_httpx(request, await request.aread())
        made = await self._made(asked, _terms(request), _timeout(request), moved=_moved(request))
        return made if isinstance(made, Response) else _response(made)

    async def exchange(self, send: Send, *, limit: int) -> Reply:
        """Do the same for a generated client, with no client of httpx's between.

        An event stream that was asked for comes unread; what says what was paid is the reply's `note`.
        """
        terms = send.terms or CallTerms()
        made = await self._made(complete(send.request), terms, send.timeout, moved=False)
        if not isinstance(made, Response):
            if not terms.streams:
                return _reply(made)
            # A stream's answer that is on record is read as if it came now.
            made = _response(made)
        if not (terms.streams and is_event_stream(made)):
            return await afinish(made, limit=limit)
        if terms.quote_only:
            await made.aclose()
            return head_of(made)
        return unread(made)

    async def _made(self, asked: Request, terms: CallTerms, timeout: float, *, moved: bool) -> _Made:
        begun: list[Response] = []
        streams = terms.streams and not terms.quote_only

        async def send(effect: Send) -> Reply:
            response = await abegin(self._inner, effect, terms.credentials)
            if effect.may_stream and response.status_code != PAYMENT_REQUIRED:
                begun.append(response)
                return head_of(response)
            if streams and is_event_stream(response):
                begun.append(response)
                return unread(response)
            return masked(await afinish(response, limit=LARGEST_PAID_REPLY), terms.credentials)

        if self._places is not None and self._till.may_sign_live(asked, terms, moved=moved):
            await self._places.acheck(asked.url)
        with contextlib.ExitStack() as held:
            owner = held.enter_context(self._till.owner(terms))
            flow = self._till.flow(asked, terms, owner, timeout, moved=moved)
            try:
                outcome: _Outcome = await adrive(
                    flow, send=send, record=self._till.record, sleep=self._surroundings.asleep
                )
            except BaseException:
                for response in begun:
                    await response.aclose()
                raise
            # Not awaited: between this note and the caller nothing may be cancelled any more.
            if begun:
                return self._till.held(begun[-1], outcome, owner, held)
            self._till.hand_out(outcome, terms)
        return outcome

    async def recover(
        self,
        origin: str | None = None,
        *,
        attempt_id: str | None = None,
        credentials: Credentials | None = None,
    ) -> list[Attempt]:
        """Finish what earlier calls left open, as `PaymentTransport.recover` does; sign nothing new."""

        async def send(effect: Send) -> Reply:
            reply = await afinish(await abegin(self._inner, effect, credentials), limit=LARGEST_PAID_REPLY)
            return masked(reply, credentials)

        with self._till.recovering() as owner:
            flow = recover(self._till.wallet.holding(credentials), owner, origin, attempt_id=attempt_id)
            return await adrive(flow, send=send, record=self._till.record, sleep=self._surroundings.asleep)

    async def aclose(self) -> None:
        """Close the transport beneath, and the ledger."""
        await self._inner.aclose()
        self._till.close()


def _moved(request: HttpxRequest) -> bool:
    """Whether a redirect led here from another place: httpx hands extensions on to where it leads.

    A slash at the end makes no other place of it.
    """
    place = f"{request.url.scheme}://{request.url.netloc.decode()}{request.url.path.rstrip('/')}"
    return bool(request.extensions.setdefault("coinslot_place", place) != place)


def _reply(outcome: _Outcome) -> Reply:
    if isinstance(outcome, Paid):
        return replace(outcome.reply, note=outcome)
    return Reply(PAYMENT_REQUIRED, note=outcome) if isinstance(outcome, Quote) else outcome


def _response(outcome: _Outcome) -> Response:
    reply = _reply(outcome)
    return to_response(reply, None if reply.note is None else {"coinslot": reply.note})


def _terms(request: HttpxRequest) -> CallTerms:
    terms = request.extensions.get("coinslot")
    return terms if isinstance(terms, CallTerms) else CallTerms()


def _timeout(request: HttpxRequest) -> float:
    read = (request.extensions.get("timeout") or {}).get("read")
    return float(read) if read is not None else DEFAULT_TIMEOUT


def _policy(policy: Policy | None, max_price: Dollars | None, ceiling: Dollars | None) -> Policy:
    if policy is None:
        return Policy(max_price=max_price, ceiling=DEFAULT_CEILING if ceiling is None else ceiling)
    for name, value in (("max_price", max_price), ("ceiling", ceiling)):
        if value is not None:
            raise ConfigurationError(f"Give {name} inside the policy, not beside it.")
    return policy
