"""What goes onto a cassette, and when a request is the one that was recorded.

Requests and answers keep the headers that are named here and no others. Credentials keep their terms:
signatures, nonces, transactions and tokens are masked, and moments are counted from the sending.
Where the API really was, whose wallet paid and when, is rewritten to what a replay has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from vcr import VCR  # type: ignore[import-untyped]
from vcr.cassette import Cassette  # type: ignore[import-untyped]
from vcr.errors import CannotOverwriteExistingCassetteException as NotRecorded  # type: ignore[import-untyped]
from vcr.request import Request  # type: ignore[import-untyped]

from tests.cassettes import tape
from tests.cassettes.masks import count_from, mask, mask_addresses, same
from tests.cassettes.terms import AUTHORIZATION, CODED, read, write
from tests.cassettes.transactions import opened, own_name

__all__ = [
    "VCR",
    "Cassette",
    "NotRecorded",
    "Recorder",
    "Request",
    "assert_played",
    "configure",
    "options",
    "settled",
    "terms",
]

RECEIPT = "payment-receipt"
MATCH_ON = ("method", "uri", "body", "terms")
_SENT = CODED | {"content-type", "idempotency-key", "x-api-version", "x-content-type"}
_ANSWERED = CODED | {"content-type", "location", "retry-after"}
_MOMENT = re.compile(r"\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?=(?:\.\d+)?Z)")


@dataclass(frozen=True)
class Recorder:
    """Rewrites one test's exchanges on their way to the cassette; on what was rewritten it does nothing."""

    now: Callable[[], float]
    """The payer's clock."""
    replaced: Mapping[str, str] = field(default_factory=dict)
    """Texts that a replay has otherwise, in any case: the API's origin and host, the payer's address."""
    drift: int = 0
    """Seconds from the recording's clock to the replay's."""
    _sent: dict[str, float] = field(default_factory=dict)
    """When each credential was first seen."""

    def request(self, request: Request) -> Request:
        """Return a request as it is recorded and compared."""
        kept = {name.lower(): value for name, value in request.headers.items() if name.lower() in _SENT}
        request.headers = {
            name: self._credential(name, value) if name in CODED else value for name, value in kept.items()
        }
        request.uri = self._text(request.uri)
        request.body = self._body(request.body or b"", kept.get("content-type", ""), drift=0)
        return request

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        """Return an answer as it is recorded and replayed."""
        kept = {
            # A field that stands several times is one list.
            name.lower(): ", ".join(values)
            for name, values in response["headers"].items()
            if name.lower() in _ANSWERED
        }
        headers = {
            name: self._confirmation(name, value) if name in CODED else self._text(value)
            for name, value in kept.items()
        }
        body = self._body(response["body"]["string"] or b"", kept.get("content-type", ""), self.drift)
        headers["content-length"] = str(len(body))
        return {
            "status": response["status"],
            "headers": {name: [value] for name, value in headers.items()},
            "body": {"string": body},
        }

    def _credential(self, name: str, value: str) -> str:
        sent_at = self._sent.setdefault(value, self.now())
        terms = count_from(sent_at, mask(opened(read(name, value))))
        return write(name, self._content(terms, drift=0))

    def _confirmation(self, name: str, value: str) -> str:
        return write(name, self._content(mask(read(name, value)), self.drift))

    def _body(self, body: bytes | str, media_type: str, drift: int) -> bytes:
        raw = body.encode() if isinstance(body, str) else body
        if "json" in media_type and raw:
            content = self._content(mask(json.loads(raw)), drift)
            return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
        return self._text(raw.decode()).encode() if media_type.startswith("text/") else raw

    def _content(self, content: Any, drift: int) -> Any:
        return json.loads(self._text(json.dumps(content, ensure_ascii=False), drift))

    def _text(self, text: str, drift: int = 0) -> str:
        for real, played in self.replaced.items():
            # Whole names only: a host of theirs whose name ends like the API's is another host.
            whole = rf"(?<![\w.-]){re.escape(real)}(?![\w-])"
            text = re.sub(whole, played, text, flags=re.IGNORECASE)
        return _MOMENT.sub(lambda found: _moved(found[1], drift), mask_addresses(text))


def configure(vcr: VCR) -> None:
    """Teach VCR.py our cassettes: how they are written, and how credentials are compared."""
    vcr.register_serializer("yaml", tape)
    vcr.register_matcher("terms", terms)


def options(recorder: Recorder) -> dict[str, Any]:
    """Return what a cassette is used with."""

    # Functions, because pytest-recording copies these options and would copy a method's object too.
    def request(request: Request) -> Request:
        return recorder.request(request)

    def response(response: dict[str, Any]) -> dict[str, Any]:
        return recorder.response(response)

    return {
        "before_record_request": request,
        "before_record_response": response,
        "decode_compressed_response": True,
        "match_on": MATCH_ON,
    }


def settled(response: dict[str, Any], request: Request) -> dict[str, Any]:
    """Return a played answer whose receipt names the transaction that is sent now, not the recorded one."""
    sent = {name.lower(): value for name, value in request.headers.items()}.get(AUTHORIZATION)
    receipt = response["headers"].get(RECEIPT)
    name = None if sent is None else own_name(read(AUTHORIZATION, sent))
    if name is None or receipt is None:
        return response
    told = write(RECEIPT, {**read(RECEIPT, receipt[0]), "reference": name})
    return {**response, "headers": {**response["headers"], RECEIPT: [told]}}


def assert_played(cassette: Cassette) -> None:
    """Raise AssertionError where an exchange of the cassette was not asked for."""
    left = [
        str(request) for index, request in enumerate(cassette.requests) if not cassette.play_counts[index]
    ]
    assert not left, f"not played: {', '.join(left)}"


def terms(request: Request, recorded: Request) -> None:
    """Compare what two requests carry; raises AssertionError that says what differs."""
    for name in sorted({*request.headers, *recorded.headers}):
        ours, theirs = (_said(name, side.headers.get(name)) for side in (request, recorded))
        assert same(ours, theirs), f"{name}: {json.dumps(ours)} != {json.dumps(theirs)}"


def _said(name: str, value: str | None) -> Any:
    return read(name, value) if value is not None and name in CODED else value


def _moved(moment: str, seconds: int) -> str:
    return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat() if seconds else moment
