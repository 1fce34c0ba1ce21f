"""Where a host name leads, asked before a server's word makes us go there, and before a live key signs.

A name can lead elsewhere a moment later; the certificate of the connection then has to be the name's.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from coinslot.effects import NotSent
from coinslot.errors import PaymentRefused
from coinslot.origin import is_local, origin_of


class PublicPlaces:
    """The origins that were found to be outside, remembered by one client."""

    def __init__(self) -> None:
        self._found: set[str] = set()

    def check(self, url: str) -> None:
        """Raise PaymentRefused where the host of `url` leads to an address that is not public."""
        if origin_of(url) not in self._found:
            self._judge(url, _resolved(url))

    async def acheck(self, url: str) -> None:
        """Do as `check`, without blocking the event loop."""
        if origin_of(url) not in self._found:
            self._judge(url, await _aresolved(url))

    def _judge(self, url: str, addresses: list[str]) -> None:
        private = _private(addresses)
        if private is not None:
            raise PaymentRefused(
                f"{urlsplit(url).hostname} leads to {private}, which is not a public address, and a live key "
                "signs nothing for those.",
                slug="private-address",
            )
        if addresses:
            self._found.add(origin_of(url))


def refuse_private(url: str) -> None:
    """Raise NotSent if the host of `url` has an address that is not public."""
    _check(url, _resolved(url))


async def arefuse_private(url: str) -> None:
    """Do as `refuse_private`, without blocking the event loop."""
    _check(url, await _aresolved(url))


def _resolved(url: str) -> list[str]:
    """Return the host's addresses; none where they are not known here. Connecting will tell."""
    host, port = _place(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]


async def _aresolved(url: str) -> list[str]:
    import anyio

    return await anyio.to_thread.run_sync(_resolved, url, abandon_on_cancel=True)


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return parts.hostname or "", parts.port or 443


def _check(url: str, addresses: Iterable[str]) -> None:
    private = _private(addresses)
    if private is not None:
        raise NotSent(f"{_place(url)[0]} leads to {private}, which is not a public address")


def _private(addresses: Iterable[str]) -> str | None:
    bare = (address.partition("%")[0] for address in addresses)
    return next(
        (one for one in bare if is_local(f"https://[{one}]" if ":" in one else f"https://{one}")), None
    )
