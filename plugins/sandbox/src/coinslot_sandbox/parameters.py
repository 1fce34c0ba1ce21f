"""Values of parameters and forms, read back from the text that they travel as."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote

from starlette.requests import Request

from coinslot_codegen.document.model import ParameterSpec
from coinslot_sandbox.schema.dialect import Dialect, Schema

_BETWEEN: Final = {"comma": ",", "space": " ", "pipe": "|"}
_DEEPEST: Final = 8


class Reader:
    """Reads one parameter of requests, as its schema says and its style is written."""

    def __init__(
        self, spec: ParameterSpec, dialect: Dialect, place: str = "", others: Collection[str] = ()
    ) -> None:
        """Read `spec`; `place` is where a path parameter stands in its path's own query, if it does.

        `others` are the names of the other parameters, which a map that is spread out does not hold.
        """
        self.spec = spec
        self._place = place
        self._others = frozenset(others)
        self._dialect = dialect
        self._schema = dialect.read(spec.schema)
        self._kinds = frozenset(kinds(dialect, self._schema))

    def read(self, request: Request, path: Mapping[str, str]) -> Any:
        """Return the parameter's value, or None where it was not sent."""
        match self.spec.location:
            case "path":
                text = path.get(self.spec.name, request.query_params.get(self._place))
                return None if text is None else self._one([text], ",")
            case "header":
                text = request.headers.get(self.spec.name)
                return None if text is None else self._one([text], ",")
            case "cookie":
                crumbs = {name: unquote(text) for name, text in request.cookies.items()}
                return self._listed(list(crumbs.items()))
        return self._listed(request.query_params.multi_items())

    def _listed(self, pairs: Sequence[tuple[str, str]]) -> Any:
        name, style = self.spec.name, self.spec.style
        if style == "deep":
            inner = {key[len(name) + 1 : -1]: text for key, text in pairs if key.startswith(f"{name}[")}
            return self._typed(inner) if inner else None
        texts = [text for key, text in pairs if key == name]
        if texts:
            return self._one(texts, _BETWEEN.get(style or "", ""))
        if "object" not in self._kinds or style is not None:
            return None
        members = self._members()
        spread = {
            key: text for key, text in pairs if (key in members if members else key not in self._others)
        }
        return self._typed(spread) if spread else None

    def _members(self) -> frozenset[str]:
        return frozenset(name for name, _ in members_of(self._dialect, self._schema))

    def _one(self, texts: list[str], between: str) -> Any:
        """Return several texts of one name, or one text that holds several, as one value."""
        if self.spec.style == "json":
            try:
                return json.loads(texts[0])
            except ValueError:
                return texts[0]
        parts = texts[0].split(between) if between and len(texts) == 1 else texts
        if "object" in self._kinds and between and (paired := _paired(texts[0], between, self._members())):
            return self._typed(paired)
        if self._kinds == {"object"} and between and texts == [""]:
            return {}
        several = self._typed(parts) if "array" in self._kinds else None
        if len(texts) > 1:
            return several if several is not None else parts
        single = self._typed(texts[0])
        if several is None or self._dialect.judge(self._schema).is_valid(single):
            return single
        return several

    def _typed(self, value: Any) -> Any:
        return typed(self._dialect, self._schema, value)


def _paired(text: str, between: str, names: Collection[str]) -> dict[str, str] | None:
    """Return members that are written one after the other; None where the text is no such thing.

    A value may hold what stands between, where the next name is known.
    """
    made: dict[str, list[str]] = {}
    held: list[str] | None = None
    for part in text.split(between):
        if (held is None or held) and (part in names or (not names and (held is None or len(held) == 1))):
            held = made[part] = []
        elif held is None:
            return None
        else:
            held.append(part)
    return {name: between.join(held) for name, held in made.items()} if held else None


def typed(dialect: Dialect, schema: Schema, value: Any, depth: int = 0) -> Any:
    """Return texts as the values that the schema allows; what fits none stays text."""
    if depth > _DEEPEST:
        return value
    if isinstance(value, list):
        items = next((found["items"] for found in _parts(dialect, schema) if "items" in found), True)
        return [typed(dialect, items, one, depth + 1) for one in value]
    if isinstance(value, dict):
        members = dict(members_of(dialect, schema))
        return {name: typed(dialect, members.get(name, True), one, depth + 1) for name, one in value.items()}
    judge = dialect.judge(schema)
    return next((one for one in _readings(value) if judge.is_valid(one)), value)


def kinds(dialect: Dialect, schema: Schema) -> Iterator[str]:
    """Give the JSON types that a schema speaks of."""
    for found in _parts(dialect, schema):
        said = found.get("type")
        yield from said if isinstance(said, list) else [said] if isinstance(said, str) else []
        if "properties" in found:
            yield "object"


def members_of(dialect: Dialect, schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Give the named members of an object, also those of its parts and alternatives."""
    for found in _parts(dialect, schema):
        yield from found.get("properties", {}).items()


def _parts(dialect: Dialect, schema: Schema, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    found = dialect.resolve(schema)
    if isinstance(found, bool) or depth > _DEEPEST:
        return
    yield found
    for word in ("allOf", "anyOf", "oneOf"):
        for part in found.get(word, []):
            yield from _parts(dialect, part, depth + 1)


def _readings(text: Any) -> Iterator[Any]:
    yield text
    if not isinstance(text, str):
        return
    with suppress(ValueError, RecursionError):
        yield json.loads(text, parse_constant=refused)


def refused(name: str) -> float:
    """Refuse a number that JSON does not have."""
    raise ValueError(name)
