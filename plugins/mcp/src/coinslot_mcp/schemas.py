"""JSON schemas of what calls take, from their request models, under the names of Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from pydantic.json_schema import models_json_schema

from coinslot import MISSING, Call, RequestModel

Json = dict[str, Any]

_OURS = frozenset({"self", "max_price", "idempotency_key"})
"""Parameters of a call that are not the document's."""
_ARGUMENT = re.compile(r"^ {12}(\w+): (.*)$")
_REFERENCE = "#/$defs/"
_MEDIUM = "An address (https://...), or the path of a file in one of the folders that this server may read."


@dataclass(frozen=True, slots=True)
class Schema:
    """What a call takes."""

    properties: Json
    required: list[str]
    defs: Json

    def shown(self) -> Json:
        """Return the schema as agents see it."""
        made: Json = {
            "type": "object",
            "properties": _shown(self.properties),
            "required": self.required,
            "additionalProperties": False,
        }
        return {**made, "$defs": _shown(self.defs)} if self.defs else made

    def unknown(self, arguments: Mapping[str, Any]) -> list[str]:
        """Return names that the call does not take."""
        return [name for name in arguments if name not in self.properties]

    def missing(self, arguments: Mapping[str, Any]) -> list[str]:
        """Return names that the call needs."""
        return [name for name in self.required if name not in arguments]

    def with_media(self, arguments: Mapping[str, Any], change: Callable[[str], Any]) -> Json:
        """Return the arguments with every text that stands for a medium changed."""
        return {name: self._changed(self.properties[name], arguments[name], change) for name in arguments}

    def _changed(self, schema: Any, value: Any, change: Callable[[str], Any]) -> Any:
        if not isinstance(schema, dict):
            return value
        if "$ref" in schema:
            return self._changed(self.defs.get(schema["$ref"].removeprefix(_REFERENCE)), value, change)
        for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
            value = self._changed(choice, value, change)
        if isinstance(value, str):
            return change(value) if _is_medium(schema) else value
        if isinstance(value, list):
            return [self._changed(schema.get("items"), one, change) for one in value]
        if isinstance(value, dict):
            members, others = schema.get("properties", {}), schema.get("additionalProperties")
            return {
                name: self._changed(members.get(name, others), one, change) for name, one in value.items()
            }
        return value


def schema_of(call: Call[Any]) -> Schema:
    """Return what a call takes, with the document's words about each parameter."""
    function: Any = type(call).__call__
    about = _described(function.__doc__ or "")
    models = [
        made
        for name in function.__code__.co_names
        if isinstance(made := function.__globals__.get(name), type) and issubclass(made, RequestModel)
    ]
    modelled, defs = _modelled(models)
    properties: Json = {}
    required = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name in _OURS:
            continue
        told = modelled.get(name)
        if told is None:
            told, beside = _annotated(function, name)
            defs = {**beside, **defs}
        properties[name] = {**told, "description": about[name]} if name in about else told
        if parameter.default is inspect.Parameter.empty:
            required.append(name)
    return Schema(properties, required, _reachable(properties, defs))


def _modelled(models: list[type[RequestModel]]) -> tuple[Json, Json]:
    """Return the members of request models, and what they refer to."""
    if not models:
        return {}, {}
    refs, whole = models_json_schema([(model, "validation") for model in models], by_alias=False)
    defs = whole.get("$defs", {})
    members: Json = {}
    for ref in refs.values():
        members.update(defs[ref["$ref"].removeprefix(_REFERENCE)].get("properties", {}))
    return members, defs


def _annotated(function: Any, name: str) -> tuple[Json, Json]:
    """Return what the signature says of a parameter that is in no model."""
    try:
        hints = get_type_hints(
            function, localns={"Dollars": Any, "AnswerT": Any, "QuoteT": Any}, include_extras=True
        )
        kinds = [kind for kind in _alternatives(hints[name]) if kind is not MISSING]
        made = TypeAdapter(kinds[0] if len(kinds) == 1 else hints[name]).json_schema(by_alias=False)
    except (NameError, TypeError, PydanticUserError):
        return {}, {}
    return made, made.pop("$defs", {})


def _alternatives(hint: Any) -> tuple[Any, ...]:
    members = getattr(hint, "__args__", ())
    return members if MISSING in members else (hint,)


def _described(docstring: str) -> dict[str, str]:
    """Return what a docstring's list of arguments says of each."""
    told: dict[str, str] = {}
    last = None
    _, _, rest = docstring.partition("        Args:\n")
    for line in rest.splitlines():
        found = _ARGUMENT.match(line)
        if found:
            last = found[1]
            told[last] = found[2]
        elif last is not None and line.startswith(" " * 16):
            told[last] += f" {line.strip()}"
        else:
            break
    return told


def _reachable(properties: Json, defs: Json) -> Json:
    found: Json = {}

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            name = str(node.get("$ref", "")).removeprefix(_REFERENCE)
            if name in defs and name not in found:
                found[name] = defs[name]
                visit(defs[name])
            for inner in node.values():
                visit(inner)
        elif isinstance(node, list):
            for inner in node:
                visit(inner)

    visit(properties)
    return found


def _is_medium(schema: Json) -> bool:
    return bool(schema.get("type") == "string" and schema.get("format") == "uri")


def _shown(node: Any, *, names: bool = True) -> Any:
    """Leave out titles, and say of media what they are here. `names`: the keys are members' names."""
    if isinstance(node, list):
        return [_shown(one, names=False) for one in node]
    if not isinstance(node, dict):
        return node
    if not names and _is_medium(node):
        told = f"{node['description']} {_MEDIUM}" if "description" in node else _MEDIUM
        return {"type": "string", "description": told}
    left_out = set() if names else {"title"}
    inside = {"properties", "$defs"}
    return {
        name: _shown(inner, names=not names and name in inside)
        for name, inner in node.items()
        if name not in left_out or not isinstance(inner, str)
    }


def model_problems(error: ValidationError) -> list[str]:
    """Return what a request model refuses, without the values."""
    return [f"{'.'.join(map(str, one['loc'])) or 'the request'}: {one['msg']}" for one in error.errors()]
