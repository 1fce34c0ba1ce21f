"""What calls, jobs, results and uploads stand on, in two faces: one returns, the other is awaited.

A face performs flows over two ways out: a transport that pays, for the API alone, and a plain HTTP client
for media and file hosts. Nothing is opened before it is needed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Generic

from typing_extensions import TypeVar

from coinslot._forks import free_in_forks
from coinslot.backend import Backend, Surroundings
from coinslot.errors import ClientClosed, ConfigurationError
from coinslot.money import Dollars

if TYPE_CHECKING:
    import pluggy

    from coinslot import _http
    from coinslot.effects import Fetch, Flow, Record, Reply, Send
    from coinslot.jobs import AsyncJob, Job
    from coinslot.jobs._work import Work
    from coinslot.ledger import Ledger
    from coinslot.policy import Policy
    from coinslot.polling import PollingStrategy
    from coinslot.route import Route
    from coinslot.security import Credentials
    from coinslot.streams import AsyncEvents, Events
    from coinslot.transport import AsyncPaymentTransport, PaymentTransport
    from coinslot.uploads import UploadProgress, UploadStrategy

T = TypeVar("T")
TransportT = TypeVar("TransportT")
HttpT = TypeVar("HttpT")
PayingT = TypeVar("PayingT", default=Any)

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of an answer that are read at most: what was paid for must not be cut off by us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings(Generic[TransportT]):
    """What a client was asked to be (`Client` documents each)."""

    base_url: str
    upload_origin: str | None
    pay_with: Sequence[str | Backend] | None
    max_price: Dollars | None
    ceiling: Dollars | None
    policy: Policy | None
    transport: TransportT | None
    media_transport: TransportT | None
    proxy: str | None
    ledger: Ledger | None
    credentials: Credentials
    environ: Mapping[str, str] = field(repr=False)
    surroundings: Surroundings
    timeout: float
    polling: str | PollingStrategy
    uploads: str | UploadStrategy | None
    on_upload: Callable[[UploadProgress], object] | None
    plugins: tuple[object, ...]

    def payment_options(self) -> dict[str, Any]:
        """Return what a payment transport is made with."""
        from coinslot.policy import DEFAULT_CEILING, Policy

        ceiling = DEFAULT_CEILING if self.ceiling is None else self.ceiling
        return {
            "pay_with": self.pay_with,
            "policy": self.policy or Policy(max_price=self.max_price, ceiling=ceiling),
            "ledger": self.ledger,
            "environ": self.environ,
            "surroundings": self.surroundings,
            "proxy": self.proxy,
        }

    def check_own_transport(self) -> None:
        """Refuse options that a ready-made payment transport would silently ignore."""
        given = (self.pay_with, self.policy, self.max_price, self.ceiling, self.ledger, self.proxy)
        if any(option is not None for option in given):
            raise ConfigurationError(
                "A PaymentTransport brings its own pay_with, policy, max_price, ledger and proxy: "
                "give them there."
            )


class Line(Generic[HttpT, PayingT]):
    """The open connections of a face."""

    def __init__(
        self,
        paying: PayingT,
        make_plain: Callable[[], HttpT],
        ledger: Callable[[], Ledger],
        recover: Callable[[str], Any],
        payers: Callable[..., list[str]],
        *,
        resolves: bool,
    ) -> None:
        self.paying = paying
        """The payment transport: for the API alone."""
        self.ledger = ledger
        self.recover = recover
        """Finishes what earlier calls to an origin left open; returns the attempts, or an awaitable."""
        self.payers = payers
        """The addresses that may pay; `to_quote=True`: or that could, if somebody typed their passphrases."""
        self.resolves = resolves
        """Whether `plain` looks names up itself."""
        self._make_plain = make_plain
        self._plain: HttpT | None = None
        self._guard = threading.Lock()
        free_in_forks(self)

    @property
    def plain(self) -> HttpT:
        """Without wallet, cookies or anything else that says who we are: for media and file hosts."""
        # Made when first needed: a client that only calls need not set up TLS twice. And made once:
        # of two that threads made at the same time, nobody would close one.
        with self._guard:
            if self._plain is None:
                self._plain = self._make_plain()
            return self._plain

    def all(self) -> list[HttpT | PayingT]:
        """Return all that was made, to be closed."""
        return [self.paying] if self._plain is None else [self._plain, self.paying]


class Face(Generic[TransportT, HttpT, PayingT]):
    """What both faces share."""

    waits: ClassVar[bool]
    """Whether `perform` returns an awaitable."""

    def __init__(self, settings: Settings[TransportT]) -> None:
        self.settings = settings
        self._line: Line[HttpT, PayingT] | None = None
        self._closed = False
        self._gathered: pluggy.PluginManager | None = None
        self._guard = threading.Lock()
        free_in_forks(self)
        self._under_way: set[tuple[int, str]] = set()

    def perform(self, flow: Flow[Any]) -> Any:
        """Run a flow; return its result, or an awaitable of it."""
        raise NotImplementedError

    @contextmanager
    def alone(self, key: str) -> Iterator[bool]:
        """Say whether nobody else is at the work of this name; it is taken on then, until the end."""
        # Nobody in a forked process would ever end what its parent is at.
        work = os.getpid(), key
        with self._guard:
            mine = work not in self._under_way
            self._under_way.add(work)
        try:
            yield mine
        finally:
            if mine:
                self._under_way.discard(work)

    def job(self, work: Work[Any]) -> Any:
        """Return the handle of a job."""
        raise NotImplementedError

    def events(self, route: Route[Any, Any], reply: Reply) -> Any:
        """Return the events of a reply that is still to be read."""
        raise NotImplementedError

    def polling(self, strategy: str | PollingStrategy | None) -> PollingStrategy:
        """Return a polling strategy, the client's own one for None."""
        chosen = self.settings.polling if strategy is None else strategy
        if not isinstance(chosen, str):
            return chosen
        from coinslot.hookspecs import named

        found: PollingStrategy = named(self._hooks().hook.coinslot_polling_strategies(), chosen, "polling")
        return found

    def upload_strategy(self, documented: str) -> UploadStrategy:
        """Return the client's own upload strategy, or else the documented one.

        Raises ConfigurationError where there is neither.
        """
        chosen = documented if self.settings.uploads is None else self.settings.uploads
        if not isinstance(chosen, str):
            return chosen
        from coinslot.hookspecs import named

        found: UploadStrategy = named(self._hooks().hook.coinslot_upload_strategies(), chosen, "upload")
        return found

    def record(self, effect: Record) -> Any:
        """Make a transaction in the ledger."""
        return effect.transaction(self.opened().ledger())

    def opened(self) -> Line[HttpT, PayingT]:
        """Return the open connections, opened now if they were not yet. Raises ClientClosed."""
        with self._guard:
            if self._closed:
                raise ClientClosed
            if self._line is None:
                self._line = self._open()
            return self._line

    def let_go(self) -> Line[HttpT, PayingT] | None:
        """Give the open connections up, for good, and return them to be closed."""
        with self._guard:
            line, self._line, self._closed = self._line, None, True
        return line

    def _open(self) -> Line[HttpT, PayingT]:
        raise NotImplementedError

    def _hooks(self) -> pluggy.PluginManager:
        with self._guard:
            if self._gathered is None:
                from coinslot.hookspecs import gather

                self._gathered = gather(self.settings.plugins)
            return self._gathered


class SyncFace(Face["_http.BaseTransport", "_http.Client", "PaymentTransport"]):
    """The face that returns."""

    waits = False

    def perform(self, flow: Flow[T], *, sleep: Callable[[float], None] | None = None) -> T:
        """Run a flow and return its result; `sleep` waits in it, and may raise to interrupt it."""
        from coinslot._drivers import drive

        sleep = sleep or self.settings.surroundings.sleep
        return drive(flow, send=self._send, record=self.record, sleep=sleep, fetch=self._fetch)

    def job(self, work: Work[Any]) -> Job[Any]:
        """Return the handle of a job."""
        from coinslot.jobs import Job

        return Job(work, self)

    def events(self, route: Route[Any, Any], reply: Reply) -> Events[Any]:
        """Return the events of a reply that is still to be read."""
        from coinslot.streams import Events

        return Events(route, reply)

    def close(self) -> None:
        """Let go of connections and the ledger."""
        line = self.let_go()
        for one in line.all() if line is not None else ():
            one.close()

    def _send(self, effect: Send) -> Reply:
        from coinslot import _http

        effect = self.settings.credentials.dress(effect)
        line = self.opened()
        if effect.terms is None:
            reply = _http.exchange(line.plain, effect, limit=LARGEST_ANSWER)
        else:
            reply = line.paying.exchange(effect, limit=LARGEST_ANSWER)
        return self.settings.credentials.mask(reply)

    def _fetch(self, effect: Fetch) -> Reply:
        from coinslot import _fetching, _resolve

        line = self.opened()
        if effect.public and line.resolves:
            _resolve.refuse_private(effect.url)
        return _fetching.fetch(line.plain, effect)

    def _open(self) -> Line[_http.Client, PaymentTransport]:
        from coinslot import _http, _proxies
        from coinslot.transport import PaymentTransport

        given, beside = self.settings.transport, self.settings.media_transport
        if isinstance(given, PaymentTransport):
            self.settings.check_own_transport()
            paying = given
        else:
            paying = PaymentTransport(given, **self.settings.payment_options())
            beside = beside or given
        return Line(
            paying,
            lambda: _http.open_client(beside or _proxies.DirectTransport(self.settings.proxy)),
            lambda: paying.ledger,
            partial(paying.recover, credentials=self.settings.credentials),
            paying.payers,
            resolves=beside is None,
        )


class AsyncFace(Face["_http.AsyncBaseTransport", "_http.AsyncClient", "AsyncPaymentTransport"]):
    """The face that is awaited, under asyncio or trio."""

    waits = True

    def perform(self, flow: Flow[T]) -> Coroutine[Any, Any, T]:
        """Run a flow; await its result."""
        from coinslot._drivers import adrive

        sleep = self.settings.surroundings.asleep
        return adrive(flow, send=self._send, record=self.record, sleep=sleep, fetch=self._fetch)

    def job(self, work: Work[Any]) -> AsyncJob[Any]:
        """Return the handle of a job."""
        from coinslot.jobs import AsyncJob

        return AsyncJob(work, self)

    def events(self, route: Route[Any, Any], reply: Reply) -> AsyncEvents[Any]:
        """Return the events of a reply that is still to be read."""
        from coinslot.streams import AsyncEvents

        return AsyncEvents(route, reply)

    async def aclose(self) -> None:
        """Let go of connections and the ledger."""
        line = self.let_go()
        for one in line.all() if line is not None else ():
            await one.aclose()

    async def _send(self, effect: Send) -> Reply:
        from coinslot import _http

        effect = self.settings.credentials.dress(effect)
        line = self.opened()
        if effect.terms is None:
            reply = await _http.aexchange(line.plain, effect, limit=LARGEST_ANSWER)
        else:
            reply = await line.paying.exchange(effect, limit=LARGEST_ANSWER)
        return self.settings.credentials.mask(reply)

    async def _fetch(self, effect: Fetch) -> Reply:
        from coinslot import _fetching, _resolve

        line = self.opened()
        if effect.public and line.resolves:
            await _resolve.arefuse_private(effect.url)
        return await _fetching.afetch(line.plain, effect)

    def _open(self) -> Line[_http.AsyncClient, AsyncPaymentTransport]:
        from coinslot import _http, _proxies
        from coinslot.transport import AsyncPaymentTransport

        given, beside = self.settings.transport, self.settings.media_transport
        if isinstance(given, AsyncPaymentTransport):
            self.settings.check_own_transport()
            paying = given
        else:
            paying = AsyncPaymentTransport(given, **self.settings.payment_options())
            beside = beside or given
        return Line(
            paying,
            lambda: _http.open_async_client(beside or _proxies.AsyncDirectTransport(self.settings.proxy)),
            lambda: paying.ledger,
            partial(paying.recover, credentials=self.settings.credentials),
            paying.payers,
            resolves=beside is None,
        )
