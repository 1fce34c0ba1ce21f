"""Made-up arguments for generated calls: what the document calls valid, under the names of the signature."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, TypeAlias

from coinslot_codegen.document.model import Api, BodySpec, RouteSpec
from coinslot_codegen.schemas.gather import is_json, sent_body
from coinslot_sandbox.forms import is_form
from coinslot_sandbox.parameters import members_of
from coinslot_sandbox.schema.dialect import Dialect
from coinslot_sandbox.schema.example import Examples

Extent: TypeAlias = Literal["least", "most"]
"""Only what is required, or all that there is."""
PLACES = {"path": "path", "query": "query", "headers": "header", "cookies": "cookie", "body": "body"}


class Arguments:
    """Makes the arguments of every call of one document."""

    def __init__(self, api: Api) -> None:
        self._dialect = Dialect(api.document)
        self._examples = Examples(self._dialect, without="readOnly")

    def of(self, route: RouteSpec, module: ModuleType, call: object, extent: Extent) -> dict[str, Any]:
        """Return keyword arguments for `call`, which is the route's and lives in `module`."""
        body = sent_body(route)
        content = self._body(body) if body else None
        members = content if isinstance(content, Mapping) else {}
        stated = {(one.location, one.name): one for one in route.parameters}
        signature = inspect.signature(call)  # type: ignore[arg-type]
        wanted = list(_destinations(module, call, signature))
        if extent == "least":
            needed = [
                one for one in wanted if signature.parameters[one.name].default is inspect.Parameter.empty
            ]
            least = {
                one.wire: members[one.wire] for one in needed if one.place == "body" and one.wire in members
            }
            # That one of several members has to be there shows in no signature.
            if not members or body is None or self._is_valid(body, least):
                wanted = needed
        given: dict[str, Any] = {}
        for one in wanted:
            if one.place != "body":
                given[one.name] = self._examples.of(stated[one.place, one.wire or ""].schema)
            elif one.wire is None:
                # An absent body and a JSON null look alike to a caller, so something is sent.
                given[one.name] = {} if content is None else content
            elif one.wire in members:
                given[one.name] = members[one.wire]
        return given

    def _is_valid(self, body: BodySpec, value: Any) -> bool:
        try:
            return self._dialect.validator(body.schema).is_valid(value)
        except RecursionError:
            return True

    def _body(self, body: BodySpec) -> Any:
        made = self._examples.of(body.schema)
        kind = body.media_type.partition(";")[0].lower()
        if kind.startswith("multipart/") and isinstance(made, Mapping):
            members = dict(members_of(self._dialect, self._dialect.read(body.schema)))
            return {name: self._part(value, members.get(name, True)) for name, value in made.items()}
        if is_form(kind):
            # Whatever its schema says, a form is made of named members.
            return made if isinstance(made, Mapping) else {"example": "example"}
        if isinstance(made, Mapping) or is_json(kind):
            return made
        return "example" if kind.startswith("text/") or kind.endswith("xml") else b"example"

    def _part(self, value: Any, schema: Any) -> Any:
        """Return a part of a form; binary text is a file."""
        found = self._dialect.resolve(schema)
        if isinstance(value, list) and isinstance(found, Mapping):
            return [self._part(one, found.get("items", True)) for one in value]
        is_file = isinstance(found, Mapping) and (
            found.get("format") == "binary" or "contentMediaType" in found
        )
        return value.encode() if is_file and isinstance(value, str) else value


@dataclass(frozen=True, slots=True)
class _Destination:
    """Where a parameter's value is sent."""

    name: str
    place: Any
    wire: str | None
    """None: it is the whole body."""


def _destinations(module: ModuleType, call: object, signature: inspect.Signature) -> Iterator[_Destination]:
    """Read from a call's own source where it sends each of its parameters."""
    source = textwrap.dedent(inspect.getsource(type(call).__call__))
    sending = next(
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("_pay", "_send")
    )
    for keyword in sending.keywords:
        place = PLACES.get(keyword.arg or "")
        match keyword.value:
            case ast.Dict(keys=keys, values=values) if place:
                wires = [ast.literal_eval(key) for key in keys if key]
                for wire, value in zip(wires, values, strict=True):
                    yield _Destination(ast.unparse(value), place, wire)
            case ast.Call(func=ast.Name(id=model), keywords=fields) if place and fields:
                known = getattr(module, model).model_fields
                for field in fields:
                    if isinstance(field.value, ast.Constant):
                        # The call itself knows what is sent there.
                        continue
                    alias = known[field.arg].alias
                    wire = field.arg if alias is None else alias
                    yield _Destination(ast.unparse(field.value), place, wire)
            case other if place:
                named = (node.id for node in ast.walk(other) if isinstance(node, ast.Name))
                for name in [one for one in named if one in signature.parameters][:1]:
                    yield _Destination(name, place, None)
