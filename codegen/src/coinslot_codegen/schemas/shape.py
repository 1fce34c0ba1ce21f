"""What a schema comes to once it was read: named shapes with members, and plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from coinslot_codegen.document.errors import DocumentError

Normal: TypeAlias = dict[str, Any]
"""A JSON Schema in the few words that are left: `type`, `enum`, `anyOf`, `items`, `prefixItems`,
`additionalProperties`, bounds, and `$ref` to a shape. Empty: any JSON value."""

Role: TypeAlias = Literal["request", "parts", "answer", "address"]
"""Requests are strict, answers tolerant; an address (path parameters) only lends its types. `parts` are a
request in which binary text is a file; its shapes are those of requests."""


class Unset:
    """The type of `UNSET`, which says that a schema states no default."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()


class Unsupported(DocumentError):
    """A construct that cannot be generated; `pointer` says where it stands in the document."""


class Unclear(Unsupported):
    """It says nothing that a value could be held to; any JSON value is taken in its place."""


class Impossible(Unclear):
    """No value at all can meet what is said there."""


@dataclass(frozen=True, slots=True)
class Member:
    """One member of an object, or one parameter."""

    wire: str
    value: Normal
    required: bool
    description: str = ""
    default: object = UNSET
    """What the server takes where the member is left out."""
    example: object = UNSET
    """A value of it, where the document gives one or asks for a known format."""
    uploads: bool = True
    """Whether the document tells how a file gets an address, where one may stand in place of one."""


@dataclass(slots=True)
class Shape:
    """An object with named members, or (with `whole` set) an answer that is something else."""

    key: str
    role: Role
    pointer: str
    hint: str
    """Words of the document that name it, as in the name of its component or of its member."""
    component: bool
    """Whether the document itself names it."""
    description: str = ""
    members: list[Member] = field(default_factory=list)
    open: bool = False
    """Whether a request may hold members that the document does not name."""
    whole: Normal | None = None


def whole(text: str, pointer: str) -> str:
    """Return `text` if it can go on a wire. Raises Unsupported for half a character in it."""
    try:
        text.encode()
    except UnicodeEncodeError:
        shown = pointer.encode("utf-8", "replace").decode()
        raise Unsupported(shown, "a lone surrogate is no character and cannot be sent") from None
    return text


def reference(key: str) -> Normal:
    """Return the value that is the shape `key`."""
    return {"$ref": f"#/$defs/{key}"}


def referenced(value: Normal) -> str | None:
    """Return the key of the shape that `value` is, or None."""
    target = value.get("$ref")
    return target.removeprefix("#/$defs/") if isinstance(target, str) else None


def references(value: object) -> list[str]:
    """Return the keys of all shapes that `value` names, in order, with repetitions."""
    if isinstance(value, dict):
        key = referenced(value)
        return [key] if key else [found for item in value.values() for found in references(item)]
    if isinstance(value, list):
        return [found for item in value for found in references(item)]
    return []


def singular(word: str) -> str:
    """Return the name of one item of what `word` names, as far as English endings tell."""
    if word.endswith("ies") and len(word) > len("ties"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
