"""The bases of generated clients: how one is made, opened and closed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, Unpack, overload
from urllib.parse import urlsplit

from typing_extensions import TypeVar

from coinslot.backend import Backend, Surroundings
from coinslot.errors import ConfigurationError
from coinslot.face import AsyncFace, Face, Settings, SyncFace
from coinslot.fit import SERIES, check_fit
from coinslot.money import Dollars, dollars
from coinslot.origin import is_loopback, origin_of
from coinslot.recovered import Recovered, recovered, route_of
from coinslot.security import Credentials, Scheme, Secret
from coinslot.text import clean

if TYPE_CHECKING:
    from coinslot import _http  # noqa: F401 - named in strings below
    from coinslot.call import PaidCall
    from coinslot.jobs import AsyncJob, Job
    from coinslot.ledger import Ledger
    from coinslot.many import MapOptions, MapReport
    from coinslot.policy import Policy
    from coinslot.polling import PollingStrategy
    from coinslot.uploads import UploadProgress, UploadStrategy

TransportT = TypeVar("TransportT")
AnswerT = TypeVar("AnswerT")
ResultT = TypeVar("ResultT")
CredentialsT = TypeVar("CredentialsT", bound=Mapping[str, Any], default=Mapping[str, Secret])
"""What `credentials` takes: a generated client names the members."""


class BaseClient(Generic[TransportT, CredentialsT]):
    """What both clients are made from."""

    ORIGIN: ClassVar[str] = ""
    """Where the API is, without a path."""
    JOB_ROUTES: ClassVar[Mapping[str, str]] = {}
    """Routes that start jobs, as in `POST /api/draw`, and the modules of this package that hold them."""
    UPLOAD_STEPS: ClassVar[str | None] = None
    """The module of this package that says how files are uploaded; None: the document does not say."""
    RUNTIME: ClassVar[str] = SERIES
    """Series of the runtime that the client was written for; one that does not fit cannot be imported."""
    SCHEMES: ClassVar[Mapping[str, Scheme]] = {}
    """What its routes want to be shown, by the names of the document's security schemes."""
    _FACE: ClassVar[type[Face[Any, Any]]]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        check_fit(cls.RUNTIME, cls.__module__.partition("._client")[0])

    def __init__(
        self,
        *,
        pay_with: Sequence[str | Backend] | None = None,
        max_price: Dollars | None = None,
        ceiling: Dollars | None = None,
        policy: Policy | None = None,
        base_url: str | None = None,
        upload_origin: str | None = None,
        transport: TransportT | None = None,
        media_transport: TransportT | None = None,
        proxy: str | None = None,
        credentials: CredentialsT | None = None,
        ledger: Ledger | None = None,
        environ: Mapping[str, str] | None = None,
        surroundings: Surroundings | None = None,
        timeout: float = 30.0,
        polling: str | PollingStrategy = "route",
        uploads: str | UploadStrategy | None = None,
        on_upload: Callable[[UploadProgress], object] | None = None,
        plugins: Sequence[object] = (),
    ) -> None:
        """Make a client. Nothing is opened, read or looked for before its first call.

        Args:
            pay_with: Backends in order of preference, by name or as objects. Without it: all
                installed ones that have a key.
            max_price: What one call may cost at most, in dollars, as in `"0.25"`.
            ceiling: What stands over every price limit, also those of single calls, in dollars. Without
                it: one dollar.
            policy: Everything that may be spent; in place of `max_price` and `ceiling`.
            base_url: Where the API is, if not at its own origin (as a sandbox is).
            upload_origin: Where files go in place of the documented host. Without it, and with a
                `base_url` on this machine: there.
            transport: What makes the exchanges; a `PaymentTransport` is used as it is.
            media_transport: What fetches results and puts files. Without it: what `transport` names,
                unless that one pays.
            proxy: Through which all exchanges go that leave this machine, as in `"http://proxy:3128"`.
                Without it: what `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
            credentials: Keys and tokens of the API's own, by the names of its security schemes; each as
                text, or as a function that is given the request and returns it. Without it: what
                `SCHEMES` names in the environment. They go to the origin of `base_url` alone.
            ledger: Where attempts are recorded. Without it: in `COINSLOT_HOME`.
            environ: Where keys and settings are looked up. Without it: `os.environ`.
            surroundings: Time and chance, for tests; then only test keys sign.
            timeout: Longest silence of the API, in seconds, on calls that are not paid for.
            polling: The polling strategy of `Job.wait`, by name or as an object.
            uploads: The upload strategy, by name or as an object. Without it: the one that the document
                describes.
            on_upload: Called as a file goes up, with each step and as its bytes leave.
            plugins: Objects with hooks (`coinslot.hookspecs`).

        Raises:
            ConfigurationError: `base_url` is not an address, `max_price` or `ceiling` not a sum, one of
                them stands beside a policy, or a credential is none that this API knows.

        """
        for name, value in (("max_price", max_price), ("ceiling", ceiling)):
            if value is None:
                continue
            dollars(value, name)
            if policy is not None:
                raise ConfigurationError(f"Give {name} inside the policy, not beside it.")
        environ = os.environ if environ is None else environ
        base = _base(base_url or self.ORIGIN)
        self._face = self._FACE(
            Settings(
                base_url=base,
                upload_origin=_upload_origin(upload_origin, base_url),
                pay_with=pay_with,
                max_price=max_price,
                ceiling=ceiling,
                policy=policy,
                transport=transport,
                media_transport=media_transport,
                proxy=proxy,
                credentials=Credentials(base, self.SCHEMES, credentials, environ),
                ledger=ledger,
                environ=environ,
                surroundings=surroundings or Surroundings(),
                timeout=timeout,
                polling=polling,
                uploads=uploads,
                on_upload=on_upload,
                plugins=tuple(plugins),
            )
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._face.settings.base_url}>"

    def _taken_up(self, text: str) -> Any:
        from coinslot.jobs import read_token, taken_up

        token = read_token(text, origin_of(self._face.settings.base_url))
        route = route_of(self, token.route)
        if route is None:
            raise ConfigurationError(
                f"That job was started by {clean(token.route, 200)}, which this client does not have. "
                "Take it up with the client that started it. Nothing was asked or paid."
            )
        return self._face.job(taken_up(self._face, route, token))


class Client(BaseClient["_http.BaseTransport", CredentialsT], Generic[CredentialsT]):
    """Base of every synchronous client. One object serves many threads.

    Closing it lets go of connections and the ledger, for good: a later call raises ClientClosed.
    """

    _FACE = SyncFace
    _face: SyncFace

    def recover(self) -> list[Recovered[Job[Any]]]:
        """Finish what earlier calls to this API left open, also those of a program that crashed.

        Sends again what was sent and not answered, finds jobs whose answer was lost, and asks the chain
        about the rest; signs nothing new. Wait for the jobs of what it returns, and save their results.
        """
        origin = origin_of(self._face.settings.base_url)
        return recovered(self, self._face.opened().recover(origin))

    def job(self, token: str) -> Job[Any]:
        """Take up a job that `job.token()` wrote down, also in another process. Asks nothing yet.

        Raises ConfigurationError where the token is none, of another API, or of a route that this
        client does not have. Asking for the job takes the key that paid for it.
        """
        job: Job[Any] = self._taken_up(token)
        return job

    @overload
    def map(
        self,
        route: PaidCall[Job[ResultT], Any],
        requests: Iterable[Mapping[str, Any]],
        **options: Unpack[MapOptions],
    ) -> MapReport[ResultT]: ...
    @overload
    def map(
        self,
        route: PaidCall[AnswerT, Any],
        requests: Iterable[Mapping[str, Any]],
        **options: Unpack[MapOptions],
    ) -> MapReport[AnswerT]: ...
    def map(
        self,
        route: PaidCall[Any, Any],
        requests: Iterable[Mapping[str, Any]],
        **options: Unpack[MapOptions],
    ) -> MapReport[Any]:
        """Make one call for each request, several at a time, wait for their jobs and save what they come to.

        A request that fails is told in the report, and the others go on. Made again with the same name and
        requests, also after a crash, the map goes on: what was paid is not paid again, what is still under
        way is waited for, what was saved is left alone. Requests may be added, changed or moved in between;
        equal ones are told apart by their order. `docs/many.md` tells it whole.

        Args:
            route: A call of this client, as in `studio.group.call`.
            requests: Its arguments, a mapping for each call, read as they are needed. The asynchronous client
                takes an asynchronous iterable too.
            **options: Names, limits and where files go: see `MapOptions`.

        Returns:
            The outcomes, in the order of the requests, and why it stopped buying, if it did.

        """
        from coinslot.many import Course, map_in_threads

        return map_in_threads(Course(self, route, **options), self._face, requests)

    def close(self) -> None:
        """Let go of connections and the ledger."""
        self._face.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(BaseClient["_http.AsyncBaseTransport", CredentialsT], Generic[CredentialsT]):
    """Base of every asynchronous client, for asyncio and trio.

    Closing it lets go of connections and the ledger, for good: a later call raises ClientClosed.
    """

    _FACE = AsyncFace
    _face: AsyncFace

    async def recover(self) -> list[Recovered[AsyncJob[Any]]]:
        """Finish what earlier calls to this API left open, also those of a program that crashed.

        Sends again what was sent and not answered, finds jobs whose answer was lost, and asks the chain
        about the rest; signs nothing new. Wait for the jobs of what it returns, and save their results.
        """
        origin = origin_of(self._face.settings.base_url)
        return recovered(self, await self._face.opened().recover(origin))

    def job(self, token: str) -> AsyncJob[Any]:
        """Take up a job that `job.token()` wrote down, also in another process. Asks nothing yet.

        Raises ConfigurationError where the token is none, of another API, or of a route that this
        client does not have. Asking for the job takes the key that paid for it.
        """
        job: AsyncJob[Any] = self._taken_up(token)
        return job

    @overload
    async def map(
        self,
        route: PaidCall[Awaitable[AsyncJob[ResultT]], Any],
        requests: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]],
        **options: Unpack[MapOptions],
    ) -> MapReport[ResultT]: ...
    @overload
    async def map(
        self,
        route: PaidCall[Awaitable[AnswerT], Any],
        requests: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]],
        **options: Unpack[MapOptions],
    ) -> MapReport[AnswerT]: ...
    async def map(
        self,
        route: PaidCall[Any, Any],
        requests: Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]],
        **options: Unpack[MapOptions],
    ) -> MapReport[Any]:
        """Make one call for each request, several at a time, wait for their jobs and save what they come to.

        A request that fails is told in the report, and the others go on. Made again with the same name and
        requests, also after a crash, the map goes on: what was paid is not paid again, what is still under
        way is waited for, what was saved is left alone. Requests may be added, changed or moved in between;
        equal ones are told apart by their order. `docs/many.md` tells it whole.

        Args:
            route: A call of this client, as in `studio.group.call`.
            requests: Its arguments, a mapping for each call, read as they are needed. The asynchronous client
                takes an asynchronous iterable too.
            **options: Names, limits and where files go: see `MapOptions`.

        Returns:
            The outcomes, in the order of the requests, and why it stopped buying, if it did.

        """
        from coinslot.many import Course, map_in_tasks

        return await map_in_tasks(Course(self, route, **options), self._face, requests)

    async def aclose(self) -> None:
        """Let go of connections and the ledger."""
        await self._face.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class Group:
    """Base of the groups that a client gathers its routes in."""

    def __init__(self, client: BaseClient[Any, Any]) -> None:
        self._client = client
        self._face = client._face  # noqa: SLF001 - a group is a part of its client


def _base(url: str) -> str:
    if not url:
        raise ConfigurationError("This client's document names no origin: give base_url=.")
    origin_of(url)
    parts = urlsplit(url)
    if parts.query or parts.fragment:
        raise ConfigurationError("base_url must be an address without query and fragment.")
    return url.rstrip("/")


def _upload_origin(given: str | None, base_url: str | None) -> str | None:
    if given is not None:
        return origin_of(given)
    # A sandbox plays the file host too; a real deployment elsewhere does not.
    return origin_of(base_url) if base_url is not None and is_loopback(base_url) else None
