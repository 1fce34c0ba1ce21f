"""SIGN-IN-WITH-X: proving to a server which wallet is asking, without paying.

A message comes from a server's challenge (`challenged`, every field checked before anything is
signed) or from ourselves (`self_issued`). `header` signs it. One header is good for one request: it is
never stored, never logged, and a repeated request needs a new message.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from coinslot.backend import Identity, Surroundings
from coinslot.errors import SignInRefused
from coinslot.text import clean

HEADER = "SIGN-IN-WITH-X"
EXTENSION = "sign-in-with-x"

SELF_ISSUED_SECONDS = 60
SELF_ISSUED_BACK = 5
"""Servers forgive no message from the future, so ours are issued this many seconds back."""
MAX_SECONDS = 300
MAX_SKEW = 60
TWO_READINGS = 1
"""Servers may read the clock once for each end of a challenge's window: less than so much is added."""

# The grammar of EIP-4361, which is RFC 3986's and RFC 3339's where it borrows from them.
_URI = re.compile(r"(?:[A-Za-z0-9\-._~:/?\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2}){1,2048}", re.ASCII)
_STATEMENT = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;= ]{1,200}", re.ASCII)
_NONCE = re.compile(r"[A-Za-z0-9]{8,128}", re.ASCII)
_REQUEST_ID = re.compile(r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2}){0,200}", re.ASCII)
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_SCHEMES = {"eip191": "eip191", "ed25519": "siws"}
"""The one signature scheme of each signature type that a plain key can make."""
_DEFAULT_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class Message:
    """What a wallet signs to sign in. Moments are text, as they stand in what is signed."""

    domain: str
    uri: str
    chain: str
    """CAIP-2 id."""
    signature_type: str
    nonce: str
    issued_at: str
    statement: str | None = None
    expires_at: str | None = None
    not_before: str | None = None
    request_id: str | None = None
    resources: tuple[str, ...] = ()
    """What else the text names: in what we sign nothing, or its own `uri` once more."""
    signature_scheme: str | None = None
    version: str = "1"


def self_issued(url: str, identity: Identity, surroundings: Surroundings) -> Message:
    """Write a message of our own for one request to `url`, which saves asking for a challenge.

    Raises SignInRefused where the address cannot stand in a message.
    """
    target = _split(url, "The request's address")
    host, port = _host(target), target.port
    domain = host if port in (None, _DEFAULT_PORTS[target.scheme]) else f"{host}:{port}"
    uri = f"{target.scheme}://{domain}{target.path}"
    issued = surroundings.now() - SELF_ISSUED_BACK
    return Message(
        domain=domain,
        uri=_matching(_URI, uri, "request address"),
        chain=identity.chains[0],
        signature_type=identity.signature_type,
        nonce=surroundings.random_bytes(16).hex(),
        issued_at=_moment(issued),
        expires_at=_moment(issued + SELF_ISSUED_SECONDS),
    )


def offered_chains(extensions: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the chains that a challenge lets a wallet sign in for; empty without such a challenge."""
    declared = extensions.get(EXTENSION)
    return tuple(chain["chainId"] for chain in _chains(declared)) if isinstance(declared, dict) else ()


def challenged(extensions: Mapping[str, Any], url: str, identity: Identity, now: float) -> Message:
    """Read the sign-in challenge of a 402's `extensions`, asked for at `url`, into a message to sign.

    Raises SignInRefused for a challenge of another site, another time, another chain, or with any
    field that could make the text say something else.
    """
    declared = extensions.get(EXTENSION)
    if not isinstance(declared, dict) or not isinstance(info := declared.get("info"), dict):
        raise SignInRefused("The server wants a signed-in wallet but sent no sign-in challenge.")
    target = _split(url, "The request's address")
    chain = _chain(declared, identity)
    issued_at, expires_at = _window(info, now)
    if info.get("version") != "1":
        raise SignInRefused("The sign-in challenge is not of version 1.")
    uri = _uri(info, target)
    return Message(
        domain=_domain(info, target),
        uri=uri,
        chain=chain["chainId"],
        signature_type=identity.signature_type,
        nonce=_matching(_NONCE, info.get("nonce"), "nonce"),
        issued_at=issued_at,
        statement=_optional(_STATEMENT, info, "statement"),
        expires_at=expires_at,
        not_before=_not_before(info, now),
        request_id=_optional(_REQUEST_ID, info, "requestId"),
        resources=_resources(info, uri),
        signature_scheme=chain.get("signatureScheme"),
    )


def text(message: Message, identity: Identity) -> str:
    """Return the text that is signed: EIP-4361, and its twin for other chains. No final newline."""
    account = f"your {identity.account_kind} account"
    lines = [f"{message.domain} wants you to sign in with {account}:", identity.address]
    if message.statement is not None:
        lines += ["", message.statement]
    elif identity.blank_line_without_statement:
        lines.append("")
    lines += [
        "",
        f"URI: {message.uri}",
        f"Version: {message.version}",
        f"Chain ID: {message.chain.partition(':')[2]}",
        f"Nonce: {message.nonce}",
        f"Issued At: {message.issued_at}",
    ]
    if message.expires_at is not None:
        lines.append(f"Expiration Time: {message.expires_at}")
    if message.not_before is not None:
        lines.append(f"Not Before: {message.not_before}")
    if message.request_id is not None:
        lines.append(f"Request ID: {message.request_id}")
    if message.resources:
        lines += ["Resources:", *(f"- {resource}" for resource in message.resources)]
    return "\n".join(lines)


def header(message: Message, identity: Identity) -> str:
    """Sign the message and return the value of the `SIGN-IN-WITH-X` header: base64 of JSON.

    The text itself is not sent: the server writes it again from these fields.
    """
    fields = {
        "domain": message.domain,
        "address": identity.address,
        "uri": message.uri,
        "version": message.version,
        "chainId": message.chain,
        "type": message.signature_type,
        "nonce": message.nonce,
        "issuedAt": message.issued_at,
        "statement": message.statement,
        "expirationTime": message.expires_at,
        "notBefore": message.not_before,
        "requestId": message.request_id,
        "resources": list(message.resources) or None,
        "signatureScheme": message.signature_scheme,
        "signature": identity.sign(text(message, identity)),
    }
    sent = {name: value for name, value in fields.items() if value is not None}
    return base64.b64encode(json.dumps(sent).encode("ascii")).decode("ascii")


def _chains(declared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the chains that a challenge offers; some name the only one inside `info`."""
    listed = declared.get("supportedChains")
    entries = listed if isinstance(listed, list) and listed else [declared.get("info")]
    return [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("chainId"), str)]


def _chain(declared: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    kind = identity.signature_type
    usable: dict[str, dict[str, Any]] = {
        entry["chainId"]: entry
        for entry in reversed(_chains(declared))
        if entry.get("type") == kind and entry.get("signatureScheme") in (None, _SCHEMES.get(kind))
    }
    for chain in identity.chains:
        if chain in usable:
            return usable[chain]
    offered = clean(", ".join(entry["chainId"] for entry in _chains(declared)), 120) or "no chain"
    raise SignInRefused(
        f"The server signs in wallets of {offered}; this wallet is of {', '.join(identity.chains)}."
    )


def _window(info: Mapping[str, Any], now: float) -> tuple[str, str]:
    """Check when the challenge was issued and how long it is good for, at most five minutes.

    One without an expiry gets one: servers check the message that comes back, not what they sent.
    """
    issued_at = _matching(_MOMENT, info.get("issuedAt"), "issuedAt")
    issued = _seconds(issued_at, "issuedAt")
    if not now - MAX_SECONDS - MAX_SKEW <= issued <= now + MAX_SKEW:
        raise SignInRefused(
            f"The sign-in challenge was issued at {issued_at}, but this machine's clock says {_moment(now)}."
        )
    expires_at = _optional(_MOMENT, info, "expirationTime") or _moment(issued + MAX_SECONDS)
    expires = _seconds(expires_at, "expirationTime")
    if expires <= now - MAX_SKEW:
        raise SignInRefused(f"The sign-in challenge expired at {expires_at}.")
    if expires - issued >= MAX_SECONDS + TWO_READINGS:
        raise SignInRefused(f"The sign-in challenge is good for more than {MAX_SECONDS} seconds.")
    return issued_at, expires_at


def _not_before(info: Mapping[str, Any], now: float) -> str | None:
    not_before = _optional(_MOMENT, info, "notBefore")
    if not_before is not None and _seconds(not_before, "notBefore") > now + MAX_SKEW:
        raise SignInRefused(f"The sign-in challenge is good only from {not_before} on.")
    return not_before


def _domain(info: Mapping[str, Any], target: SplitResult) -> str:
    """Check that the challenge speaks for the host that was asked; its port may stand there or not."""
    domain = info.get("domain")
    host = _host(target)
    port = target.port or _DEFAULT_PORTS[target.scheme]
    if not isinstance(domain, str) or domain.lower() not in {host, f"{host}:{port}"}:
        raise SignInRefused(
            f"The sign-in challenge is for {clean(str(domain), 80)!r}, but {clean(host, 80)!r} was asked."
        )
    return domain


def _uri(info: Mapping[str, Any], target: SplitResult) -> str:
    uri = _matching(_URI, info.get("uri"), "uri")
    claimed = _split(uri, "The sign-in challenge's uri")
    same = (
        _origin(claimed) == _origin(target)
        and (claimed.path or "/") == (target.path or "/")
        and claimed.query in ("", target.query)
    )
    if not same:
        raise SignInRefused(f"The sign-in challenge is for {clean(uri, 120)!r}, which is not what was asked.")
    return uri


def _resources(info: Mapping[str, Any], uri: str) -> tuple[str, ...]:
    """Check that nothing is signed for beside the request; official servers name that here once more."""
    resources = info.get("resources")
    if not resources:
        return ()
    if resources != [uri]:
        raise SignInRefused("The sign-in challenge lists further resources; such a text is not signed.")
    return (uri,)


def _split(url: str, what: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and parts.hostname and "@" not in parts.netloc
        usable = usable and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise SignInRefused(f"{what} is not a plain web address.")
    return parts


def _host(parts: SplitResult) -> str:
    """Return the host as an authority writes it: lower case, an IPv6 address in brackets."""
    host = parts.hostname or ""
    return f"[{host}]" if ":" in host else host


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]


def _matching(grammar: re.Pattern[str], value: object, name: str) -> str:
    if not isinstance(value, str) or not grammar.fullmatch(value):
        raise SignInRefused(f"The sign-in challenge's {name} breaks its grammar: {clean(str(value), 80)!r}.")
    return value


def _optional(grammar: re.Pattern[str], info: Mapping[str, Any], name: str) -> str | None:
    value = info.get(name)
    return None if value in (None, "") else _matching(grammar, value, name)


def _seconds(moment: str, name: str) -> float:
    try:
        return datetime.fromisoformat(moment).timestamp()
    except (ValueError, OverflowError):
        raise SignInRefused(f"The sign-in challenge's {name} is no moment in time.") from None


def _moment(seconds: float) -> str:
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
