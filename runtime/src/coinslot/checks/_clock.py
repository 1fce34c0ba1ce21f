"""The clock, which payments carry, against that of the origin that will be paid."""

from __future__ import annotations

import time
from collections.abc import Iterator

from coinslot.answers import skew
from coinslot.checks._finding import Finding
from coinslot.effects import BodyCut, NoReply, NotSent, Request, Send
from coinslot.errors import ConfigurationError
from coinslot.origin import is_local, is_loopback, origin_of
from coinslot.payment import MAX_SKEW

TIMEOUT = 10.0


def check_origin(origin: str | None, client: str | None = None) -> Iterator[Finding]:
    """Ask an origin what time it has. `client` is one that could be named in its place."""
    if origin is None:
        todo = f"name the API: coinslot doctor {client or 'https://…'}"
        yield Finding("note", "clock", "not compared with anybody's", todo)
        return
    try:
        address = origin_of(origin)
    except ConfigurationError as error:
        yield Finding("wrong", "origin", str(error), "write it as https://…")
        return
    if address.startswith("http:") and not is_loopback(address):
        yield Finding(
            "wrong", "origin", f"{address} is not https, and is never paid", "write it as https://…"
        )
        return
    yield _asked(address)


def _asked(address: str) -> Finding:
    from coinslot._http import exchange
    from coinslot._proxies import DirectTransport

    try:
        with DirectTransport() as transport:
            reply = exchange(transport, Send(Request("HEAD", f"{address}/"), timeout=TIMEOUT))
    except BodyCut as cut:
        reply = cut.reply
    except (NotSent, NoReply):
        return Finding(
            "wrong", "origin", f"{address} does not answer", "see whether it is up, and your network"
        )
    ahead = skew(reply, time.time())
    if ahead is None:
        return Finding("note", "clock", f"{address} answers, but does not say what time it has")
    if abs(ahead) > MAX_SKEW:
        side = "behind" if ahead > 0 else "ahead of"
        told = f"this machine's is {abs(ahead):.0f} s {side} that of {address}, and a payment carries times"
        return Finding("wrong", "clock", told, "set it by the network (NTP)")
    kind = "a local origin, for test keys" if is_local(address) else "a public origin, for live keys"
    return Finding("right", "clock", f"agrees with {address}, {kind}")
