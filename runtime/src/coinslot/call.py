"""What a generated call is: one class for a route, whatever face it is called through."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, cast

from typing_extensions import TypeVar

from coinslot.effects import Flow, Send
from coinslot.errors import UnexpectedAnswer
from coinslot.models import RequestModel
from coinslot.money import Dollars
from coinslot.replies import check_status, converse, read_answer
from coinslot.route import Route
from coinslot.terms import CallTerms
from coinslot.wire import PathValue, encode, fill

if TYPE_CHECKING:
    from coinslot.client import BaseClient
    from coinslot.face import Face

AnswerT = TypeVar("AnswerT")
"""What a call returns: an answer, a `Job`, or an awaitable of one."""
QuoteT = TypeVar("QuoteT")
"""What asking for a price returns: a `Quote`, or an awaitable of one."""


class Call(Generic[AnswerT]):
    """A route that is not paid for."""

    def __init__(self, client: BaseClient[Any, Any]) -> None:
        self._face: Face[Any, Any] = client._face  # noqa: SLF001 - a call is a part of its client
        self._perform: Callable[[Flow[Any]], Any] = self._face.perform

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
        terms = CallTerms(route=route)
        send = _prepare(
            self._face, route, terms, path, query=query, headers=headers, cookies=cookies, body=body
        )
        return cast("AnswerT", self._perform(_answer(self._face, route, send)))


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
        send = _prepare(
            self._face, route, terms, path, query=query, headers=headers, cookies=cookies, body=body
        )
        return cast("AnswerT", self._perform(_answer(self._face, route, send)))

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
        send = _prepare(
            self._face, route, terms, path, query=query, headers=headers, cookies=cookies, body=body
        )
        return cast("QuoteT", self._perform(_price(route, send)))


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


def _prepare(
    face: Face[Any, Any],
    route: Route[Any, Any],
    terms: CallTerms,
    path: Mapping[str, PathValue] | None,
    *,
    query: RequestModel | None,
    headers: RequestModel | None,
    cookies: RequestModel | None,
    body: Any,
) -> Send:
    url = face.settings.base_url + fill(route.path, path or {})
    request = encode(route, url, query=query, headers=headers, cookies=cookies, body=body)
    return Send(request, face.settings.timeout, terms)


def _answer(face: Face[Any, Any], route: Route[Any, Any], send: Send) -> Flow[Any]:
    reply = yield from converse(route, send)
    check_status(route, reply)
    if route.job is not None:
        from coinslot.jobs import accept

        return face.job(accept(face, route, reply))
    return read_answer(route, reply)


def _price(route: Route[Any, Any], send: Send) -> Flow[Any]:
    reply = yield from converse(route, send)
    if reply.note is None or not hasattr(reply.note, "price"):
        check_status(route, reply)
        raise UnexpectedAnswer(
            f"{route} answered {reply.status} without asking for money, so there is no price to quote.",
            body=reply.body,
        )
    return reply.note
