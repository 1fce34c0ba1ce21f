"""The way out of this machine: straight, or through the proxy that the user or the environment names.

A request to https goes through a tunnel, in which the proxy sees which host is asked and how much is said,
and nothing of what. Nothing for this machine itself is ever given to a proxy.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from coinslot._deadlines import bounded
from coinslot._http import (
    AsyncBaseTransport,
    AsyncHTTPTransport,
    BaseTransport,
    HTTPTransport,
    HttpxRequest,
    Response,
)
from coinslot.errors import ConfigurationError
from coinslot.origin import is_loopback

WayT = TypeVar("WayT")
_SCHEMES = frozenset({"http", "https", "socks5", "socks5h"})


class _Ways(Generic[WayT]):
    """The transports of a client: one for each proxy, and one without."""

    def __init__(self, proxy: str | None) -> None:
        self._proxy = None if proxy is None else _checked(proxy, "proxy=")
        self._inherited: list[object] = []
        self._begin()
        _MADE.add(self)

    def _begin(self) -> None:
        self._by_place: dict[tuple[str, str, int | None], WayT] = {}
        self._by_proxy: dict[str | None, WayT] = {}
        self._guard = threading.Lock()

    def begin_anew(self) -> None:
        """Leave every connection to the process that this one was forked from, and open others.

        By one that both have, each would read the other's answers. Closing them here would say goodbye there.
        """
        self._inherited += self._by_proxy.values()
        self._begin()

    def way(self, request: HttpxRequest) -> WayT:
        """Return the transport for a request, the same for each of its origin."""
        url = request.url
        place = (url.scheme, url.host, url.port)
        found = self._by_place.get(place)
        return self._found(place, f"{url.scheme}://{url.netloc.decode('ascii')}") if found is None else found

    def all(self) -> list[WayT]:
        """Return every transport that was made."""
        return list(self._by_proxy.values())

    def _found(self, place: tuple[str, str, int | None], origin: str) -> WayT:
        with self._guard:
            proxy = self._named(origin)
            if proxy not in self._by_proxy:
                try:
                    self._by_proxy[proxy] = self._made(proxy)
                except ImportError:
                    raise ConfigurationError(
                        "A SOCKS proxy needs one more package: pip install 'httpx[socks]'. Nothing was sent."
                    ) from None
            return self._by_place.setdefault(place, self._by_proxy[proxy])

    def _named(self, origin: str) -> str | None:
        if is_loopback(origin):
            return None
        if self._proxy is not None:
            return self._proxy
        parts = urlsplit(origin)
        if proxy_bypass(parts.netloc):
            return None
        named = getproxies()
        proxy = named.get(parts.scheme) or named.get("all")
        return _checked(proxy, f"{parts.scheme.upper()}_PROXY or ALL_PROXY") if proxy else None

    def _made(self, proxy: str | None) -> WayT:
        raise NotImplementedError


_MADE: weakref.WeakSet[_Ways[Any]] = weakref.WeakSet()


def _begin_anew() -> None:
    for ways in list(_MADE):
        ways.begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)


class DirectTransport(BaseTransport, _Ways[HTTPTransport]):
    """What makes a client's exchanges, where nothing else was given to it."""

    def __init__(self, proxy: str | None = None) -> None:
        super().__init__(proxy)

    def handle_request(self, request: HttpxRequest) -> Response:
        """Make the exchange. Raises ConfigurationError for a proxy that cannot be used."""
        return self.way(request).handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        for way in self.all():
            way.close()

    def _made(self, proxy: str | None) -> HTTPTransport:
        return bounded(HTTPTransport(proxy=proxy))


class AsyncDirectTransport(AsyncBaseTransport, _Ways[AsyncHTTPTransport]):
    """The asynchronous twin of `DirectTransport`."""

    def __init__(self, proxy: str | None = None) -> None:
        super().__init__(proxy)

    async def handle_async_request(self, request: HttpxRequest) -> Response:
        """Make the exchange. Raises ConfigurationError for a proxy that cannot be used."""
        return await self.way(request).handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        for way in self.all():
            await way.aclose()

    def _made(self, proxy: str | None) -> AsyncHTTPTransport:
        return bounded(AsyncHTTPTransport(proxy=proxy))


def check_way(transport: object, proxy: str | None) -> None:
    """Raise ConfigurationError where a transport was given with a proxy that it would not go through."""
    if transport is not None and proxy is not None:
        raise ConfigurationError("A transport goes its own way: give it the proxy, not the client.")


def _checked(address: str, setting: str) -> str:
    # An address can hold a password, so none is repeated.
    whole = address if "://" in address else f"http://{address}"
    try:
        parts = urlsplit(whole)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigurationError(f"{setting} names no proxy: write it as http://host:port. Nothing was sent.")
    return whole
