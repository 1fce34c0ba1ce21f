"""The intermediate model: what was understood of a document, before any code is written.

Everything here is data. Text from the document ends in constants and docstrings, never in
behaviour. Collections are tuples and keep the document's order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

Schema: TypeAlias = Mapping[str, Any] | bool
Provenance: TypeAlias = Literal["document", "guidance", "default"]
Access: TypeAlias = Literal["paid", "signed", "open"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know: a disagreement, a gap, a flaw."""

    kind: Literal["disagreement", "unread", "flaw", "default", "unsupported", "changed"]
    """`changed`: by a plugin of the generator, not by the document."""
    pointer: str
    """JSON pointer into the document, as in `#/paths/~1api~1upload/post`; guidance findings
    point at `#/info/x-guidance` and name the line."""
    message: str


Report: TypeAlias = Callable[[Finding], None]


@dataclass(frozen=True, slots=True)
class PriceSpec:
    """Dollars as printed. `high` None: one price. `unit` second: dollars for each second."""

    low: str
    high: str | None
    unit: Literal["call", "second"]
    provenance: Provenance
    seconds_field: str | None = None
    """Wire name of the request member that holds the seconds, for `unit` second."""
    default_seconds: str | None = None


@dataclass(frozen=True, slots=True)
class TimeSpec:
    """How long a call usually takes, in seconds; `text` as printed."""

    low: float
    high: float | None
    """None where the text names no upper figure, as in `can take minutes`."""
    text: str


@dataclass(frozen=True, slots=True)
class ResultSpec:
    """What a finished job's result holds."""

    name: str
    """Class name, as in `ImageResult`."""
    members: tuple[str, ...]
    """Wire names, the main one first, as in `videoUrl`, `thumbnailUrl`."""
    provenance: str
    """Where that was read, for people."""


@dataclass(frozen=True, slots=True)
class JobSpec:
    """How the accepted answer of a route becomes a job (wire names)."""

    id_member: str
    status_path: str
    status_member: str
    result_member: str
    error_member: str | None
    progress_member: str | None
    list_path: str | None
    items_member: str | None
    cursor_member: str | None
    access: Access = "signed"
    """Of the route that tells the state; a paid one is never asked."""


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """One value that a call sends outside of its body."""

    name: str
    location: Literal["path", "query", "header", "cookie"]
    required: bool
    schema: Schema
    description: str
    style: str | None = None
    """How several values are written where that is not the place's own way: `comma`, `space`, `pipe`,
    `deep` or `json`."""


@dataclass(frozen=True, slots=True)
class BodySpec:
    """A request body of one media type."""

    media_type: str
    required: bool
    schema: Schema
    description: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSpec:
    """An answer of one status and media type."""

    status: str
    """As in the document: `200`, `2XX`, `default`."""
    media_type: str | None
    schema: Schema | None
    description: str
    item_schema: Schema | None = None
    """Of one event, where a stream's are described one by one (OpenAPI 3.2)."""


@dataclass(frozen=True, slots=True)
class PaymentSpec:
    """`x-payment-info`, whatever its shape."""

    price: PriceSpec | None
    """The document's own figure; None if it states none that means anything."""
    low: str | None
    high: str | None
    """The stated bounds, also where they mean nothing (`0` to `10.00`)."""
    protocols: tuple[Mapping[str, Any], ...]
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MediaSpec:
    """Where a request takes the address of a medium, and a file may stand in its place."""

    path: tuple[str, ...]
    """Wire names from the request down, as in `shots`, `still`; lists add none."""
    many: bool
    """Whether it stands in a list."""
    pointers: tuple[str, ...]
    """Every JSON pointer that leads to its schema; parts of an `allOf` stand where the whole does."""
    kinds: tuple[str, ...]
    """What the words around it call the medium (`image`, `video`, `audio`, `model`); empty: not said."""
    provenance: Provenance


@dataclass(frozen=True, slots=True)
class SchemeSpec:
    """One security scheme: a way to show who calls."""

    name: str
    """As in the document."""
    place: Literal["header", "query", "cookie", "bearer", "basic", "sign-in", "payment"]
    field: str
    """Name of the header field, query value or cookie."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class RouteSpec:
    """One method and path."""

    pointer: str
    method: str
    """Upper case."""
    path: str
    operation_id: str | None
    group: str
    """Python name of the group that it hangs on, as in `paint_pro`."""
    name: str
    """Python name of the call, as in `edit`."""
    title: str
    """For people, as in `Paint Pro`; falls back on the path."""
    summary: str
    description: str
    tags: tuple[str, ...]
    access: Access
    security: tuple[str, ...]
    """Names of the security schemes that a caller must satisfy, besides paying."""
    payment: PaymentSpec | None
    price: PriceSpec | None
    """The price that holds: guidance before document; None: unknown (or nothing to pay)."""
    parameters: tuple[ParameterSpec, ...]
    bodies: tuple[BodySpec, ...]
    answers: tuple[AnswerSpec, ...]
    time: TimeSpec | None
    poll_seconds: float
    poll_provenance: Provenance
    job: JobSpec | None
    result: ResultSpec | None
    result_lifetime_seconds: float | None
    notes: tuple[str, ...] = ()
    """Prose rules of the guidance that sit beside this route."""
    shown: tuple[tuple[str, ...], ...] = ()
    """Alternatives of security schemes to show together; empty: nothing, or the sign-in alone."""
    media: tuple[MediaSpec, ...] = ()
    """Where its request takes the address of a medium."""
    deprecated: bool = False
    """Whether the document advises against calling it, mostly since it will be gone."""


@dataclass(frozen=True, slots=True)
class UploadSpec:
    """The three upload steps, where the guidance describes them."""

    token_path: str
    confirm_path: str
    put_url: str
    """Constant part of the PUT address, without the query value of `put_query`."""
    put_query: str
    """Name of the one query value, filled from the token answer's member of the same name."""
    put_headers: tuple[tuple[str, str], ...]
    """Fixed header fields; `{content_type}` stands for the media type."""
    token_member: str
    """Member of the token answer that holds the bearer token."""
    id_member: str
    url_member: str
    """Member of the confirm request and answer that holds the file's URL."""
    put_url_member: str
    """Member of the PUT's answer that holds the file's URL."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A default that the guidance recommends: `purpose` (for people) and the group's name."""

    purpose: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class OfferSpec:
    """An offer in a sample that the guidance shows of a challenge; what it leaves open is None."""

    scheme: str | None
    """How it is paid, as in `exact` or `charge`."""
    network: str
    asset: str | None
    payee: str | None
    provenance: str
    """Where that was read, for people."""


@dataclass(frozen=True, slots=True)
class Api:
    """A whole document, read."""

    title: str
    version: str
    description: str
    origin: str | None
    """Scheme and host of the first server; None if the document names none."""
    openapi: str
    routes: tuple[RouteSpec, ...]
    upload: UploadSpec | None
    recommendations: tuple[Recommendation, ...]
    findings: tuple[Finding, ...]
    document: Mapping[str, Any] = field(repr=False)
    """The document itself, `$ref`s in place."""
    guidance: str | None = field(repr=False)
    source: bytes = field(repr=False)
    """The document's bytes as they were read."""
    schemes: tuple[SchemeSpec, ...] = ()
    """The security schemes that a caller can be asked for, sign-ins among them."""
    offers: tuple[OfferSpec, ...] = ()
    """What the guidance's samples of a challenge offer; what a real one offers only it tells."""
