"""Reading the document's schemas: every object becomes a shape, everything else a plain value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from coinslot_codegen.document.errors import DocumentError, EndlessReference
from coinslot_codegen.document.model import Finding
from coinslot_codegen.document.references import resolve
from coinslot_codegen.document.references import token as escaped
from coinslot_codegen.document.type_words import type_meant
from coinslot_codegen.schemas import scalars
from coinslot_codegen.schemas.merge import merged, structural
from coinslot_codegen.schemas.samples import sample
from coinslot_codegen.schemas.shape import (
    UNSET,
    Impossible,
    Member,
    Normal,
    Role,
    Shape,
    Unclear,
    Unsupported,
    reference,
    singular,
    whole,
)

_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schema stands, and what it may be called."""

    pointer: str
    role: Role
    hint: str
    target: str | None = None
    """The `$ref` that led exactly here."""
    depth: int = 0

    def at(self, *tokens: str, hint: str | None = None) -> Place:
        """Return the place below this one."""
        pointer = "/".join([self.pointer, *(escaped(one) for one in tokens)])
        return Place(pointer, self.role, hint or self.hint, depth=self.depth + 1)


class SchemaReader:
    """Reads schemas of one document and keeps the shapes that it finds, in the order found."""

    def __init__(
        self, document: Mapping[str, Any], media: Collection[str] = (), *, uploads: bool = True
    ) -> None:
        self.shapes: dict[str, Shape] = {}
        self.flaws: list[Finding] = []
        """What was read as any value, and why."""
        self.uploads = uploads
        """Whether the document tells how a file gets an address."""
        self.document = document
        self._media = media
        """Pointers of the texts that are addresses of media, where a request may hold a file instead."""
        self._keys: dict[tuple[Role, str], str] = {}
        self._values: dict[tuple[Role, str], Normal] = {}
        self._under_way: list[tuple[Role, str]] = []
        self._waiting: list[tuple[Shape, Mapping[str, Any], Place]] = []

    def shape(self, role: Role, place: Place, members: list[Member], *, whole: Normal | None = None) -> str:
        """Keep a shape that stands in no schema of the document, and return its key."""
        shape = self._new(role, place)
        shape.members, shape.whole = members, whole
        return shape.key

    def read(self, schema: Any, place: Place) -> Normal:
        """Return the normal form of `schema`, and keep all shapes in it. Raises Unsupported.

        After an error everything is as it was before.
        """
        kept = [(memory, len(memory)) for memory in (self.shapes, self._keys, self._values)]
        try:
            value = self.held(schema, place)
            # Members are read one shape after the other: references may lead on and on.
            while self._waiting:
                self._fill(*self._waiting.pop())
        except DocumentError:
            for memory, count in kept:
                while len(memory) > count:
                    memory.popitem()
            self._under_way.clear()
            self._waiting.clear()
            raise
        return value

    def held(self, schema: Any, place: Place) -> Normal:
        """Return the normal form of `schema`; where that says nothing that makes sense, any value.

        Raises Unsupported for what cannot be sent or comes to no end.
        """
        under_way = len(self._under_way)
        try:
            return self.value(schema, place)
        except Unclear as problem:
            del self._under_way[under_way:]
            self.flaw(problem.pointer, f"{problem.message}; any value is taken there")
            return {}

    def flaw(self, pointer: str, message: str) -> None:
        """Keep what is wrong, once."""
        finding = Finding("flaw", pointer, message)
        if finding not in self.flaws:
            self.flaws.append(finding)

    def value(self, schema: Any, place: Place) -> Normal:  # noqa: C901 - one way out per kind of schema
        """Return the normal form of `schema`. Raises Unsupported."""
        if schema is True:
            return {}
        if isinstance(schema, str) and (meant := type_meant(schema)) is not None:
            schema = meant  # a type where a schema belongs, which the document's flaws name
        if not isinstance(schema, Mapping):
            told = "a schema that allows no value" if schema is False else "is no schema"
            raise Unclear(place.pointer, told)
        if place.depth > _DEEPEST:
            raise Unsupported(place.pointer, f"schemas nested more than {_DEEPEST} deep")
        if schema.get("nullable") is True:
            plain = {word: content for word, content in schema.items() if word != "nullable"}
            return scalars.with_null(self.value(plain, place))
        words = structural(schema)
        if words == ["$ref"]:
            return self._named(schema["$ref"], place)
        if words == ["allOf"] and isinstance(schema["allOf"], list) and len(schema["allOf"]) == 1:
            return self.value(schema["allOf"][0], place.at("allOf", "0"))
        if "$ref" in words or "allOf" in words:
            return self.value(merged(self.document, schema, place.pointer), place)
        for word in ("oneOf", "anyOf"):
            if word in words and schema[word] != []:
                return self._choice(schema, word, place)
        if "const" in words:
            return scalars.constants([schema["const"]], place.role, place.pointer)
        if isinstance(schema.get("enum"), list) and schema["enum"]:
            return scalars.constants(schema["enum"], place.role, place.pointer)
        return self._typed(schema, place)

    def _named(self, target: Any, place: Place) -> Normal:
        name = (place.role, str(target))
        if name in self._values:
            return self._values[name]
        try:
            schema = resolve(self.document, str(target), at=place.pointer)
        except EndlessReference:
            return {}  # which the document's flaws name
        if name in self._under_way:
            # A value that holds itself without an object in between has no type of its own.
            inner = reference(self._keys[name]) if name in self._keys else {}
            return scalars.with_null(inner) if _allows_null(schema) else inner
        hint = str(target).rsplit("/", 1)[-1]
        self._under_way.append(name)
        there = Place(str(target), place.role, hint, target=str(target), depth=place.depth + 1)
        value = self.value(schema, there)
        self._under_way.pop()
        self._values[name] = value
        return value

    def _choice(self, schema: Mapping[str, Any], word: str, place: Place) -> Normal:
        options = schema[word]
        if isinstance(options, Mapping) and options:
            options = [options]
        if not isinstance(options, list):
            raise Unclear(f"{place.pointer}/{word}", f"{word} is not a list of schemas")
        base = {name: content for name, content in schema.items() if name not in (word, "discriminator")}
        if structural(base) and all(isinstance(one, Mapping) and _only_demands(one) for one in options):
            # "One of these members is required" does not change any member's type.
            return self.value(base, place)
        values: list[Normal] = []
        impossible: Impossible | None = None
        for index, option in enumerate(options):
            title = option.get("title") if isinstance(option, Mapping) else None
            there = place.at(word, str(index), hint=title if isinstance(title, str) and title else place.hint)
            try:
                values.append(self.value({"allOf": [base, option]} if structural(base) else option, there))
            except Impossible as error:
                # An alternative that what stands beside it rules out is none.
                impossible = error
        if not values and impossible is not None:
            raise impossible
        return scalars.union(values)

    def _typed(self, schema: Mapping[str, Any], place: Place) -> Normal:
        kind = schema.get("type")
        if kind is None or kind == []:
            kind = _inferred(schema)
        if isinstance(kind, list):
            return scalars.union(self._typed({**schema, "type": one}, place) for one in kind)
        match kind:
            case None:
                return {}
            case "string":
                media = _without_parts(place.pointer) in self._media
                return self._bounded(scalars.text(schema, place.role, media=media), place)
            case "integer" | "number":
                return self._bounded(scalars.number(schema, place.role, kind), place)
            case "boolean" | "null":
                return {"type": kind}
            case "array":
                return self._array(schema, place)
            case "object":
                return self._object(schema, place)
        meant = type_meant(kind)
        if meant is None:
            raise Unclear(f"{place.pointer}/type", f"there is no type {kind!r}")
        plain = {word: said for word, said in schema.items() if word != "type"}
        return self._typed({**plain, **meant}, place)

    def _bounded(self, value: Normal, place: Place) -> Normal:
        """Return a value without bounds between which nothing lies: nobody could ever send it."""
        crossed = scalars.crossed(value)
        if crossed:
            stated = " and ".join(f"{word} {value[word]}" for word in crossed)
            self.flaw(place.pointer, f"nothing lies between {stated}; neither is asked for")
        return {word: said for word, said in value.items() if word not in crossed}

    def _array(self, schema: Mapping[str, Any], place: Place) -> Normal:
        bounds = self._bounded(scalars.length(schema, place.role), place)
        items, first = schema.get("items", True), schema.get("prefixItems")
        if isinstance(items, list):  # how JSON Schema said it before 2020
            items, first = schema.get("additionalItems", True), items
        if isinstance(first, list) and first and (items is False or schema.get("maxItems") == len(first)):
            kept = [self.held(one, place.at("prefixItems", str(i))) for i, one in enumerate(first)]
            return {"type": "array", "prefixItems": kept, "minItems": len(kept), "maxItems": len(kept)}
        if isinstance(first, list) or items is False:
            return {"type": "array", "items": {}, **bounds}
        hint = place.hint if place.target else singular(place.hint)
        return {"type": "array", "items": self.held(items, place.at("items", hint=hint)), **bounds}

    def _object(self, schema: Mapping[str, Any], place: Place) -> Normal:
        properties = schema.get("properties") or {}
        if not isinstance(properties, Mapping):
            raise Unclear(f"{place.pointer}/properties", "properties are not an object")
        rest = schema.get("additionalProperties", True)
        if not properties:
            if not isinstance(rest, Mapping):
                return {"type": "object", "additionalProperties": {}}
            inner = self.held(rest, place.at("additionalProperties", hint=singular(place.hint)))
            return {"type": "object", "additionalProperties": inner}
        shape = self._new(place.role, place)
        if place.target:
            self._keys[place.role, place.target] = shape.key
        self._waiting.append((shape, schema, place))
        return reference(shape.key)

    def _fill(self, shape: Shape, schema: Mapping[str, Any], place: Place) -> None:
        place = replace(place, depth=0)
        properties, rest = schema["properties"], schema.get("additionalProperties", True)
        shape.description = _prose(schema)
        shape.open = place.role in scalars.SENT and (rest is True or isinstance(rest, Mapping))
        shape.open = shape.open and "additionalProperties" in schema
        demanded = schema.get("required")
        listed = demanded if isinstance(demanded, list) else []
        required = [name for name in listed if isinstance(name, str)]
        unwanted = {"answer": "writeOnly", "address": ""}.get(place.role, "readOnly")
        for wire, content in properties.items():
            demands = str(wire) in required
            if content is False or (isinstance(content, Mapping) and content.get(unwanted) is True):
                if content is False or not (demands and "/requestBody/" in place.pointer):
                    continue
                # What stands in one request is no answer's: that it is demanded there is meant, too.
                self.flaw(
                    f"{place.pointer}/properties/{escaped(str(wire))}",
                    "is required in a request, and readOnly; it may be sent, and need not",
                )
                demands = False
            shape.members.append(self.member(str(wire), content, place, required=demands))
        named = [str(wire) for wire in properties]
        ghosts = [whole(wire, f"{place.pointer}/required") for wire in required if wire not in named]
        shape.members += [Member(wire, {}, required=True) for wire in ghosts]
        shape.members.sort(key=lambda member: not member.required)

    def member(self, wire: str, schema: Any, place: Place, *, required: bool) -> Member:
        """Read one member that stands in the `properties` at `place`."""
        there = place.at("properties", wire, hint=wire)
        whole(wire, there.pointer)
        value = self.held(schema, there)
        stated = schema if isinstance(schema, Mapping) else {}
        default = stated.get("default", UNSET) if place.role in scalars.SENT else UNSET
        return Member(wire, value, required, _prose(stated), default, sample(stated), self.uploads)

    def _new(self, role: Role, place: Place) -> Shape:
        key = f"S{len(self.shapes)}"
        kept: Role = "request" if role == "parts" else role
        self.shapes[key] = Shape(key, kept, place.pointer, place.hint, component=place.target is not None)
        return self.shapes[key]


def _without_parts(pointer: str) -> str:
    return re.sub(r"/allOf/\d+", "", pointer)


def _prose(schema: Mapping[str, Any]) -> str:
    text = schema.get("description")
    return text if isinstance(text, str) else ""


def _allows_null(schema: Any) -> bool:
    if not isinstance(schema, Mapping):
        return False
    kind = schema.get("type")
    return schema.get("nullable") is True or (isinstance(kind, list) and "null" in kind)


def _only_demands(option: Mapping[str, Any]) -> bool:
    return all(word in ("required", "not") for word in structural(option))


def _inferred(schema: Mapping[str, Any]) -> str | None:
    for kind, words in (
        ("object", ("properties", "additionalProperties", "patternProperties", "propertyNames")),
        ("array", ("items", "prefixItems", "minItems", "maxItems")),
        ("string", ("minLength", "maxLength", "pattern")),
        ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
    ):
        if any(word in schema for word in words):
            return kind
    return None
