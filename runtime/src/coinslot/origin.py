"""Where a request goes: its origin, and whether that is the outside world."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from coinslot.errors import ConfigurationError

_OLD_SPELLING = re.compile(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+)){0,3}", re.ASCII | re.IGNORECASE)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")
_INSIDE = (
    *(".local", ".internal", ".test", ".invalid", ".home.arpa", ".localdomain"),
    *(".lan", ".corp", ".home", ".intranet", ".private"),
)
"""Endings of names that only exist inside a network."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Return scheme, host and (where not the default) port of `url`, in lower case.

    Raises ConfigurationError for anything that is not an http or https address.
    """
    try:
        # Half a character, which JSON can write, stands in no address.
        url.encode()
        parts = urlsplit(url)
        port = parts.port
        usable = parts.scheme in _DEFAULT_PORTS and parts.hostname and not parts.username
    except ValueError:
        usable = False
    if not usable:
        message = "An address must be http or https with a host, and hold no user name."
        raise ConfigurationError(message)
    name = _host(url)
    if not name or not name.isascii():
        raise ConfigurationError("A host is written in ASCII here, as in xn--bcher-kva.example.")
    host = f"[{name}]" if ":" in name else name
    suffix = f":{port}" if port is not None and port != _DEFAULT_PORTS[parts.scheme] else ""
    return f"{parts.scheme}://{host}{suffix}"


def base_of(url: str, route_path: str) -> str:
    """Return what stands before the document's paths in the address of a call of `route_path`."""
    depth = len(route_path.strip("/").split("/"))
    segments = urlsplit(url).path.rstrip("/").split("/")
    return origin_of(url) + "/".join(segments[:-depth])


def is_loopback(url: str) -> bool:
    """Whether `url` is on this very machine."""
    host = _host(url)
    if host == "localhost" or host.endswith(".localhost"):
        return True
    address = _address(host)
    return address is not None and address.is_loopback


def is_local(url: str) -> bool:
    """Whether `url` is loopback, a private address, a bare host name, or plain http.

    There only test keys sign; everywhere else only live ones.
    """
    parts = urlsplit(url)
    host = _host(url)
    if parts.scheme != "https" or is_loopback(url):
        return True
    address = _address(host)
    if address is not None:
        return not address.is_global or getattr(address, "is_site_local", False)
    return "." not in host or host.endswith(_INSIDE)


def _host(url: str) -> str:
    # A trailing dot names the same host.
    return (urlsplit(url).hostname or "").rstrip(".")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Read an address, also in the old spellings that resolvers take (`127.1`, `0x7f.1`)."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        if not _OLD_SPELLING.fullmatch(host):
            return None
        try:
            return ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, ValueError):
            return None
    return _inner(address) if isinstance(address, ipaddress.IPv6Address) else address


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Return the IPv4 address that an IPv6 one wraps, where it wraps one."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or address in _COMPATIBLE:
        wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        return wrapped if int(wrapped) > 1 else address
    return address
