"""Keys and tokens that a document wants to be shown: any value will do, or the one that was set."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from starlette.requests import Request

from coinslot_codegen.document.model import Api, RouteSpec, SchemeSpec
from coinslot_sandbox.intake import Refused
from coinslot_sandbox.reply import refusal


class Keys:
    """Checks what routes want to be shown."""

    def __init__(self, api: Api, values: Mapping[str, str]) -> None:
        self._schemes = {scheme.name: scheme for scheme in api.schemes}
        self._values = values

    def check(self, route: RouteSpec, request: Request) -> bool:
        """Whether the caller is let in without a sign-in; raises `Refused` (401) where neither is shown."""
        ways = [(one, [name for name in one if not self._signs(name)]) for one in route.shown]
        passed = [one for one, names in ways if all(self._is_shown(name, request) for name in names)]
        if route.shown and not passed:
            told = " or ".join(" and ".join(one) for one in route.shown)
            raise Refused(refusal(401, "unauthorized", f"show {told}", {"WWW-Authenticate": "Bearer"}))
        return any(one and not any(self._signs(name) for name in one) for one in passed)

    def _signs(self, name: str) -> bool:
        scheme = self._schemes.get(name)
        return scheme is not None and scheme.place == "sign-in"

    def _is_shown(self, name: str, request: Request) -> bool:
        scheme = self._schemes.get(name)
        value = _shown(scheme, request) if scheme is not None else None
        return bool(value) and value == self._values.get(name, value)


def _shown(scheme: SchemeSpec, request: Request) -> str | None:
    match scheme.place:
        case "query":
            return request.query_params.get(scheme.field)
        case "cookie":
            return request.cookies.get(scheme.field)
        case "header":
            return request.headers.get(scheme.field)
    word, _, value = request.headers.get(scheme.field, "").partition(" ")
    if word.lower() != scheme.place:
        return None
    if scheme.place == "bearer":
        return value
    try:
        told = base64.b64decode(value, validate=True).decode()
    except ValueError:
        return None
    return told if ":" in told else None
