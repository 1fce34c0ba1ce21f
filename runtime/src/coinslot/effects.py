"""The closed set of things a flow may ask for, and how the outside answers.

A flow is a generator: it yields an effect and is sent the effect's result, or has the failure
thrown into it. Flows hold every decision; the drivers that perform effects hold none.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

if TYPE_CHECKING:
    from coinslot.ledger import Ledger
    from coinslot.transport import CallTerms

T = TypeVar("T")


class Headers:
    """An ordered, case-insensitive list of header fields; one name may stand several times."""

    __slots__ = ("_fields",)

    def __init__(self, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> None:
        pairs = fields.items() if isinstance(fields, Mapping) else fields
        self._fields = tuple((name, value) for name, value in pairs)

    def get(self, name: str) -> str | None:
        """Return the first value of `name`, or None."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        """Return every value of `name`, in the order received."""
        wanted = name.lower()
        return [value for key, value in self._fields if key.lower() == wanted]

    def items(self) -> tuple[tuple[str, str], ...]:
        """Return the fields as they are."""
        return self._fields

    def having(self, name: str, value: str) -> Headers:
        """Return a copy in which `name` stands once, with `value`."""
        return Headers([*self.without(name).items(), (name, value)])

    def without(self, *names: str) -> Headers:
        """Return a copy without any field of these names."""
        unwanted = {name.lower() for name in names}
        return Headers([(key, value) for key, value in self._fields if key.lower() not in unwanted])

    def __repr__(self) -> str:
        # Values can be credentials, so only names are ever shown.
        return f"Headers({[name for name, _ in self._fields]})"


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, complete, as it goes on the wire."""

    method: str
    url: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)

    def having(self, name: str, value: str) -> Request:
        """Return a fresh copy with this header field set."""
        return replace(self, headers=self.headers.having(name, value))

    def without(self, name: str) -> Request:
        """Return a fresh copy without this header field."""
        return replace(self, headers=self.headers.without(name))

    @classmethod
    def json(cls, url: str, content: Any, *, method: str = "POST") -> Request:
        """Build a request whose body is `content` as JSON."""
        fields = {"Content-Type": "application/json", "Accept": "application/json"}
        return cls(method, url, Headers(fields), json.dumps(content, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP response, read to its end (or to where it was cut, when inside `BodyCut`)."""

    status: int
    headers: Headers = field(default_factory=Headers)
    body: bytes = field(default=b"", repr=False)
    """Not shown: it can hold a token that was paid for."""
    note: Any = None
    """What the payment transport says beside the answer: a `Paid` or a `Quote`."""
    unread: Any = field(default=None, repr=False)
    """An event stream's body, still to be read and closed; None: it was read."""

    def json(self) -> Any:
        """Return the body as JSON. Raises ValueError where it is not, or is too deep to be read."""
        try:
            return json.loads(self.body)
        except RecursionError as error:
            raise ValueError("it is nested too deeply to be read") from error


@dataclass(frozen=True, slots=True)
class Send:
    """Make one HTTP exchange: no redirects, the reply read under a size limit.

    Answers with a `Reply`; throws `NotSent`, `NoReply`, `BodyCut` or `Interrupted`.
    `timeout` is the longest silence, in seconds, while the reply is awaited; the whole of it may take ten
    times as long, unless it may stream.
    """

    request: Request
    timeout: float = 30.0
    terms: CallTerms | None = None
    """Client flows: how the payment transport shall treat it; None: it goes out as it is."""
    on_sent: Callable[[int], object] | None = None
    """Told how many bytes of the body have gone out so far; begins anew where the exchange does."""
    may_stream: bool = False
    """Payment flow: a reply that asks for no payment goes to the caller unread, however long."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """Get a file: no redirects, no credentials, the body of a 200 or 206 handed to `sink` as it comes.

    Answers with a `Reply` without body; throws `NotSent`, `NoReply`, `BodyCut` (also where the
    body cannot be known to be whole) or `Interrupted`, and whatever `sink` raises.
    """

    url: str
    sink: Callable[[bytes], object]
    public: bool = True
    """Refuse a host that resolves to a private address; `NotSent` then."""
    timeout: float = 60.0
    start: int = 0
    """Byte to begin at: a server that can answers 206, another one 200 and the whole."""
    version: str = ""
    """Ask for the rest only of this version (an entity tag), and for the whole of any other."""
    on_head: Callable[[Reply], object] | None = None
    """Told of the reply's head before the sink gets anything."""
    only_head: bool = False
    """Ask whether it is there, and get nothing."""


@dataclass(frozen=True, slots=True)
class Record:
    """Make one transaction in the ledger and answer with what it returns."""

    transaction: Callable[[Ledger], Any]
    name: str = "record"


@dataclass(frozen=True, slots=True)
class Sleep:
    """Wait for this many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Unlock:
    """Open a wallet's secret, which may ask a person and block until one answers."""

    unlock: Callable[[], object]


Effect: TypeAlias = Send | Fetch | Record | Sleep | Unlock
Flow: TypeAlias = Generator[Effect, Any, T]


class NotSent(Exception):
    """The connection was never made: no byte of the request left this machine."""


class NoReply(Exception):
    """The request may have arrived; no usable reply came back."""


class BodyCut(NoReply):
    """The reply began and broke off; `reply` has its status, headers and what was read."""

    def __init__(self, reply: Reply, reason: str) -> None:
        super().__init__(reason)
        self.reply = reply


class Interrupted(BaseException):
    """The caller was cancelled (Ctrl-C, task cancel) while an effect was under way.

    A flow may still yield `Record`; the driver then raises `cause` again.
    """

    def __init__(self, cause: BaseException) -> None:
        super().__init__(repr(cause))
        self.cause = cause
