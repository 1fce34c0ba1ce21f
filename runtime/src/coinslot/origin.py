"""Where a request goes: its origin, and whether that is the outside world."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from coinslot.errors import ConfigurationError

_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return scheme, host and (where not the default) port of `url`, in lower case.

    Raises ConfigurationError for anything that is not an http or https address.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = -1
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or port == -1 or parts.username:
        message = "An address must be http or https with a host, and hold no user name."
        raise ConfigurationError(message)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    suffix = f":{port}" if port is not None and port != _DEFAULT_PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{host}{suffix}"


def base_of(url: str, route_path: str) -> str:
    """Return what stands before the document's paths in the address of a call of `route_path`."""
    depth = len(route_path.strip("/").split("/"))
    segments = urlsplit(url).path.rstrip("/").split("/")
    return origin_of(url) + "/".join(segments[:-depth])


def is_loopback(url: str) -> bool:
    """Whether `url` is on this very machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def is_local(url: str) -> bool:
    """Whether `url` is loopback, a private address, a bare host name, or plain http.

    There only test keys sign; everywhere else only live ones.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" or is_loopback(url):
        return True
    address = _address(host)
    if address is not None:
        return not address.is_global
    return "." not in host or host.endswith((".local", ".internal", ".test", ".invalid", ".home.arpa"))


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
