"""Which request is which, however often a map is started: names that a restart finds again.

A request is known by what it asks for and by how many equal ones came before it, never by its place.
So requests may be added, taken out and put in another order between two runs, and none is paid for twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic import MISSING, BaseModel

from coinslot.errors import ConfigurationError
from coinslot.references import Pinned
from coinslot.route import Route

MAX_NAME = 500
_DIGEST = 32
_OURS = frozenset({"max_price"})
"""Arguments of a call that are no part of what is asked for."""


class Names:
    """The idempotency keys of one map. Remembers a digest of each request, and not the request."""

    def __init__(self, map_name: str, route: Route[Any, Any]) -> None:
        self.prefix = f"map:{map_name}:"
        """What every key of this map begins with; what it buys beside its calls has other keys."""
        self._route = route
        self._seen: dict[bytes, int] = {}

    def key(self, request: Mapping[str, Any]) -> str:
        """Return the key of the next request, its files `pinned`; equal ones are told apart by their order.

        Raises TypeError for an argument that cannot be known again.
        """
        if "idempotency_key" in request:
            raise TypeError("a map names each of its calls itself: leave idempotency_key out of the requests")
        asked = {name: _told(value) for name, value in request.items() if name not in _OURS}
        given = {name: value for name, value in asked.items() if value is not MISSING}
        digest = hashlib.sha256(f"{self._route}\n{json.dumps(given, sort_keys=True)}".encode()).digest()
        number = self._seen[digest] = self._seen.get(digest, 0) + 1
        return f"{self.prefix}{digest.hex()[:_DIGEST]}:{number}"


def check_name(name: str) -> str:
    """Return a map's name. Raises ConfigurationError for one that nobody could type again."""
    if not 0 < len(name) <= MAX_NAME or not name.isprintable() or name != name.strip():
        raise ConfigurationError(f"A map's name is one line of at most {MAX_NAME} printable characters.")
    return name


def _told(value: Any) -> Any:
    """Return a value as JSON has it, a file as its content's digest."""
    match value:
        case Enum():
            return _told(value.value)
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return ["decimal", str(value)]
        case date() | time():
            return value.isoformat()
        case BaseModel():
            return _told(value.model_dump(by_alias=True))
        case Mapping():
            return {str(name): _told(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_told(inner) for inner in value]
        case _:
            return _told_otherwise(value)


def _told_otherwise(value: Any) -> Any:
    if value is MISSING:
        return value
    if isinstance(value, Pinned):
        return ["file", value.digest]
    if isinstance(value, bytes):
        return ["file", hashlib.sha256(value).hexdigest()]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _told(getattr(value, field.name)) for field in fields(value)}
    if hasattr(value, "read") and hasattr(value, "seek"):
        start = value.tell()
        content = value.read()
        value.seek(start)
        return _told(content)
    raise TypeError(
        f"a {type(value).__name__} cannot be known again after a restart: give text, numbers, lists, files"
    )
