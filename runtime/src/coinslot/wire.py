"""Arguments of a call, as they go on the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import quote, urlencode

from coinslot.effects import Headers, Request
from coinslot.models import RequestModel

PathValue: TypeAlias = str | int | float | bool


def encode(
    method: str,
    url: str,
    *,
    query: RequestModel | None = None,
    headers: RequestModel | None = None,
    cookies: RequestModel | None = None,
    body: Any = None,
) -> Request:
    """Build a request; `url` is whole but for its query. Raises ValueError for what cannot be sent."""
    fields = [("Accept", "application/json")]
    fields += [(name, _printable(name, value)) for name, value in _pairs(headers)]
    crumbs = "; ".join(f"{name}={quote(value, safe='')}" for name, value in _pairs(cookies))
    if crumbs:
        fields.append(("Cookie", crumbs))
    content = b""
    if body is not None:
        fields.append(("Content-Type", "application/json"))
        content = _json(body)
    asked = urlencode(list(_pairs(query)), quote_via=quote)
    return Request(method, f"{url}?{asked}" if asked else url, Headers(fields), content)


def fill(path: str, values: Mapping[str, PathValue]) -> str:
    """Put values into a path's `{parameters}`, each as one segment.

    Raises ValueError for a value that would name another route: an empty one, `.` or `..`.
    """
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", _segment(name, value))
    return path


def _segment(name: str, value: PathValue) -> str:
    text = _plain(value)
    if text in {"", ".", ".."}:
        raise ValueError(f"{name} must not be {text!r}: it would name another address")
    return quote(text, safe="")


def _pairs(model: RequestModel | None) -> Iterator[tuple[str, str]]:
    """Give the members that were set, a list as one pair for each of its items."""
    if model is None:
        return
    for name, value in model.model_dump(mode="json", by_alias=True).items():
        if value is None:
            continue
        for item in value if isinstance(value, list) else [value]:
            yield name, _plain(item)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    # JSON's own spelling: true, not True; an object where the document has one.
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _printable(name: str, value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ValueError(f"the header {name} takes printable ASCII characters only")
    return value


def _json(body: Any) -> bytes:
    if isinstance(body, RequestModel):
        return body.model_dump_json(by_alias=True).encode()
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()
