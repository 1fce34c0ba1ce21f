"""Bodies of forms and of several parts, read as the members that they send."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message
from typing import Any
from urllib.parse import parse_qsl

from coinslot_sandbox.parameters import kinds, members_of, typed
from coinslot_sandbox.schema.dialect import Dialect, Schema

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/"


def is_form(media_type: str) -> bool:
    """Whether bodies of this media type have members and are no JSON."""
    kind = media_type.partition(";")[0].strip().lower()
    return kind == FORM or kind.startswith(PARTS)


def read_form(content: bytes, media_type: str, schema: Schema, dialect: Dialect) -> dict[str, Any]:
    """Return a form's members; files are the text that their bytes make. Raises ValueError."""
    pairs = _parts(content, media_type) if media_type.lower().startswith(PARTS) else _fields(content)
    listed: dict[str, list[str]] = {}
    for name, text in pairs:
        listed.setdefault(name, []).append(text)
    members = dict(members_of(dialect, schema))
    many = {name for name, one in members.items() if "array" in set(kinds(dialect, one))}
    joined = {name: texts if name in many or len(texts) > 1 else texts[0] for name, texts in listed.items()}
    return {name: typed(dialect, members.get(name, True), value) for name, value in joined.items()}


def _fields(content: bytes) -> Iterator[tuple[str, str]]:
    yield from parse_qsl(content.decode(), keep_blank_values=True, strict_parsing=bool(content))


def _parts(content: bytes, media_type: str) -> Iterator[tuple[str, str]]:
    whole = message_from_bytes(b"Content-Type: " + media_type.encode() + b"\r\n\r\n" + content)
    parts = whole.get_payload()
    if not isinstance(parts, list):
        if content.startswith(b"--") and content.rstrip().endswith(b"--"):
            return  # nothing but the last boundary: a form without members
        raise ValueError("no parts")
    for part in parts:
        if not isinstance(part, Message):
            continue
        name = part.get_param("name", header="content-disposition")
        held = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(held, bytes):
            yield name, held.decode(errors="replace")
