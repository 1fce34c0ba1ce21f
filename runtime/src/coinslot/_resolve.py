"""Where a host name leads, asked before a server's word makes us go there."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from coinslot.effects import NotSent


def refuse_private(url: str) -> None:
    """Raise NotSent if the host of `url` has an address that is not public."""
    host, port = _place(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        # Not known here; behind a proxy it may still be. Connecting will tell.
        return
    _check(host, (str(entry[4][0]) for entry in found))


async def arefuse_private(url: str) -> None:
    """Do as `refuse_private`, without blocking the event loop."""
    import anyio

    host, port = _place(url)
    try:
        found = await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return
    _check(host, (str(entry[4][0]) for entry in found))


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 443


def _check(host: str, addresses: Iterable[str]) -> None:
    for address in addresses:
        if not ipaddress.ip_address(address.partition("%")[0]).is_global:
            raise NotSent(f"{host} leads to {address}, which is not a public address")
