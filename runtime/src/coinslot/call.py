"""What a generated call is: one class for a route, whatever face it is called through."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, cast

from typing_extensions import TypeVar

from coinslot.effects import Flow, Send
from coinslot.errors import PaymentRefused, RequestRejected, UnexpectedAnswer
from coinslot.models import RequestModel
from coinslot.money import Dollars
from coinslot.references import Reference
from coinslot.referring import Sent, checked, cost_of, found, is_resumed, left_of, tell_of_uploads
from coinslot.replies import check_status, check_stream, converse, read_answer
from coinslot.route import Route
from coinslot.terms import CallTerms
from coinslot.uploads import Upload, steps_of
from coinslot.wire import PathValue, parameters

if TYPE_CHECKING:
    from coinslot.client import BaseClient
    from coinslot.face import Face

AnswerT = TypeVar("AnswerT")
"""What a call returns: an answer, a `Job`, or an awaitable of one."""
QuoteT = TypeVar("QuoteT")
"""What asking for a price returns: a `Quote`, or an awaitable of one."""
EventsT = TypeVar("EventsT")
"""What asking for the answer as a stream returns: `Events`, or an awaitable of `AsyncEvents`."""


class Call(Generic[AnswerT]):
    """A route that is not paid for."""

    def __init__(self, client: BaseClient[Any, Any]) -> None:
        self._face: Face[Any, Any] = client._face  # noqa: SLF001 - a call is a part of its client
        self._perform: Callable[[Flow[Any]], Any] = self._face.perform
        self._steps: Callable[[], Upload | None] = partial(steps_of, client)

    def __repr__(self) -> str:
        try:
            return f"<{type(self).__name__} {route_behind(self)}>"
        except TypeError:
            return super().__repr__()

    def _send(
        self,
        route: Route[Any, Any],
        *,
        path: Mapping[str, PathValue] | None = None,
        query: RequestModel | None = None,
        headers: RequestModel | None = None,
        cookies: RequestModel | None = None,
        body: Any = None,
    ) -> AnswerT:
        sent = Sent(path=path, query=query, headers=headers, cookies=cookies, body=body)
        return cast("AnswerT", self._perform(self._flow(CallTerms(route=route), sent)))

    def _flow(self, terms: CallTerms, sent: Sent) -> Flow[Any]:
        """Return the flow of a call. What cannot be sent raises before anything is paid."""
        face, route = self._face, cast("Route[Any, Any]", terms.route)
        terms = replace(terms, parameters=parameters(route, sent.headers, sent.cookies))
        given = sent.files()
        if given:
            return _with_files(face, self._steps(), terms, sent, given)
        send = Send(sent.written(route, face.settings.base_url), face.settings.timeout, terms)
        return _price(route, send) if terms.quote_only else _answer(face, route, send)


class PaidCall(Call[AnswerT], Generic[AnswerT, QuoteT]):
    """A route that is paid for, and that says beforehand what it would cost."""

    def _pay(
        self,
        route: Route[Any, Any],
        *,
        path: Mapping[str, PathValue] | None = None,
        query: RequestModel | None = None,
        headers: RequestModel | None = None,
        cookies: RequestModel | None = None,
        body: Any = None,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        terms = CallTerms(route=route, max_price=max_price, idempotency_key=idempotency_key)
        sent = Sent(path=path, query=query, headers=headers, cookies=cookies, body=body)
        return cast("AnswerT", self._perform(self._flow(terms, sent)))

    def _quote(
        self,
        route: Route[Any, Any],
        *,
        path: Mapping[str, PathValue] | None = None,
        query: RequestModel | None = None,
        headers: RequestModel | None = None,
        cookies: RequestModel | None = None,
        body: Any = None,
    ) -> QuoteT:
        terms = CallTerms(route=route, quote_only=True)
        sent = Sent(path=path, query=query, headers=headers, cookies=cookies, body=body)
        return cast("QuoteT", self._perform(self._flow(terms, sent)))


class StreamingCall(Call[AnswerT], Generic[AnswerT, EventsT]):
    """A route that is not paid for, and whose answer can also be had as an event stream."""

    def _stream(
        self,
        route: Route[Any, Any],
        *,
        path: Mapping[str, PathValue] | None = None,
        query: RequestModel | None = None,
        headers: RequestModel | None = None,
        cookies: RequestModel | None = None,
        body: Any = None,
    ) -> EventsT:
        sent = Sent(path=path, query=query, headers=headers, cookies=cookies, body=body)
        return cast("EventsT", self._perform(self._flow(CallTerms(route=route.streamed()), sent)))


class PaidStreamingCall(PaidCall[AnswerT, QuoteT], Generic[AnswerT, QuoteT, EventsT]):
    """A route that is paid for, and whose answer can also be had as an event stream."""

    def _stream(
        self,
        route: Route[Any, Any],
        *,
        path: Mapping[str, PathValue] | None = None,
        query: RequestModel | None = None,
        headers: RequestModel | None = None,
        cookies: RequestModel | None = None,
        body: Any = None,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> EventsT:
        terms = CallTerms(route=route.streamed(), max_price=max_price, idempotency_key=idempotency_key)
        sent = Sent(path=path, query=query, headers=headers, cookies=cookies, body=body)
        return cast("EventsT", self._perform(self._flow(terms, sent)))


def route_behind(call: Call[Any]) -> Route[Any, Any]:
    """Return the route of a generated call: the one of its module."""
    for kind in type(call).__mro__:
        route = getattr(sys.modules[kind.__module__], "ROUTE", None)
        if isinstance(route, Route):
            return route
    raise TypeError(f"{type(call).__name__} stands in no module of a generated client")


def flow_of(call: Call[Any]) -> Callable[..., Flow[Any]]:
    """Return the call as one that gives its flow, with the same arguments, and performs nothing itself."""
    told = copy.copy(call)
    told._perform = lambda flow: flow  # noqa: SLF001 - a copy of its own kind
    return cast("Callable[..., Flow[Any]]", told)


def performed_as(call: Call[AnswerT], change: Callable[[Flow[Any]], Flow[Any]]) -> Callable[..., AnswerT]:
    """Return the call as one that its client performs with its flow changed; it takes the same arguments."""
    told = copy.copy(call)
    told._perform = lambda flow: call._perform(change(flow))  # noqa: SLF001 - a copy of its own kind
    return cast("Callable[..., AnswerT]", told)


def _with_files(
    face: Face[Any, Any],
    steps: Upload | None,
    terms: CallTerms,
    sent: Sent,
    given: Sequence[tuple[str, Reference]],
) -> Flow[Any]:
    """Check all files, upload them, then make the call, which is known by what they hold, not by where."""
    settings, route = face.settings, cast("Route[Any, Any]", terms.route)
    files = checked(route, steps, given)
    known_as = sent.referring(files.placeholders()).written(route, settings.base_url)
    terms = replace(terms, known_as=known_as)
    # What was sent before is resumed as it was: its files are neither asked for nor uploaded once more.
    resumed = yield from is_resumed(terms)
    there = yield from found(face, files, resumed=resumed, to_quote=terms.quote_only)
    cost = cost_of(face, files, there)
    least, most = cost or (Decimal(0), None)
    if terms.quote_only:
        quote = yield from _price(route, Send(known_as, settings.timeout, terms), files=True)
        return replace(quote, uploads=most)
    terms = replace(terms, max_price=left_of(terms.max_price, most))
    if route.access == "paid" and not resumed and len(there) < len(files.distinct()):
        yield Send(known_as, settings.timeout, replace(terms, beside=least))
    whole = sent.referring((yield from files.uploaded(face, there)))
    send = Send(whole.written(route, settings.base_url), settings.timeout, terms)
    try:
        return (yield from _answer(face, route, send))
    except PaymentRefused as refusal:
        if most:
            tell_of_uploads(refusal, most)
        raise


def _answer(face: Face[Any, Any], route: Route[Any, Any], send: Send) -> Flow[Any]:
    reply = yield from converse(route, send)
    check_status(route, reply)
    if route.streams:
        check_stream(route, reply)
        return face.events(route, reply)
    if route.job is not None:
        from coinslot.jobs import accept

        work = accept(face, route, reply)
        work.price = getattr(getattr(reply.note, "attempt", None), "price", None)
        work.sent = (send.terms.known_as if send.terms and send.terms.known_as else send.request).body
        return face.job(work)
    return read_answer(route, reply)


def _price(route: Route[Any, Any], send: Send, *, files: bool = False) -> Flow[Any]:
    reply = yield from converse(route, send)
    if reply.note is None or not hasattr(reply.note, "price"):
        try:
            check_status(route, reply)
        except RequestRejected as error:
            if files:
                error.add_note(
                    "For a quote no file is uploaded: the server was shown addresses that lead nowhere."
                )
            raise
        raise UnexpectedAnswer(
            f"{route} answered {reply.status} without asking for money, so there is no price to quote.",
            body=reply.body,
        )
    return reply.note
