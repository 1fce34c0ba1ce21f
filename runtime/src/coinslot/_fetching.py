"""Files on their way from wherever a result says they are: handed on as they come, and known to be whole."""

from __future__ import annotations

from typing import Any

from coinslot._http import AsyncClient, Client, Response, cuts, decoded_once, failures, head_of, timeouts
from coinslot.effects import BodyCut, Fetch, Reply

_WITH_CONTENT = frozenset({200, 206})


def fetch(client: Client, effect: Fetch) -> Reply:
    """Get a file into the effect's sink."""
    with failures():
        response = client.send(client.build_request(**_file(effect)), stream=True, follow_redirects=False)
    try:
        if response.status_code in _WITH_CONTENT and not effect.only_head:
            pour = _Pour(response, effect)
            if effect.on_head is not None:
                effect.on_head(head_of(response))
            with cuts(response, bytearray()):
                for chunk in decoded_once(response).iter_bytes():
                    pour.take(chunk)
            pour.check()
    finally:
        response.close()
    return head_of(response)


async def afetch(client: AsyncClient, effect: Fetch) -> Reply:
    """Make the async twin of `fetch`."""
    with failures():
        request = client.build_request(**_file(effect))
        response = await client.send(request, stream=True, follow_redirects=False)
    try:
        if response.status_code in _WITH_CONTENT and not effect.only_head:
            pour = _Pour(response, effect)
            if effect.on_head is not None:
                effect.on_head(head_of(response))
            with cuts(response, bytearray()):
                async for chunk in decoded_once(response).aiter_bytes():
                    pour.take(chunk)
            pour.check()
    finally:
        await response.aclose()
    return head_of(response)


class _Pour:
    """Hands a body on as it comes, and says whether it came whole."""

    def __init__(self, response: Response, effect: Fetch) -> None:
        self._response = response
        self._sink = effect.sink
        self._handed_on = 0
        announced = response.headers.get("content-length")
        self._announced = int(announced) if announced and announced.isdigit() else None
        if self._announced is None and "chunked" not in response.headers.get("transfer-encoding", ""):
            raise BodyCut(head_of(response), "the server does not say how long the file is")

    def take(self, chunk: bytes) -> None:
        self._sink(chunk)
        self._handed_on += len(chunk)

    def check(self) -> None:
        encoded = "content-encoding" in self._response.headers
        received = self._response.num_bytes_downloaded if encoded else self._handed_on
        if self._announced is not None and received != self._announced:
            reason = f"{received} of {self._announced} bytes arrived"
            raise BodyCut(head_of(self._response), reason)


def _file(effect: Fetch) -> dict[str, Any]:
    # As stored: a length can only be checked against bytes that nobody recoded.
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"}
    if effect.start:
        headers |= {
            "Range": f"bytes={effect.start}-",
            **({"If-Range": effect.version} if effect.version else {}),
        }
    extensions = {"timeout": timeouts(effect.timeout)}
    return {
        "method": "HEAD" if effect.only_head else "GET",
        "url": effect.url,
        "headers": headers,
        "extensions": extensions,
    }
