"""Answers in the shapes that the document promises."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from coinslot_codegen.document.model import AnswerSpec, RouteSpec
from coinslot_codegen.document.streams import event_data
from coinslot_sandbox.events import EventStream, events_of, is_events
from coinslot_sandbox.intake import is_json
from coinslot_sandbox.reply import reply
from coinslot_sandbox.schema.dialect import Dialect, Schema
from coinslot_sandbox.schema.example import Examples


class Answers:
    """Makes the successful answers of one document's routes."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self._examples = Examples(dialect)

    def make(self, route: RouteSpec, known: Mapping[str, Any], *, events: bool = False) -> Response:
        """Return the route's successful answer, its members taken from `known` where they are there.

        `events`: as an event stream, where it can be had as one.
        """
        answer = _success(route, events=events)
        status = int(answer.status) if answer is not None and answer.status.isdigit() else 200
        if answer is None or answer.media_type is None:
            return (
                Response(status_code=204) if status == 204 else reply(status, self._examples.of(None, known))
            )
        if is_events(answer.media_type):
            instance = self._examples.of(event_data(self.dialect.document, answer), known)
            return EventStream(events_of("example" if instance is None else instance), status)
        if not is_json(answer.media_type) and answer.media_type != "*/*":
            return Response(b"example", status, media_type=answer.media_type)
        return reply(status, self._examples.of(answer.schema, known))

    def instance(self, schema: Schema | None, known: Mapping[str, Any]) -> Any:
        """Return an instance of a schema, its members taken from `known` where they are there."""
        return self._examples.of(schema, known)

    def schema(self, route: RouteSpec) -> Schema | None:
        """Return the schema of the route's successful JSON answer."""
        answer = _success(route)
        return self.dialect.read(answer.schema) if answer is not None and answer.schema is not None else None

    def counts(self, route: RouteSpec, member: str) -> bool:
        """Whether a member of the route's answer is a whole number."""
        one = self.dialect.member(self.schema(route), member)
        return isinstance(one, Mapping) and one.get("type") == "integer"

    def items_schema(self, route: RouteSpec, member: str | None) -> Schema | None:
        """Return the schema of what a list answer lists under `member`."""
        listed = self.dialect.member(self.schema(route), member or "items")
        return listed.get("items") if isinstance(listed, Mapping) else None


def _success(route: RouteSpec, *, events: bool = False) -> AnswerSpec | None:
    """Return the first 2xx answer: one of events where they are wanted, else JSON before what is none."""
    good = [answer for answer in route.answers if answer.status.upper().startswith("2")]
    good = good or [answer for answer in route.answers if answer.status == "default"]
    lowest = [answer for answer in good if answer.status == good[0].status]
    streams = [answer for answer in lowest if is_events(answer.media_type)]
    if streams and (events or streams == lowest):
        return streams[0]
    good.sort(
        key=lambda answer: (
            not (answer.media_type and is_json(answer.media_type)),
            is_events(answer.media_type),
        )
    )
    return good[0] if good else None
