"""What a caller must show besides paying, and whether a route is paid, signed or open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coinslot_codegen.document.model import Access, Finding
from coinslot_codegen.document.references import followed, token

SIGN_IN_HEADER: Final = "sign-in-with-x"
_SIGN_IN_NAME: Final = "siwx"
PROTOCOL_HEADERS: Final = frozenset(
    {
        "accept",
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


def read_security(
    document: Mapping[str, Any], operation: Mapping[str, Any], at: str
) -> tuple[tuple[str, ...], bool, list[Finding]]:
    """(names of other schemes, whether a sign-in is asked for, findings).

    Of alternatives the first counts that a plain caller can satisfy: none at all, the sign-in, then
    whatever the document lists first.
    """
    stated = operation.get("security", document.get("security"))
    alternatives = [one for one in stated if isinstance(one, Mapping)] if isinstance(stated, list) else []
    findings: list[Finding] = []
    if not alternatives or any(not one for one in alternatives):
        return (), False, findings
    schemes = _schemes(document)
    signing = [one for one in alternatives if any(_signs_in(name, schemes) for name in one)]
    chosen = min(signing or alternatives, key=lambda one: len(one) if signing else 0)
    names = sorted(str(name) for name in chosen)
    findings += [
        Finding("flaw", f"{at}/security", f"the scheme {name!r} is not defined in components")
        for name in names
        if name not in schemes
    ]
    others = tuple(name for name in names if not _signs_in(name, schemes))
    return others, bool(signing), findings


def _schemes(document: Mapping[str, Any]) -> Mapping[str, Any]:
    components = document.get("components")
    listed = components.get("securitySchemes") if isinstance(components, Mapping) else None
    if not isinstance(listed, Mapping):
        return {}
    at = "#/components/securitySchemes/"
    return {str(name): followed(document, scheme, at + token(str(name))) for name, scheme in listed.items()}


def _signs_in(name: str, schemes: Mapping[str, Any]) -> bool:
    scheme = schemes.get(name)
    if not isinstance(scheme, Mapping):
        return name.lower() == _SIGN_IN_NAME
    return (
        scheme.get("type") == "apiKey"
        and scheme.get("in") == "header"
        and str(scheme.get("name", "")).lower() == SIGN_IN_HEADER
    )


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
    return bool(names & {"payment-required", "www-authenticate"}) or "payment" in text or "x402" in text
