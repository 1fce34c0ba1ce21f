"""Arguments of a call, as they go on the wire."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import quote, urlencode

from coinslot.bodies import plain, write_body
from coinslot.effects import Headers, Request
from coinslot.models import RequestModel
from coinslot.route import Route

PathValue: TypeAlias = str | int | float | bool | Sequence[str | int | float | bool]

_BETWEEN: Final = {"comma": ",", "space": " ", "pipe": "|"}


def encode(
    route: Route[Any, Any],
    url: str,
    *,
    query: RequestModel | None = None,
    headers: RequestModel | None = None,
    cookies: RequestModel | None = None,
    body: Any = None,
) -> Request:
    """Build a request; `url` is whole but for its query. Raises ValueError for what cannot be sent."""
    fields = [("Accept", route.gives)]
    fields += [(name, _printable(name, value)) for name, value in _listed(headers, route)]
    crumbs = "; ".join(f"{name}={quote(value, safe='')}" for name, value in _pairs(cookies, route))
    if crumbs:
        fields.append(("Cookie", crumbs))
    content = b""
    if body is not None:
        content, media_type = write_body(body, route.sends)
        fields.append(("Content-Type", media_type))
    asked = urlencode(list(_pairs(query, route)), quote_via=quote)
    return Request(route.method, f"{url}{_joint(url)}{asked}" if asked else url, Headers(fields), content)


def parameters(
    route: Route[Any, Any], headers: RequestModel | None, cookies: RequestModel | None
) -> tuple[tuple[str, str], ...] | None:
    """Return what a request says in header fields and cookies; None where its operation declares none."""
    if headers is None and cookies is None:
        return None
    crumbs = [(f"Cookie {name}", value) for name, value in _pairs(cookies, route)]
    return (*_listed(headers, route), *crumbs)


def _joint(url: str) -> str:
    # Some documents write fixed queries into their paths.
    return "&" if "?" in url else "?"


def fill(path: str, values: Mapping[str, PathValue]) -> str:
    """Put values into a path's `{parameters}`, each as one segment.

    Raises ValueError for a value that would name another route: an empty one, `.` or `..`.
    """
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", _segment(name, value))
    return path


def _segment(name: str, value: PathValue) -> str:
    text = (
        ",".join(map(plain, value))
        if isinstance(value, Sequence) and not isinstance(value, str)
        else plain(value)
    )
    if text in {"", ".", ".."}:
        raise ValueError(f"{name} must not be {text!r}: it would name another address")
    return quote(text, safe="")


def _pairs(model: RequestModel | None, route: Route[Any, Any]) -> Iterator[tuple[str, str]]:
    """Give the members that were set, as OpenAPI writes them where nothing else is said.

    A list is one pair for each of its items, an object one for each of its members.
    """
    for name, value in _set(model):
        style = route.styles.get(name)
        match value:
            case dict() if style == "deep":
                yield from ((f"{name}[{inner}]", plain(one)) for inner, one in value.items())
            case dict() if style is None:
                yield from ((str(inner), plain(one)) for inner, one in value.items() if one is not None)
            case list() | dict() if style in _BETWEEN:
                yield name, _BETWEEN[style].join(_flat(value))
            case list() if style is None:
                yield from ((name, plain(item)) for item in value)
            case _:
                yield name, plain(value)


def _listed(model: RequestModel | None, route: Route[Any, Any]) -> Iterator[tuple[str, str]]:
    """Give the members that were set, several values of one between commas, as headers have them."""
    for name, value in _set(model):
        several = isinstance(value, list | dict) and route.styles.get(name) != "json"
        yield name, ",".join(_flat(value)) if several else plain(value)


def _set(model: RequestModel | None) -> Iterator[tuple[str, Any]]:
    dumped = {} if model is None else model.model_dump(mode="json", by_alias=True)
    yield from ((name, value) for name, value in dumped.items() if value is not None)


def _flat(value: list[Any] | dict[str, Any]) -> Iterator[str]:
    parts = value if isinstance(value, list) else [part for pair in value.items() for part in pair]
    yield from map(plain, parts)


def _printable(name: str, value: str) -> str:
    if not value.isascii() or not value.isprintable():
        raise ValueError(f"the header {name} takes printable ASCII characters only")
    return value
