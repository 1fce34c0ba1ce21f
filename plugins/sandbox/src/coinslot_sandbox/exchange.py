"""One request on its way through the sandbox, and the moments at which it can be disturbed.

Every exchange passes the same moments in the same order. At each of them the sandbox calls
`interfere`, with the exchange as it then stands. Faults live behind that one door: they may change
what the exchange holds, wait, or end it by raising `Refused` with an answer of their own.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from coinslot_codegen.document.model import RouteSpec
from coinslot_sandbox.intake import Inputs
from coinslot_sandbox.official import SettleResponse

if TYPE_CHECKING:
    from coinslot_sandbox.jobs.store import Job
    from coinslot_sandbox.uploads import Upload

Leg: TypeAlias = Literal["asking", "paying", "unsigned", "signed", "open", "put", "download"]
"""What an exchange is to its caller: a paid route without and with a credential, a signed-in route
without and with a sign-in, a free one, a file put with its token, a file that is fetched."""


class Moment(StrEnum):
    """Where an exchange stands."""

    ARRIVED = "arrived"
    """Read and found valid; nothing was asked or decided."""
    ASKED = "asked"
    """The offers stand; the 402 goes out next, or the credential is held against them."""
    VERIFIED = "verified"
    """The credential or the sign-in is good; nothing was moved."""
    SETTLED = "settled"
    """The money moved; nothing was made for it yet."""
    ANSWERED = "answered"
    """`response` is what goes out next."""


class Asker(Protocol):
    """Words the answers that ask for money."""

    def ask(self, exchange: Exchange, error: str | None = None) -> Response:
        """Return the 402 that asks for the offers as they stand; `error` says what was wrong."""

    def pending(self, exchange: Exchange) -> Response:
        """Return the answer which says that the settlement is still under way."""


@dataclass(slots=True)
class Exchange:
    """One request, and what became of it so far."""

    route: RouteSpec
    request: Request
    inputs: Inputs
    origin: str
    """Scheme and host under which the caller reached the sandbox."""
    leg: Leg
    body: bytes
    asker: Asker
    offers: list[dict[str, Any]] = field(default_factory=list)
    """What x402's part of the challenge lists."""
    charges: list[dict[str, Any]] = field(default_factory=list)
    """The requests of the MPP challenges that go out beside it."""
    usual: tuple[Any, Any] | None = None
    """Offers and charges as they would have been without interference."""
    expired: bool = False
    """The MPP challenges are out of date already."""
    identity: str | None = None
    """Address in lower case of who paid or signed in; None on open routes."""
    settlement: SettleResponse | None = None
    headers: dict[str, str] = field(default_factory=dict)
    """Headers that the answer must carry, such as the receipt."""
    job: Job | None = None
    """The job that was made."""
    upload: Upload | None = None
    """The upload that this is a step of."""
    dropped: bool = False
    """The caller is gone: whatever is answered, nothing goes out."""
    date_off: float = 0.0
    """Seconds by which the answer's `Date` is ahead of the clock."""
    response: Response | None = None

    @property
    def url(self) -> str:
        """The resource's address as it was asked for, without its query."""
        return self.origin + sent_path(self.request)

    @property
    def text(self) -> str:
        """The request's body as it came."""
        return self.body.decode(errors="replace")

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The request's path, query and body members together."""
        return self.inputs.members


Interference: TypeAlias = Callable[[Moment, Exchange], Awaitable[None]]
Work: TypeAlias = Callable[[Exchange], Response]
"""What a route does once its caller has paid or signed in."""


def sent_path(request: Request) -> str:
    """Return a request's path as it was sent, still escaped."""
    raw: bytes = request.scope.get("raw_path") or quote(request.url.path).encode()
    return raw.partition(b"?")[0].decode("latin-1")


async def undisturbed(moment: Moment, exchange: Exchange) -> None:
    """Interfere with nothing."""
    del moment, exchange
