"""What a generated client knows of a route before it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeAlias

from typing_extensions import TypeVar

from coinslot.money import EXACT

if TYPE_CHECKING:
    from pydantic import BaseModel

    from coinslot.results import Result

AnswerModel = TypeVar("AnswerModel", default="object")
ResultModel = TypeVar("ResultModel", default="object")

MAX_JOB_ID = 512
EVENT_STREAM = "text/event-stream"
Access: TypeAlias = Literal["paid", "signed", "open"]
Security: TypeAlias = tuple[tuple[str, ...], ...]
"""Alternatives, each the names of the security schemes that are shown together; empty: nothing is."""
Style: TypeAlias = Literal["comma", "space", "pipe", "deep", "json"]
"""How a parameter of several values is written, where that is not its place's own way."""


@dataclass(frozen=True, slots=True)
class PriceRange:
    """Dollars for one call, as printed: `PriceRange("0.13", "0.24")`, or one fixed price.

    The number of printed digits matters: printed prices are rounded, so a call may cost half a
    unit of the last digit more.
    """

    low: str
    high: str | None = None
    """None: the same as `low`."""

    @property
    def cap(self) -> Decimal:
        """The most that one call may cost, in dollars."""
        return _with_rounding(self.high or self.low)


@dataclass(frozen=True, slots=True)
class PricePerSecond:
    """Dollars for each second of the made media, as printed."""

    low: str
    high: str | None = None
    seconds_field: str = field(kw_only=True)
    """The request member (wire name) that says how many seconds are asked for."""
    default_seconds: str | None = field(default=None, kw_only=True)
    """What the server takes where the request does not say; None if it has no default."""

    def cap(self, seconds: Decimal) -> Decimal:
        """Return the most that a call for so many seconds may cost, in dollars."""
        return EXACT.multiply(_with_rounding(self.high or self.low), seconds)


Price: TypeAlias = PriceRange | PricePerSecond


def _with_rounding(printed: str) -> Decimal:
    value = Decimal(printed)
    exponent = value.as_tuple().exponent
    half_unit = EXACT.scaleb(Decimal(5), int(exponent) - 1)
    # A whole number of dollars is not a rounded figure.
    return EXACT.add(value, half_unit) if int(exponent) < 0 else value


@dataclass(frozen=True, slots=True)
class JobStyle:
    """How an accepted answer becomes a job: names of routes and members, from the document.

    A member may stand in others, as in `data.id`; a name that has a dot of its own goes before that.
    """

    id: str
    """Member of the accepted answer that holds the job's id."""
    path: str
    """Route (GET) that tells the job's state, with one path parameter for the id."""
    status: str = "status"
    result: str = "result"
    error: str | None = "error"
    progress: str | None = "progress"
    access: Access = "signed"
    """Whether that route wants the payer's signature (`signed`) or nobody's (`open`)."""
    list_path: str | None = None
    """Route (GET) that lists the payer's jobs, for finding the job of a lost answer."""
    items: str = "items"
    cursor: str | None = None
    """Member of a listed page that holds the next page's cursor."""
    input: str = "input"
    """Member of a listed job that holds the request it was made from."""
    kind: str = "type"
    """Member of a listed job that says what kind of work it is."""
    created: str = "createdAt"
    """Member of a listed job that says when it was accepted."""
    security: Security = ()
    """What the routes that tell of jobs want to be shown."""

    def __post_init__(self) -> None:
        # A ledger gives lists back.
        object.__setattr__(self, "security", tuple(map(tuple, self.security)))


def member_of(content: Mapping[str, Any], name: str) -> Any:
    """Return an answer's member by a name of `JobStyle`; None where it is not there."""
    if name in content:
        return content[name]
    first, _, rest = name.partition(".")
    inner = content.get(first) if rest else None
    return member_of(inner, rest) if isinstance(inner, Mapping) else None


def job_id_of(value: object) -> str | None:
    """Return a job's id as text, a number as its digits; None for anything that names no job."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    usable = isinstance(value, str) and 0 < len(value) <= MAX_JOB_ID and value.isprintable()
    return value if isinstance(value, str) and usable else None


@dataclass(frozen=True, slots=True)
class Route(Generic[AnswerModel, ResultModel]):
    """One method and path of the document.

    Only a route whose `access` is `paid` is ever paid for.
    """

    method: str
    path: str
    access: Access = field(default="open", kw_only=True)
    security: Security = field(default=(), kw_only=True)
    """What it wants to be shown, besides being paid or signed."""
    answer: type[BaseModel] | None = field(default=None, kw_only=True, hash=False)
    """Model of the successful answer; None: the JSON as it is."""
    events: type[BaseModel] | None = field(default=None, kw_only=True, hash=False)
    """Model of an event's data, where the answer can be had as an event stream; None: text."""
    sends: str = field(default="application/json", kw_only=True)
    """Media type of the body."""
    gives: str = field(default="application/json", kw_only=True)
    """Media type of the successful answer: text comes as `str`, an event stream as `Events`, what is
    neither text nor JSON as `bytes`."""
    styles: Mapping[str, Style] = field(default_factory=dict, kw_only=True, hash=False)
    """How parameters of several values are written, by wire name."""
    price: Price | None = field(default=None, kw_only=True)
    """None on a paid route: the price is not known, and a call must say `max_price`."""
    media: Mapping[str, tuple[str, ...]] = field(default_factory=dict, kw_only=True)
    """Kinds of media (`image`, `video`, ...) by the request's members that take their addresses, in wire
    names, as in `shots.still`; no kinds: the document does not say."""
    job: JobStyle | None = field(default=None, kw_only=True)
    """None: the answer is the result."""
    result: type[Result] | None = field(default=None, kw_only=True)
    """What the job's result is read into; None: a raw mapping."""
    typical_seconds: tuple[float, float] | None = field(default=None, kw_only=True)
    poll_seconds: float = field(default=15.0, kw_only=True)
    result_lifetime_seconds: float | None = field(default=None, kw_only=True)
    """How long the URLs of a result live after they were given."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def streams(self) -> bool:
        """Whether its answer is an event stream."""
        return self.gives.partition(";")[0].strip().lower() == EVENT_STREAM

    def streamed(self) -> Route[Any, Any]:
        """Return the same route, asked for its answer as an event stream."""
        return replace(self, gives=EVENT_STREAM, answer=None, job=None, result=None)
