"""MPP, the `Payment` HTTP authentication scheme: reading challenges and receipts, writing credentials.

What a challenge holds is kept and echoed as the very text that came; nothing is encoded again. Anything
odd is passed over with its reason, or is a `MalformedChallenge` where nothing readable is left.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from coinslot.effects import Reply
from coinslot.errors import MalformedChallenge
from coinslot.offer import Challenge, Offer
from coinslot.text import clean

MAX_HEADER_BYTES = 64 * 1024
MAX_REQUEST_BYTES = 16 * 1024
MAX_CHALLENGES = 32
RECEIPT_HEADER = "Payment-Receipt"
_SCHEME = "payment"
_FIELDS = {"authorization": "Authorization", "payment-authorization": "Payment-Authorization"}
"""Header fields that a challenge may name for its credential."""
_ECHOED = (
    *("id", "realm", "method", "intent", "request"),
    *("expires", "digest", "opaque", "description", "header"),
)
_REQUIRED = ("id", "realm", "method", "intent", "request")

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"  # noqa: S105 - RFC 9110's token, no secret
_PARAMETER = re.compile(rf'({_TOKEN})[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|({_TOKEN}=*))', re.ASCII)
_START = re.compile(rf"({_TOKEN})(?:[ \t]+(.*))?", re.ASCII | re.DOTALL)
_METHOD = re.compile(r"[a-z][a-z0-9:_-]{0,63}", re.ASCII)
_AMOUNT = re.compile(r"[0-9]{1,78}", re.ASCII)


def read_challenges(reply: Reply) -> list[Challenge]:
    """Read every `Payment` challenge of a reply, in order. Raises MalformedChallenge.

    Each becomes a challenge with one offer; one that cannot be read is named in `unreadable` of the
    last that can, or raises where none can.
    """
    readable: list[Challenge] = []
    unreadable: list[str] = []
    for position, parameters in enumerate(parameters_of(reply)):
        try:
            readable.append(_challenge(_by_name(parameters)))
        except _Unreadable as error:
            unreadable.append(f"MPP challenge {position} {error}.")
    if unreadable and not readable:
        raise MalformedChallenge(" ".join(unreadable))
    if unreadable:
        last = readable[-1]
        readable[-1] = Challenge(last.protocol, last.version, last.offers, unreadable=tuple(unreadable))
    return readable


def credential_header(offer: Offer, payload: Mapping[str, Any], source: str | None) -> tuple[str, str]:
    """Return the name and value of the header that answers a challenge with a method's payload."""
    content: dict[str, Any] = {
        "challenge": {name: offer.raw[name] for name in _ECHOED if name in offer.raw},
        "payload": dict(payload),
    }
    if source is not None:
        content["source"] = source
    name = _FIELDS[offer.raw.get("header", "authorization").lower()]
    return name, f"Payment {_encode(json.dumps(content, separators=(',', ':'), ensure_ascii=False))}"


def read_receipt(reply: Reply) -> dict[str, Any] | None:
    """Read `Payment-Receipt`; None where there is none that can be read."""
    value = reply.headers.get(RECEIPT_HEADER)
    if value is None or len(value) > MAX_HEADER_BYTES:
        return None
    try:
        content = json.loads(_decode(value))
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def receipt_contradiction(receipt: Mapping[str, Any], offer: Offer) -> str | None:
    """Say how a receipt contradicts the terms that were signed; None where it confirms them."""
    if receipt.get("status") != "success":
        return f"its status is {clean(repr(receipt.get('status')), 40)}"
    if receipt.get("method") != offer.raw["method"]:
        return "it names another method"
    if not isinstance(receipt.get("reference"), str) or not receipt["reference"]:
        return "it names no transaction"
    told = receipt.get("challengeId")
    if told is not None and told != offer.raw["id"]:
        return "it answers another challenge"
    return None


def binding_refusal(offer: Offer, url: str, body: bytes) -> str | None:
    """Say why a challenge is not one for this request: another realm, or another body's digest."""
    realm = offer.raw["realm"]
    host = urlsplit(url).netloc.lower()
    if realm.lower() not in {host, (urlsplit(url).hostname or "").lower()}:
        return f"its realm is {clean(realm, 80)!r}, not the host that was asked"
    digest = offer.raw.get("digest")
    if digest is None:
        return None
    own = base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")
    # RFC 9530 puts colons around the value; both official SDKs leave them out.
    if digest not in {f"sha-256={own}", f"sha-256=:{own}:"}:
        return "it was made for another body"
    return None


def _by_name(parameters: list[tuple[str, str]]) -> dict[str, str]:
    """Return the parameters by their lower-case names. Raises for one that stands twice."""
    read: dict[str, str] = {}
    for name, value in parameters:
        if name.lower() in read:
            raise _Unreadable(f"gives {clean(name, 40)!r} twice")
        read[name.lower()] = value
    return read


class _Unreadable(Exception):
    """One challenge cannot be read; the others may be."""


def _challenge(parameters: Mapping[str, str]) -> Challenge:
    for name in _REQUIRED:
        if not parameters.get(name):
            raise _Unreadable(f"has no {name}")
    method = parameters["method"]
    if not _METHOD.fullmatch(method):
        raise _Unreadable(f"names the method {clean(method, 40)!r}, which is none")
    if parameters.get("header", "authorization").lower() not in _FIELDS:
        raise _Unreadable("wants its credential in a header that is not one for credentials")
    request = _request(parameters["request"])
    known = {name: parameters[name] for name in _ECHOED if name in parameters}
    details = request.get("methodDetails", {})
    if not isinstance(details, dict):
        raise _Unreadable("has `methodDetails` that are no object")
    offer = Offer(
        protocol="mpp",
        version=1,
        scheme=f"{method}/{parameters['intent']}",
        network=method,
        asset=_text(request, "currency"),
        amount=_amount(request),
        payee=_text(request, "recipient"),
        valid_seconds=300,
        expires_at=_moment(parameters.get("expires")),
        extra=details,
        raw={**known, "decoded": request},
    )
    return Challenge("mpp", 1, (offer,))


def _request(text: str) -> dict[str, Any]:
    if len(text) > MAX_REQUEST_BYTES:
        raise _Unreadable("has a request that is too long")
    try:
        content = json.loads(_decode(text))
    except (ValueError, RecursionError):
        raise _Unreadable("has a request that is not base64url of JSON") from None
    if not isinstance(content, dict):
        raise _Unreadable("has a request that is no object")
    return content


def _text(request: Mapping[str, Any], member: str) -> str:
    value = request.get(member)
    if not isinstance(value, str) or not value or len(value) > 256:
        raise _Unreadable(f"has no usable `{member}`")
    return value


def _amount(request: Mapping[str, Any]) -> int:
    value = _text(request, "amount")
    if not _AMOUNT.fullmatch(value):
        raise _Unreadable(f"asks for {clean(value, 40)!r}, which is no count of atomic units")
    return int(value)


def _moment(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        seconds = int(moment.timestamp())
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _Unreadable(f"expires at {clean(text, 40)!r}, which is no moment in time")
    return seconds


def parameters_of(reply: Reply) -> Iterator[list[tuple[str, str]]]:
    """Give the parameters of each `Payment` challenge; other schemes are passed over."""
    count = 0
    for header in reply.headers.all("WWW-Authenticate"):
        if len(header) > MAX_HEADER_BYTES:
            raise MalformedChallenge(f"WWW-Authenticate is longer than {MAX_HEADER_BYTES} characters.")
        current: list[tuple[str, str]] | None = None
        for item in _items(header):
            parameter = _PARAMETER.fullmatch(item)
            if parameter is None:
                if current is not None:
                    yield current
                current, parameter = _started(item)
            if parameter is not None and current is not None:
                current.append(_value(parameter))
            count += 1
            if count > MAX_CHALLENGES * 32:
                raise MalformedChallenge("WWW-Authenticate holds too many challenges.")
        if current is not None:
            yield current


def _started(item: str) -> tuple[list[tuple[str, str]] | None, re.Match[str] | None]:
    """Read the item that begins a challenge: its scheme, and its first parameter where it has one."""
    start = _START.fullmatch(item)
    if start is None:
        raise MalformedChallenge("WWW-Authenticate cannot be read as a list of challenges.")
    scheme, rest = start.groups()
    if scheme.lower() != _SCHEME:
        return None, None
    if not rest:
        return [], None
    parameter = _PARAMETER.fullmatch(rest.strip())
    if parameter is None:
        raise MalformedChallenge("A Payment challenge holds something that is no parameter.")
    return [], parameter


def _value(parameter: re.Match[str]) -> tuple[str, str]:
    name, quoted, plain = parameter.groups()
    return name, re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) if quoted is not None else plain


def _items(header: str) -> Iterator[str]:
    """Split a header at the commas that stand outside quoted strings."""
    item: list[str] = []
    quoted = escaped = False
    for character in header:
        if escaped:
            escaped = False
        elif quoted and character == "\\":
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "," and not quoted:
            if text := "".join(item).strip(" \t"):
                yield text
            item = []
            continue
        item.append(character)
    if quoted:
        raise MalformedChallenge("WWW-Authenticate ends inside a quoted string.")
    if text := "".join(item).strip(" \t"):
        yield text


def _decode(text: str) -> str:
    try:
        raw = base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None
    return raw.decode("utf-8")


def _encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("utf-8")).decode("ascii").rstrip("=")
