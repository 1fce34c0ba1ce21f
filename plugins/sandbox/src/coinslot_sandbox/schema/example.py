"""An instance of a schema: always the same one, and filled with what the server knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from coinslot_sandbox.schema import scalars
from coinslot_sandbox.schema.dialect import Dialect, Schema
from coinslot_sandbox.schema.pattern import matching

_DEPTH = 6
"""Schemas that contain themselves stop here, and others lead on with what they require alone."""
_OPTIONAL = _DEPTH // 2
"""From here on only what is required is made."""
_DEEPEST = 40
"""Nothing leads on from here."""
_MOST_CHOICES = 20


class Examples:
    """Makes instances of one document's schemas."""

    def __init__(self, dialect: Dialect, without: Literal["readOnly", "writeOnly"] = "writeOnly") -> None:
        """Make answers, without what is only written, or requests, without what is only read."""
        self._dialect = dialect
        self._without = without
        self._choosing: list[int] = []
        """Which lists of alternatives are being tried: some hold themselves."""
        self._through: list[str] = []
        """The references that led here by what is required alone."""

    def of(self, schema: Schema | None, known: Mapping[str, Any] | None = None) -> Any:
        """Return an instance of `schema`, its members taken from `known` by name, at any depth.

        A name with dots, as `data.id`, is a member of that member alone. A member known to be None is left
        out unless it is required. Without a schema, or with one
        that says nothing, `known` itself is the answer.
        """
        known = known or {}
        if schema is None:
            return _nested(known)
        made = self._make(self._dialect.read(schema), known, 0)
        return _nested(known) if made is None and known else made

    def _make(self, schema: Schema, known: Mapping[str, Any], depth: int) -> Any:
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str) or depth < _OPTIONAL:
            # So far up optional members lead on, too: what holds itself by one of those has an end.
            return self._made(schema, known, depth)
        self._through.append(reference)
        try:
            return self._made(schema, known, depth)
        finally:
            self._through.pop()

    def _ends(self, depth: int) -> bool:
        """Whether an instance stops here: what requires itself for ever has no whole one."""
        again = len(set(self._through)) < len(self._through)
        return depth >= _DEEPEST or (depth >= _DEPTH and again)

    def _made(self, schema: Schema, known: Mapping[str, Any], depth: int) -> Any:
        schema = self._dialect.resolve(schema)
        if isinstance(schema, bool):
            return None
        whole = schema
        if isinstance(parts := schema.get("allOf"), list):
            schema = self._merged(schema, parts)
        stated = list(_stated(schema))
        if (fitting := self._fitting(whole, stated)) is not None:
            return fitting[0]
        for word in ("oneOf", "anyOf"):
            if isinstance(choices := schema.get(word), list) and choices:
                base = {key: value for key, value in schema.items() if key != word}
                return self._chosen(whole, base, choices, known, depth)
        kinds = schema.get("type")
        kind = kinds if not isinstance(kinds, list) else next((one for one in kinds if one != "null"), "null")
        if kind == "object" or (kind is None and scalars.says_object(schema)):
            return self._object(schema, known, depth)
        if kind == "array" or (kind is None and ("items" in schema or "prefixItems" in schema)):
            return self._array(schema, known, depth)
        return scalars.scalar(kind, schema)

    def _fitting(self, schema: Schema, values: list[Any]) -> tuple[Any] | None:
        """Return the first value that the schema allows, in a tuple since it may be null."""
        if not values:
            return None
        judge = self._dialect.judge(schema)
        try:
            return next(((value,) for value in values if judge.is_valid(value)), None)
        except RecursionError:
            # A schema that is a part of itself says nothing of any value.
            return None

    def _chosen(
        self, whole: Schema, base: Mapping[str, Any], choices: list[Any], known: Mapping[str, Any], depth: int
    ) -> Any:
        """Make the first alternative that comes out right; what is known may fit none of them."""
        if self._choosing.count(id(choices)) > _DEPTH:
            return None
        self._choosing.append(id(choices))
        try:
            return self._first_right(whole, base, choices, known, depth)
        finally:
            self._choosing.pop()

    def _first_right(
        self, whole: Schema, base: Mapping[str, Any], choices: list[Any], known: Mapping[str, Any], depth: int
    ) -> Any:
        made: list[Any] = []
        for choice in choices[:_MOST_CHOICES]:
            made.append(self._make(self._merged(base, [choice]), known, depth))
            if depth < _OPTIONAL and (fitting := self._fitting(whole, made[-1:])) is not None:
                return fitting[0]
            if depth >= _OPTIONAL:
                break
        return next((one for one in made if one is not None), None)

    def _object(self, schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        made: dict[str, Any] = {}
        ends = self._ends(depth)
        for name, member in schema.get("properties", {}).items():
            found = self._dialect.resolve(member)
            if isinstance(found, Mapping) and found.get(self._without) is True:
                continue
            if within := _within(known, name):
                value = self._make(member, {**known, **within}, depth + 1)
                stated = {inner: one for inner, one in within.items() if one is not None}
                made[name] = _nested(stated) | (value if isinstance(value, dict) else {})
            elif name in known:
                if known[name] is not None or name in required:
                    made[name] = _counted(found, known[name])
            elif name in required or depth < _OPTIONAL or _is_one_way(found):
                value = None if ends and not _is_scalar(found) else self._make(member, known, depth + 1)
                if value is not None or (name in required and not ends):
                    made[name] = value
        if ends:
            return made
        rest = schema.get("additionalProperties", True)
        for name in [*(one for one in required if one not in made), *self._names(schema, len(made))]:
            made[name] = known.get(
                name, "example" if rest in (True, False) else self._make(rest, known, depth + 1)
            )
        return made

    def _names(self, schema: Mapping[str, Any], count: int) -> Iterator[str]:
        """Give names of members that the schema asks for without naming them."""
        rule = self._dialect.resolve(schema.get("propertyNames", True))
        pattern = rule.get("pattern") if isinstance(rule, Mapping) else None
        listed = rule.get("enum") if isinstance(rule, Mapping) else None
        named = [str(one) for one in listed or [] if str(one) not in schema.get("properties", {})]
        for number in range(int(schema.get("minProperties", 0)) - count):
            if number < len(named):
                yield named[number]
            else:
                yield ((pattern and matching(pattern)) or "key") + ("" if not number else str(number))

    def _array(self, schema: Mapping[str, Any], known: Mapping[str, Any], depth: int) -> list[Any]:
        if self._ends(depth):
            return []
        made = [self._make(one, known, depth + 1) for one in schema.get("prefixItems", [])]
        items = schema.get("items", schema.get("contains", True))
        most = schema.get("maxItems", 1_000)
        count = min(max(int(schema.get("minItems", 1)), 1), most) if items is not False else 0
        more = [self._make(items, known, depth + 1) for _ in range(count - len(made))]
        if schema.get("uniqueItems") is True:
            more = [
                scalars.apart(self._dialect.resolve(items), one, number) for number, one in enumerate(more)
            ]
        return [*made, *more]

    def _merged(
        self, schema: Mapping[str, Any], parts: list[Any], inside: tuple[int, ...] = ()
    ) -> Mapping[str, Any]:
        merged = {key: value for key, value in schema.items() if key != "allOf"}
        for part in parts:
            found = self._dialect.resolve(part)
            if isinstance(found, bool):
                continue
            if isinstance(nested := found.get("allOf"), list):
                if id(nested) in inside:
                    continue
                found = self._merged(found, nested, (*inside, id(nested)))
            properties = dict(merged.get("properties", {}))
            for name, member in found.get("properties", {}).items():
                known = properties.get(name, member)
                properties[name] = member if known == member else {"allOf": [known, member]}
            required = [*merged.get("required", []), *found.get("required", [])]
            said = {word: value for word, value in merged.items() if word in scalars.BOUNDS}
            merged = scalars.tighter({**merged, **found}, said)
            if properties:
                merged |= {"properties": properties}
            if required:
                merged |= {"required": list(dict.fromkeys(required))}
        return merged


def _within(known: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return what is known of the members of a member, by their own names; empty where it is named itself."""
    start = f"{name}."
    found = {key.removeprefix(start): value for key, value in known.items() if key.startswith(start)}
    return {} if name in known else found


def _nested(known: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known as an object, with `a.b` as the member `b` of its member `a`."""
    made: dict[str, Any] = {}
    for name, value in known.items():
        first = name.partition(".")[0]
        if first not in known:
            made[first] = _nested(_within(known, first))
        else:
            made[name] = value
    return made


def _is_scalar(member: Schema) -> bool:
    return isinstance(member, Mapping) and member.get("type") in ("string", "integer", "number", "boolean")


def _counted(member: Schema, value: Any) -> Any:
    """Return what is known as a number where that is one, and the member is."""
    is_number = isinstance(member, Mapping) and member.get("type") == "integer"
    return int(value) if is_number and isinstance(value, str) and value.isdecimal() else value


def _is_one_way(member: Schema) -> bool:
    """Whether only requests or only answers have it; there it may be required, which the words left out."""
    return isinstance(member, Mapping) and True in (member.get("readOnly"), member.get("writeOnly"))


def _stated(schema: Mapping[str, Any]) -> Iterator[Any]:
    """Give the values that the schema itself names."""
    if "const" in schema:
        yield schema["const"]
    for word in ("enum", "examples"):
        if isinstance(values := schema.get(word), list):
            yield from values
    for word in ("example", "default"):
        if word in schema:
            yield schema[word]
