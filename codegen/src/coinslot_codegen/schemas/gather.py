"""Gathering the shapes of all routes: what each call sends and gets."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.model import AnswerSpec, Api, BodySpec, Finding, ParameterSpec, RouteSpec
from coinslot_codegen.document.references import token as escaped
from coinslot_codegen.document.streams import event_data
from coinslot_codegen.schemas.read import Place, SchemaReader
from coinslot_codegen.schemas.samples import sample
from coinslot_codegen.schemas.shape import (
    UNSET,
    Member,
    Normal,
    Role,
    Shape,
    referenced,
    references,
    whole,
)
from coinslot_codegen.schemas.unending import ended

Location: TypeAlias = Literal["path", "query", "header", "cookie"]
Untyped: TypeAlias = Literal["json", "text", "bytes", "events", "nothing"]
Raw: TypeAlias = Literal["text", "bytes"]

_SWITCH = "stream"
# The runtime's own business, or (the first two) not parameters by OpenAPI's own rule.
_NOT_ASKED_FOR = (
    "accept", "content-type", "payment-signature", "sign-in-with-x", "x-payment",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Use:
    """The shapes of one route, by key."""

    route: RouteSpec
    parameters: Mapping[Location, str]
    body: str | None
    """The body's shape; None: no body, or one of any JSON."""
    free_body: bool
    """Whether the body is any JSON."""
    raw_body: Raw | None
    """What a body without members is handed over as."""
    sends: str | None
    """Media type of the body; None: there is none, or plain JSON."""
    body_text: str
    answer: str | None
    untyped: Untyped
    """What an answer without a shape is."""
    gives: str | None
    """Media type of an answer that is no JSON."""
    answer_text: str
    streams: bool = False
    """Whether the answer can also be had as an event stream."""
    events: str | None = None
    """What an event of that stream holds as its data; None: text."""
    switch: str | None = None
    """Wire name of the request's member that switches between the two; None: the media type alone does."""


@dataclass(slots=True)
class Gathered:
    """All uses, and the shapes that they name."""

    uses: list[Use] = field(default_factory=list)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    left_out: list[DocumentError] = field(default_factory=list)
    """Constructs that cannot be generated, one for each route that is missing."""
    flaws: list[Finding] = field(default_factory=list)
    """Schemas in the place of which any value is taken."""

    @property
    def streams(self) -> bool:
        """Whether any route answers with an event stream, if it is asked for one."""
        return any(use.streams or use.untyped == "events" for use in self.uses)

    _references: dict[str, list[str]] = field(default_factory=dict, init=False)

    def below(self, key: str, known: Container[str] = ()) -> list[str]:
        """Return the keys of `key` and of every shape in it, inner ones first, but for `known` ones."""
        if key in known:
            return []
        order: list[str] = []
        seen = {key: None}
        stack = [(key, iter(self._inner(key)))]
        while stack:
            current, rest = stack[-1]
            following = next((inner for inner in rest if inner not in seen and inner not in known), None)
            if following is None:
                order.append(current)
                stack.pop()
            else:
                seen[following] = None
                stack.append((following, iter(self._inner(following))))
        return order

    def _inner(self, key: str) -> list[str]:
        if key not in self._references:
            shape = self.shapes[key]
            values = [member.value for member in shape.members] if shape.whole is None else [shape.whole]
            self._references[key] = list(dict.fromkeys(references(values)))
        return self._references[key]


def gather(api: Api) -> Gathered:
    """Read the schemas of all routes; routes with a construct that has no equivalent are left out."""
    gathered = Gathered()
    media = {pointer for route in api.routes for one in route.media for pointer in one.pointers}
    reader = SchemaReader(api.document, media, uploads=api.upload is not None)
    for route in api.routes:
        try:
            gathered.uses.append(_use(route, reader))
        except DocumentError as error:
            gathered.left_out.append(error)
    for shape, member in ended(reader.shapes):
        message = f"{member.wire!r} is required, and leads here again for ever; it may be left out"
        reader.flaw(shape.pointer, message)
    gathered.shapes, gathered.flaws = reader.shapes, reader.flaws
    return gathered


def _use(route: RouteSpec, reader: SchemaReader) -> Use:
    words = route.name
    parameters: dict[Location, str] = {}
    for location, role, title in (
        ("path", "address", "path"),
        ("query", "request", "query"),
        ("header", "request", "headers"),
        ("cookie", "request", "cookies"),
    ):
        found = [one for one in route.parameters if one.location == location and _is_asked_for(one, route)]
        if found:
            parameters[location] = _parameters(route, found, reader, role, f"{words} {title}")  # type: ignore[index, arg-type] # fmt: skip
    body = sent_body(route)
    raw = _raw(body) if body else None
    body_key = _body(route, body, reader) if body and not raw else None
    answer = _answer(route)
    answer_key, untyped = _answered(route, answer, reader)
    streams = answer is not None and untyped != "events" and _also_streams(route, answer)
    sent = [key for key in (body_key, parameters.get("query")) if key] if streams else []
    return Use(
        route,
        parameters,
        body=body_key,
        free_body=body is not None and body_key is None and raw is None,
        raw_body=raw,
        sends=body.media_type if body and body.media_type not in ("application/json", "*/*") else None,
        body_text=body.description if body else "",
        answer=answer_key,
        untyped=untyped,
        gives=answer.media_type if answer and untyped in ("text", "bytes", "events") else None,
        answer_text=answer.description if answer else "",
        streams=streams,
        events=_event(route, answer, reader) if streams or untyped == "events" else None,
        switch=_SWITCH if any(_has_switch(reader.shapes[key]) for key in sent) else None,
    )


def _is_asked_for(parameter: ParameterSpec, route: RouteSpec) -> bool:
    name = parameter.name.lower()
    if parameter.location != "header" or name != "authorization":
        return parameter.location != "header" or name not in _NOT_ASKED_FOR
    # By OpenAPI's rule a security scheme says so. Where none does, only the caller can give it.
    return route.access != "paid" and not route.security


def _parameters(
    route: RouteSpec, found: list[ParameterSpec], reader: SchemaReader, role: Role, hint: str
) -> str:
    members = []
    for parameter in found:
        pointer = f"{route.pointer}/parameters/{route.parameters.index(parameter)}/schema"
        place = Place(pointer, role, whole(parameter.name, pointer))
        value = reader.read(parameter.schema, place)
        if role == "address" and references(value):
            reader.flaw(
                pointer, f"the path parameter {parameter.name!r} holds an object; it is given as text"
            )
            value = {"type": "string"}
        stated = parameter.schema if isinstance(parameter.schema, Mapping) else {}
        text = parameter.description or str(stated.get("description", ""))
        default = stated.get("default", UNSET)
        example = sample(stated)
        members.append(
            Member(parameter.name, value, parameter.required, text, default, example, reader.uploads)
        )
    members.sort(key=lambda member: not member.required)
    return reader.shape(role, Place(route.pointer, role, hint), members)


def sent_body(route: RouteSpec) -> BodySpec | None:
    """Choose the body that a call sends: JSON, else parts, else a form, else what is listed first."""
    for fits in (is_json, _has_parts, _is_form):
        for body in route.bodies:
            if fits(body.media_type):
                return body
    return next(iter(route.bodies), None)


def _raw(body: BodySpec) -> Raw | None:
    """Say whether a body has no members that the generator could write, and what it is then."""
    kind = _bare(body.media_type)
    if is_json(kind) or _has_parts(kind) or _is_form(kind):
        return None
    if is_text(kind):
        return "text"
    schema = body.schema if isinstance(body.schema, Mapping) else {}
    return "text" if schema.get("type") == "string" and "format" not in schema else "bytes"


def _body(route: RouteSpec, body: BodySpec, reader: SchemaReader) -> str | None:
    pointer = f"{route.pointer}/requestBody/content/{escaped(body.media_type)}/schema"
    role: Role = "parts" if _has_parts(body.media_type) else "request"
    place = Place(pointer, role, f"{route.name} request")
    value = reader.read(body.schema, place)
    if (role == "parts" or _is_form(body.media_type)) and not _has_members(value):
        reader.flaw(pointer, "a form is made of named members, and its schema has none; any are taken")
        value = {"type": "object", "additionalProperties": {}}
    if not value:
        return None
    return referenced(value) or reader.shape("request", place, [], whole=value)


def _has_members(value: Normal) -> bool:
    """Whether an object can be meant; what allows anything allows one."""
    return not value or any(
        "$ref" in one or one.get("type") == "object" for one in value.get("anyOf", [value])
    )


def _answer(route: RouteSpec) -> AnswerSpec | None:
    """Choose the answer that a success has: the lowest status, and JSON where there is a choice.

    A stream is chosen where there is nothing else.
    """
    good = [answer for answer in route.answers if answer.status.upper().startswith("2")]
    good = good or [answer for answer in route.answers if answer.status == "default"]
    lowest = min((answer.status for answer in good), default=None)
    listed = [answer for answer in good if answer.status == lowest]
    read = read_first(answer.media_type for answer in listed)
    return next((answer for answer in listed if answer.media_type == read), None)


def read_first(kinds: Iterable[str | None]) -> str | None:
    """Choose what a call returns of several media types: JSON if it can, a stream if it must."""
    listed = sorted(kinds, key=is_events)
    return next((kind for kind in listed if kind is not None and is_json(kind)), next(iter(listed), None))


def form_of(media_type: str) -> Untyped:
    """Return in what form an answer of this media type is handed out."""
    if is_events(media_type):
        return "events"
    if is_json(media_type):
        return "json"
    return "text" if is_text(_bare(media_type)) else "bytes"


def _also_streams(route: RouteSpec, chosen: AnswerSpec) -> bool:
    same = [answer for answer in route.answers if answer.status == chosen.status]
    return route.job is None and any(is_events(answer.media_type) for answer in same)


def _event(route: RouteSpec, chosen: AnswerSpec | None, reader: SchemaReader) -> str | None:
    stream = next(
        one for one in route.answers if chosen and one.status == chosen.status and is_events(one.media_type)
    )
    word = "schema" if stream.item_schema is None else "itemSchema"
    pointer = f"{route.pointer}/responses/{stream.status}/content/{escaped(stream.media_type or '')}/{word}"
    place = Place(pointer, "answer", f"{route.name} event")
    value = reader.read(event_data(reader.document, stream) or {}, place)
    # What has no members by name is handed out as the text that it is.
    return referenced(value) or (
        reader.shape("answer", place, [], whole=value) if references(value) else None
    )


def streams_only(route: RouteSpec) -> bool:
    """Whether a success can only be an event stream."""
    answer = _answer(route)
    return route.job is None and answer is not None and is_events(answer.media_type)


def _has_switch(shape: Shape) -> bool:
    return any(member.wire == _SWITCH and _is_true_or_false(member.value) for member in shape.members)


def _is_true_or_false(value: Normal) -> bool:
    kinds = [one.get("type") if list(one) == ["type"] else "" for one in value.get("anyOf", [value])]
    return set(kinds) in ({"boolean"}, {"boolean", "null"})


def _answered(
    route: RouteSpec, answer: AnswerSpec | None, reader: SchemaReader
) -> tuple[str | None, Untyped]:
    if answer is None:
        return None, "json"
    if answer.media_type is None:
        # Many documents leave out what they answer: what comes is then handed out as it is.
        empty = route.method == "HEAD" or answer.status in ("204", "205")
        return None, "nothing" if empty else "json"
    if is_events(answer.media_type) and route.job is None:
        return None, "events"
    if not is_json(answer.media_type):
        return None, form_of(answer.media_type)
    pointer = f"{route.pointer}/responses/{answer.status}/content/{escaped(answer.media_type)}/schema"
    place = Place(pointer, "answer", f"{route.name} answer")
    schema: Any = {} if answer.schema is None else answer.schema
    value = reader.read(schema, place)
    if not value:
        return None, "json"
    return referenced(value) or reader.shape("answer", place, [], whole=value), "json"


def is_json(media_type: str) -> bool:
    """Whether this media type's content is JSON."""
    kind = _bare(media_type)
    return kind in ("application/json", "*/*", "text/json") or kind.endswith("+json")


def is_events(media_type: str | None) -> bool:
    """Whether this media type's content is an event stream."""
    return _bare(media_type or "") == "text/event-stream"


def is_text(kind: str) -> bool:
    """Whether the runtime hands out this media type's content as text."""
    return kind.startswith("text/") or kind.endswith(("/xml", "+xml", "/javascript", "/x-ndjson", "/yaml"))


def _has_parts(media_type: str) -> bool:
    return _bare(media_type).startswith("multipart/")


def _is_form(media_type: str) -> bool:
    return _bare(media_type) == "application/x-www-form-urlencoded"


def _bare(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()


def pointed_use(use: Use, firsts: Mapping[str, str]) -> Use:
    """Return the use with each shape led to the first of its equals."""
    return replace(
        use,
        parameters={location: firsts[key] for location, key in use.parameters.items()},
        body=use.body and firsts[use.body],
        answer=use.answer and firsts[use.answer],
        events=use.events and firsts[use.events],
    )
