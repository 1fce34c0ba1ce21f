"""What a caller must show besides paying, and whether a route is paid, signed or open."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from coinslot_codegen.document.model import Access, Finding, RouteSpec, SchemeSpec
from coinslot_codegen.document.references import followed, token

SIGN_IN_HEADER: Final = "sign-in-with-x"
_SIGN_IN_NAME: Final = "siwx"
PROTOCOL_HEADERS: Final = frozenset(
    {
        "accept",
        "coinslot-shows",
        "content-type",
        "payment-signature",
        "payment-required",
        "payment-response",
        "sign-in-with-x",
        "x-payment",
        "x-payment-response",
    }
)
"""Header fields that the runtime sets; a call has no parameter for them."""
_PAYMENT_HEADERS: Final = frozenset({"payment-signature", "x-payment", "payment-authorization"})
_TAKEN: Final = PROTOCOL_HEADERS | {
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "host",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
}
"""Header fields that no key may stand in."""
_FIELD: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_AT: Final = "#/components/securitySchemes/"
_SIWX: Final = SchemeSpec(_SIGN_IN_NAME, "sign-in", "SIGN-IN-WITH-X")


@dataclass(frozen=True, slots=True)
class Asked:
    """What one operation asks of a caller, besides a price."""

    names: tuple[str, ...] = ()
    """Of the schemes of the alternative that a plain caller would take, but for the sign-in."""
    shown: tuple[tuple[str, ...], ...] = ()
    """All alternatives that can be shown; `()` among them: nothing has to be."""
    signed: bool = False
    """Whether a sign-in is asked for."""
    pays: bool = False
    """Whether a scheme says that paying lets a caller in."""
    findings: tuple[Finding, ...] = ()


def read_schemes(
    document: Mapping[str, Any], routes: Sequence[RouteSpec]
) -> tuple[tuple[SchemeSpec, ...], list[Finding]]:
    """The schemes that any of these routes wants to be shown, by name, and what is wrong with others."""
    found, findings = dict[str, SchemeSpec](), list[Finding]()
    for name, written in _schemes(document).items():
        scheme, flaw = _scheme(name, written)
        if flaw:
            findings.append(Finding("flaw", f"{_AT}{token(name)}", flaw))
        if scheme is not None:
            found[name] = scheme
    used = sorted({name for route in routes for one in route.shown for name in one})
    return tuple(found.get(name) or replace(_SIWX, name=name) for name in used), findings


def fields_of(document: Mapping[str, Any], asked: Asked) -> frozenset[tuple[str, str]]:
    """Where what an operation asks for is shown, as (place, name in lower case)."""
    written = _schemes(document)
    names = {name for one in asked.shown for name in one if name in written}
    schemes = [scheme for name in sorted(names) if (scheme := _scheme(name, written[name])[0])]
    places = {"bearer": "header", "basic": "header"}
    return frozenset((places.get(one.place, one.place), one.field.lower()) for one in schemes)


def read_security(document: Mapping[str, Any], operation: Mapping[str, Any], at: str) -> Asked:
    """What the operation's own `security` asks for, else the document's.

    Of alternatives the first counts that a plain caller can satisfy: none at all, the sign-in, then
    whatever the document lists first.
    """
    findings: list[Finding] = []
    alternatives = _alternatives(operation.get("security", document.get("security")), at, findings)
    written = _schemes(document)
    schemes = {name: _scheme(name, one)[0] for name, one in written.items()}
    findings += [
        Finding("flaw", f"{at}/security", f"the scheme {name!r} is not defined in components")
        for name in sorted({name for one in alternatives for name in one})
        if name not in written
    ]
    places = {
        name: scheme.place if scheme else None
        for one in alternatives
        for name in one
        for scheme in [schemes.get(name) or (_SIWX if name.lower() == _SIGN_IN_NAME else None)]
    }
    shown = tuple(
        dict.fromkeys(
            tuple(name for name in one if places[name] not in (None, "payment")) for one in alternatives
        )
    )
    pays = any(places[name] == "payment" for one in alternatives for name in one)
    if not alternatives or any(not one for one in alternatives):
        return Asked((), _worth_showing(shown, places), signed=False, pays=pays, findings=tuple(findings))
    signing = [one for one in alternatives if any(places[name] == "sign-in" for name in one)]
    chosen = min(signing or alternatives, key=lambda one: len(one) if signing else 0)
    others = tuple(sorted(name for name in chosen if places[name] not in ("sign-in", "payment")))
    return Asked(others, _worth_showing(shown, places), bool(signing), pays, tuple(findings))


def _worth_showing(
    shown: tuple[tuple[str, ...], ...], places: Mapping[str, str | None]
) -> tuple[tuple[str, ...], ...]:
    """The alternatives, but for those of an operation that asks for a wallet's signature alone."""
    return shown if any(places[name] != "sign-in" for one in shown for name in one) else ()


def _alternatives(stated: object, at: str, findings: list[Finding]) -> list[tuple[str, ...]]:
    if isinstance(stated, Mapping):
        findings.append(Finding("flaw", f"{at}/security", "is no list; it is read as the one alternative"))
        stated = [stated]
    found: list[tuple[str, ...]] = []
    for one in stated if isinstance(stated, list) else []:
        if isinstance(one, Mapping):
            found.append(tuple(map(str, one)))
        elif isinstance(one, str):
            findings.append(Finding("flaw", f"{at}/security", f"{one!r} is read as the name of a scheme"))
            found.append((one,))
    return found


def _schemes(document: Mapping[str, Any]) -> Mapping[str, Any]:
    components = document.get("components")
    listed = components.get("securitySchemes") if isinstance(components, Mapping) else None
    if not isinstance(listed, Mapping):
        return {}
    return {str(name): followed(document, scheme, _AT + token(str(name))) for name, scheme in listed.items()}


def _scheme(name: str, written: object) -> tuple[SchemeSpec | None, str]:
    """(the scheme or None if nothing can be shown for it, what is wrong with it)."""
    if not isinstance(written, Mapping):
        return None, "a scheme that is no object is left out; nothing is shown for it"
    kind = str(written.get("type", "")).lower()
    text = str(written.get("description", "")).strip()
    if kind == "apikey":
        return _api_key(name, written, text)
    if kind in ("oauth2", "openidconnect"):
        return SchemeSpec(name, "bearer", "Authorization", text), ""
    if kind in ("basic", "bearer"):
        return SchemeSpec(name, kind, "Authorization", text), f"the type {kind!r} is read as `http` {kind}"  # type: ignore[arg-type]
    if kind == "http":
        return _http(name, written, text)
    shown = f"nothing is shown for the type {str(written.get('type'))!r}"
    return None, f"{shown}; a transport of your own can" if kind == "mutualtls" else shown


def _api_key(name: str, written: Mapping[str, Any], text: str) -> tuple[SchemeSpec | None, str]:
    place, field = str(written.get("in", "")).lower(), str(written.get("name", ""))
    if place not in ("header", "query", "cookie") or not field:
        return None, "an API key without a name and a known place is left out; nothing is shown for it"
    if place == "header" and field.lower() == SIGN_IN_HEADER:
        return SchemeSpec(name, "sign-in", field, text), ""
    if place == "header" and field.lower() in _PAYMENT_HEADERS:
        return SchemeSpec(name, "payment", field, text), ""
    if place != "query" and (not _FIELD.fullmatch(field) or field.lower() in _TAKEN):
        return None, f"no key can be shown in the {place} {field!r}; nothing is shown for it"
    return SchemeSpec(name, place, field, text), ""  # type: ignore[arg-type]


def _http(name: str, written: Mapping[str, Any], text: str) -> tuple[SchemeSpec | None, str]:
    scheme = str(written.get("scheme", "")).lower()
    if scheme in ("basic", "bearer", "payment"):
        return SchemeSpec(name, scheme, "Authorization", text), ""  # type: ignore[arg-type]
    if scheme == "" and "bearerFormat" in written:
        return SchemeSpec(name, "bearer", "Authorization", text), "names no `scheme`; it is read as bearer"
    if scheme in ("", "digest", "negotiate", "mutual", "hoba", "scram-sha-1", "scram-sha-256"):
        return None, f"nothing is shown for the http scheme {scheme!r}; a transport of your own can"
    return SchemeSpec(name, "header", "Authorization", text), ""


_OTHERWISE: Final = re.compile(
    r"\b(?:auth\w*|balance|credits?|expired|funds|limits?|plan|quota|sign\w*|subscri\w+|trial|upgrade)\b"
)
"""Words of a 402 that asks for no payment of the call: for a sign-in, or for an account that pays."""


def read_access(
    document: Mapping[str, Any], operation: Mapping[str, Any], *, priced: bool, signed: bool, secured: bool
) -> Access:
    """Paid if it is priced or its 402 asks for payment; else signed if a sign-in is asked for."""
    if priced:
        return "paid"
    if signed:
        return "signed"
    auth = operation.get("x-agentcash-auth")
    said = isinstance(auth, Mapping) and auth.get("mode") == "paid"
    return "paid" if said or (not secured and _402_asks_for_payment(document, operation)) else "open"


def _402_asks_for_payment(document: Mapping[str, Any], operation: Mapping[str, Any]) -> bool:
    responses = operation.get("responses")
    answer = responses.get("402") if isinstance(responses, Mapping) else None
    answer = followed(document, answer, "#/paths") if answer is not None else None
    if not isinstance(answer, Mapping):
        return False
    headers = answer.get("headers")
    names = {str(name).lower() for name in headers} if isinstance(headers, Mapping) else set()
    text = str(answer.get("description", "")).lower()
    if names & {"payment-required", "www-authenticate"} or "payment" in text or "x402" in text:
        return True
    return not _OTHERWISE.search(text)
