"""Bodies as they go on the wire: JSON, forms, parts with files, text, and bytes as they are.

The same values always make the same bytes, also where parts need a boundary: a paid call that is made
again is known by them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from pydantic import MISSING, TypeAdapter

from coinslot.models import RequestModel

JSON: Final = "application/json"
FORM: Final = "application/x-www-form-urlencoded"
_ANY: Final = TypeAdapter[Any](Any)


@dataclass(frozen=True, slots=True)
class File:
    """A file inside a body of several parts; mere bytes are a file without a name of its own."""

    content: bytes
    name: str
    media_type: str = "application/octet-stream"


def write_body(body: Any, media_type: str) -> tuple[bytes, str]:
    """Return a body's bytes and its content type. Raises ValueError for what cannot be sent so."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind == FORM:
        pairs = [(name, text) for name, value in _members(body) for text in _texts(value)]
        return urlencode(pairs).encode("ascii"), media_type
    if kind.startswith("multipart/"):
        return _parts(body, kind)
    if isinstance(body, bytes | bytearray | memoryview):
        return bytes(body), media_type
    if isinstance(body, str) and not is_json(kind):
        return body.encode(), media_type
    return _json(body), media_type


def is_json(kind: str) -> bool:
    """Whether this media type's content is JSON."""
    return kind in (JSON, "text/json", "*/*") or kind.endswith("+json")


def is_text(kind: str) -> bool:
    """Whether this media type's content is read as text."""
    return kind.startswith("text/") or kind.endswith(("/xml", "+xml", "/javascript", "/x-ndjson", "/yaml"))


def plain(value: Any) -> str:
    """Return one value as text, in JSON's own spelling: `true`, not `True`. Raises ValueError for NaN."""
    return value if isinstance(value, str) else _dumped(_ANY.dump_python(value, mode="json", by_alias=True))


def _json(body: Any) -> bytes:
    if isinstance(body, RequestModel):
        return body.model_dump_json(by_alias=True).encode()
    return _dumped(body).encode()


def _dumped(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _members(body: Any) -> Iterator[tuple[str, Any]]:
    """Give the members that were set, by wire name, as they are: files do not become text here."""
    if isinstance(body, Mapping):
        yield from body.items()
        return
    if not isinstance(body, RequestModel):
        raise ValueError("a form is made from named members")  # noqa: TRY004 - as every body that cannot be sent
    for name, field in type(body).model_fields.items():
        value = getattr(body, name)
        if value is not MISSING:
            yield name if field.alias is None else field.alias, value
    yield from (body.model_extra or {}).items()


def _texts(value: Any) -> Iterator[str]:
    for item in value if isinstance(value, list | tuple) else [value]:
        if isinstance(item, bytes | File):
            raise ValueError("a form holds no files")  # noqa: TRY004 - as every body that cannot be sent
        if item is not None:
            yield plain(item)


def _parts(body: Any, kind: str) -> tuple[bytes, str]:
    parts = [_part(name, item) for name, value in _members(body) for item in _items(value)]
    boundary = hashlib.sha256(b"\0".join(parts)).hexdigest()[:32]
    mark = boundary.encode("ascii")
    content = b"".join(b"--" + mark + b"\r\n" + part + b"\r\n" for part in parts)
    return content + b"--" + mark + b"--\r\n", f"{kind}; boundary={boundary}"


def _items(value: Any) -> list[Any]:
    return [item for item in (value if isinstance(value, list | tuple) else [value]) if item is not None]


def _part(name: str, value: Any) -> bytes:
    if isinstance(value, bytes):
        value = File(value, name)
    if isinstance(value, File):
        head = f'; filename="{_quoted(value.name)}"\r\nContent-Type: {_line(value.media_type)}'
        content = value.content
    else:
        # What is no plain text says so: a server would take it for the text that it looks like.
        head = f"\r\nContent-Type: {JSON}" if isinstance(value, RequestModel | Mapping) else ""
        content = plain(value).encode()
    start = f'Content-Disposition: form-data; name="{_quoted(name)}"{head}'
    return start.encode() + b"\r\n\r\n" + content


def _quoted(text: str) -> str:
    # As browsers write names in parts.
    return text.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")


def _line(text: str) -> str:
    if not text.isascii() or not text.isprintable():
        raise ValueError("a media type takes printable ASCII characters only")
    return text
