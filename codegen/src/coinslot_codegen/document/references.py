"""`$ref`: following JSON pointers inside one document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, Literal
from urllib.parse import unquote

from coinslot_codegen.document.errors import DocumentError, EndlessReference, LostReference
from coinslot_codegen.document.model import Api, Finding

DATA: Final = frozenset({"default", "enum", "const", "example", "examples"})
"""Schema members that hold values, where `$ref` would be nothing but data."""
NAMED: Final = frozenset(
    {"$defs", "definitions", "headers", "paths", "patternProperties", "properties", "responses", "schemas"}
)
"""Members whose keys are names that the author chose."""
_SCHEMAS: Final = frozenset({"definitions", "itemSchema", "schema", "schemas"})
"""Members that hold a schema, or schemas by name."""
_NOT_CALLED: Final = frozenset({"callbacks", "links"})
_SENT: Final = (["parameters"], ["pathItems"], ["paths"], ["requestBodies"])
_MISPLACED: Final = re.compile(r"(?:#/(?:(?P<folder>definitions|schemas|components)/)?)?(?P<name>[^/#]+)")
LONGEST_WAY: Final = 100
"""References that lead from one to the next until something stands there."""


def token(text: str) -> str:
    """One step of a JSON pointer, escaped."""
    return text.replace("~", "~0").replace("/", "~1")


def pointer(*steps: str | int) -> str:
    """A JSON pointer, as in `#/paths/~1api~1upload/post`."""
    return "#" + "".join("/" + token(str(step)) for step in steps)


def resolve(source: Api | Mapping[str, Any], ref: str, *, at: str | None = None) -> Any:
    """What `ref` (`#/components/schemas/Order`) points at, further `$ref`s followed.

    Raises `DocumentError` with the pointer `at` (or `ref` itself) if nothing is there, if it lies
    in another file, or if it leads back to itself.
    """
    document = source.document if isinstance(source, Api) else source
    seen: set[str] = set()
    while True:
        if ref in seen:
            raise EndlessReference(at or ref, ref)
        if len(seen) == LONGEST_WAY:
            raise DocumentError(at or ref, f"a `$ref` leads on through more than {LONGEST_WAY} others")
        seen.add(ref)
        found = _step_through(document, ref, at or ref)
        if isinstance(found, dict) and isinstance(found.get("$ref"), str):
            ref = found["$ref"]
            continue
        return found


def followed(document: Mapping[str, Any], value: Any, at: str) -> Any:
    """`value`, or what it refers to if it is a reference."""
    if isinstance(value, dict) and isinstance(value.get("$ref"), str):
        return resolve(document, value["$ref"], at=at)
    return value


def meant(document: Mapping[str, Any], ref: str) -> str:
    """`ref`, or the schema among the components that `S` or `#/definitions/S` means."""
    found = _MISPLACED.fullmatch(ref)
    components = document.get("components")
    schemas = components.get("schemas") if isinstance(components, Mapping) else None
    if found is None or not isinstance(schemas, Mapping):
        return ref
    (name,) = _steps(f"#/{found['name']}")
    if name not in schemas:
        return ref
    folder = found["folder"]
    there = document if folder is None else document.get(folder)
    if ref.startswith("#") and isinstance(there, Mapping) and name in there:
        return ref
    return f"#/components/schemas/{found['name']}"


def misplaced_references(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Give the references that lead to a component by another way than its own."""
    for at, ref in references(document):
        there = meant(document, ref)
        if there != ref:
            yield Finding("flaw", at, f"`$ref` {ref!r} is read as {there}")


def _step_through(document: Mapping[str, Any], ref: str, at: str) -> Any:
    ref = meant(document, ref)
    if ref == "#":
        return document
    if not ref.startswith("#/"):
        where = "at nothing" if ref.startswith("#") else "out of this document"
        raise LostReference(at, f"`$ref` {ref!r} points {where}")
    value: Any = document
    for key in _steps(ref):
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            raise LostReference(at, f"`$ref` {ref} points at nothing")
    return value


def _steps(ref: str) -> list[str]:
    return [step.replace("~1", "/").replace("~0", "~") for step in unquote(ref[2:]).split("/")]


def references(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every reference below `value` as (where it stands, what it says), extensions left out.

    `at` are the steps that lead to `value`.
    """
    waiting: list[tuple[Any, tuple[str | int, ...], bool]] = [(value, at, False)]
    while waiting:
        value, at, names = waiting.pop()
        if isinstance(value, list):
            waiting.extend((child, (*at, index), False) for index, child in enumerate(value))
        elif isinstance(value, dict):
            if not names and isinstance(value.get("$ref"), str):
                yield pointer(*at), value["$ref"]
            for key, child in value.items():
                if names or not (key in DATA or str(key).startswith("x-")):
                    waiting.append((child, (*at, key), not names and key in NAMED))


def broken_references(document: Mapping[str, Any]) -> tuple[list[DocumentError], list[DocumentError]]:
    """The references that lead nowhere, in the order of where they stand.

    First those that some operation needs, then those that none does.
    """
    needed = {problem.pointer: problem for problem in _broken(document, _needed(document))}
    others = [one for one in _broken(document, references(document)) if one.pointer not in needed]
    return [needed[at] for at in sorted(needed)], sorted(others, key=lambda one: one.pointer)


def without_lost(document: Mapping[str, Any]) -> Iterator[Finding]:
    """Take references to what is not there out, where a call can be made without it; tell which.

    Those in a schema leave any value. Parameters, bodies and paths stay: nobody knows how to send those.
    """
    for one in list(_broken(document, references(document))):
        place = place_of(one.pointer)
        if isinstance(one, LostReference) and place != "sent":
            del _step_through(document, one.pointer, one.pointer)["$ref"]
            left = "any value is taken there" if place == "schema" else "nothing is known of it"
            yield Finding("flaw", one.pointer, f"{one.message}; {left}")


def place_of(at: str) -> Literal["schema", "sent", "told"]:
    """What stands at a pointer that `references` gave: a schema, what a call sends, or something else."""
    steps, names = _steps(at), False
    for step in steps:
        if not names and step in _SCHEMAS:
            return "schema"
        if not names and step in _NOT_CALLED:
            return "told"
        names = not names and step in NAMED
    return "sent" if steps[-1] == "requestBody" or steps[-2:-1] in _SENT else "told"


def _broken(document: Mapping[str, Any], found: Iterable[tuple[str, str]]) -> Iterator[DocumentError]:
    for at, ref in found:
        try:
            resolve(document, ref, at=at)
        except DocumentError as problem:
            yield problem


def _needed(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the references of all operations, and of all that those lead to."""
    seen: set[str] = set()
    waiting: list[tuple[Any, tuple[str | int, ...]]] = [(document.get("paths"), ("paths",))]
    while waiting:
        for at, ref in references(*waiting.pop()):
            yield at, ref
            if ref in seen:
                continue
            seen.add(ref)
            with suppress(DocumentError):
                waiting.append((_step_through(document, ref, at), tuple(_steps(meant(document, ref)))))
