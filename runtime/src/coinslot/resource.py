"""Whether a challenge sells what was asked for, however it spells the address."""

from __future__ import annotations

from collections import Counter
from urllib.parse import SplitResult, parse_qsl, unquote_to_bytes, urlsplit

from coinslot.security import HIDDEN

_DEFAULT_PORTS = {"http": 80, "https": 443}


def is_same_resource(told: object, asked: str) -> bool:
    """Whether the address `told` by a challenge is the one that was `asked` for.

    The scheme may differ: many servers stand behind a proxy that ends TLS for them. Percent escapes may,
    within a segment: an escaped slash is no slash, what is escaped twice is not what is escaped once, and
    a path with dot segments has one spelling only. The query may be left out, in part or whole, and
    nothing may be added to it but the client's own API key, which stands there hidden.
    """
    if not isinstance(told, str) or not told.isprintable() or "\\" in told:
        return False
    try:
        there, here = urlsplit(told), urlsplit(asked)
        same_host = _host(there) == _host(here)
    except ValueError:
        return False
    if not same_host or _path(there.path) != _path(here.path):
        return False
    named, sent = (parse_qsl(one.query, keep_blank_values=True) for one in (there, here))
    return Counter(pair for pair in named if pair[1] != HIDDEN) <= Counter(sent)


def _host(parts: SplitResult) -> tuple[str | None, str | None, int | None]:
    """Return user, host and port; raises ValueError for a port that is none, and for what is not http."""
    if parts.scheme not in _DEFAULT_PORTS or not parts.netloc.isascii():
        raise ValueError(parts.scheme)
    port = None if parts.port == _DEFAULT_PORTS[parts.scheme] else parts.port
    return parts.netloc.rpartition("@")[0] or None, parts.hostname, port


def _path(path: str) -> list[bytes]:
    segments = [unquote_to_bytes(segment) for segment in (path or "/").split("/")]
    # Servers disagree on what a dot segment leads to, and on whether an escaped one is one.
    return [path.encode()] if b"." in segments or b".." in segments else segments
