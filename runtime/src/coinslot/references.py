"""What a call may refer to by its address: a URL, or a file of ours that is uploaded first."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, Annotated, Any, TypeAlias

from pydantic import BaseModel, PlainSerializer, PlainValidator, WithJsonSchema

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A file in a request, in the place of its address."""

    source: os.PathLike[str] | bytes | IO[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pinned(os.PathLike[str]):
    """A file by its path, which is taken only while it holds what it held before."""

    path: os.PathLike[str]
    digest: str
    """SHA-256 of its content, in hexadecimal digits."""

    def __fspath__(self) -> str:
        """Return its path."""
        return os.fspath(self.path)


def references(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Reference]]:
    """Give every file in a request, with the wire names that lead to it; lists add none."""
    if isinstance(value, Reference):
        yield path, value
    elif isinstance(value, BaseModel):
        for name, member in type(value).model_fields.items():
            further = (*path, name if member.alias is None else member.alias) if name != "root" else path
            yield from references(getattr(value, name), further)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from references(inner, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from references(inner, path)


def referring(value: Any, addresses: dict[Reference, str]) -> Any:
    """Return a request in which every file's address stands in its place."""
    if isinstance(value, Reference):
        return addresses[value]
    if isinstance(value, BaseModel):
        members = {name: getattr(value, name) for name in type(value).model_fields}
        changed = {name: referring(member, addresses) for name, member in members.items()}
        return value.model_copy(
            update={name: changed[name] for name in changed if changed[name] is not members[name]}
        )
    if isinstance(value, dict):
        return {name: referring(inner, addresses) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([referring(inner, addresses) for inner in value])
    return value


def _given(value: Any) -> str | Reference:
    if isinstance(value, str):
        return _checked(value)
    if isinstance(value, Reference):
        return value
    if isinstance(value, bytearray | memoryview):
        value = bytes(value)
    if isinstance(value, bytes | os.PathLike):
        return Reference(value)
    if hasattr(value, "read"):
        if hasattr(value, "encoding"):
            raise ValueError("the file is open as text: open it with mode 'rb'")
        return Reference(value)
    raise ValueError("neither a URL nor a file (a path, bytes or an open binary file)")


def _checked(url: str) -> str:
    """Return the address. Raises ValueError for what is plainly the name of a file."""
    if not _SCHEME.match(url):
        import mimetypes

        if url.startswith((".", "/", "~")) or mimetypes.guess_type(url, strict=False)[0] is not None:
            raise ValueError("a text is taken for a URL, and this is none: give a file as pathlib.Path(...)")
    return url


def _address(value: str | Reference) -> str:
    if isinstance(value, Reference):
        raise TypeError("a file has no address before it is uploaded")
    return value


Media: TypeAlias = Annotated[
    str | os.PathLike[str] | bytes | IO[bytes],
    PlainValidator(_given),
    PlainSerializer(_address, return_type=str),
    WithJsonSchema({"type": "string", "format": "uri"}),
]
"""A medium that a call refers to: a `str` is its URL; a path, bytes or an open binary file is uploaded."""
