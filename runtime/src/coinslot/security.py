"""What an API wants to be shown beside payment: keys and tokens of its own, which the client alone holds.

A request on its way carries only the names of what it shows (`FIELD`), and so does a request on
record. The values are put in their places below all that is recorded, logged or followed, for the
client's own origin and no other.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypeAlias
from urllib.parse import quote, urlsplit

from coinslot.effects import NotSent, Reply, Request, Send
from coinslot.errors import ConfigurationError, CredentialMissing
from coinslot.origin import is_loopback, origin_of

if TYPE_CHECKING:
    from coinslot.route import Route, Security

FIELD: Final = "Coinslot-Shows"
"""Header field that names what is to be shown. It never leaves this machine."""
HIDDEN: Final = "***"
_NO_CRUMB: Final = re.compile(r'[ ",;\\]')
"""What may not stand in a cookie (RFC 6265, 4.1.1); many servers take all else as it is."""
_LEAST_MASKED: Final = 8
"""Characters; what is shorter than that is no secret, and stands in too much that is none."""

Secret: TypeAlias = str | Callable[[Request], str]
"""A key or token (`user:password` for HTTP basic), or what gives one for the request that needs it."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to show something, from the document's `securitySchemes`."""

    place: Literal["header", "query", "cookie", "bearer", "basic", "sign-in"]
    """Where the value goes. `sign-in`: the wallet's signature, for which no value is given."""
    name: str = "Authorization"
    """Name of the header field, query value or cookie."""
    variable: str | None = None
    """Environment variable that is read where no value is given."""


class Credentials:
    """The values that were given to one client, for its own origin."""

    def __init__(
        self,
        base_url: str,
        schemes: Mapping[str, Scheme],
        given: Mapping[str, Any] | None,
        environ: Mapping[str, str],
    ) -> None:
        """Gather what was given, then what the environment holds.

        Raises ConfigurationError for a name that the document does not have, and for a value that
        cannot be sent.
        """
        self._origin = origin_of(base_url)
        self._in_clear = urlsplit(base_url).scheme != "https" and not is_loopback(base_url)
        self._schemes = {name: one for name, one in schemes.items() if one.place != "sign-in"}
        self._signs = frozenset(schemes) - self._schemes.keys()
        given = {name: value for name, value in (given or {}).items() if value is not None}
        for name in given:
            if name not in self._schemes:
                known = ", ".join(map(repr, self._schemes)) or "none at all"
                raise ConfigurationError(f"This API asks for no credential {name!r}; it knows {known}.")
        read = {name: environ.get(one.variable or "") for name, one in self._schemes.items()}
        self._values = {**{name: value for name, value in read.items() if value}, **given}
        for name, value in self._values.items():
            if not callable(value):
                _check(name, value)

    def __repr__(self) -> str:
        return f"<Credentials for {self._origin}: {', '.join(self._values) or 'none'}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("credentials are neither pickled nor copied")

    def dress(self, send: Send) -> Send:
        """Name in a client's request what its route wants to be shown.

        Raises CredentialMissing for what was not given, also where only the job that the call would
        start asks for it: before anything is sent or paid.
        """
        terms = send.terms
        route = terms.route if terms is not None else None
        if terms is None or route is None:
            return send
        chosen = self.check(route)
        signs = not chosen or any(name in self._signs for name in chosen)
        if route.access == "signed" and not signs:
            # What was given is shown in place of the wallet's signature.
            terms = replace(terms, route=replace(route, access="open"))
        return replace(send, request=self.named(send.request, chosen), terms=replace(terms, credentials=self))

    def check(self, route: Route[Any, Any]) -> tuple[str, ...]:
        """Return the names of what a route is shown. Raises CredentialMissing, also for its job's sake."""
        if route.job is not None:
            self._choose(f"the job of {route}", route.job.security)
        return self._choose(str(route), route.security)

    def named(self, request: Request, names: tuple[str, ...]) -> Request:
        """Return the request with the names of what it shows."""
        shown = [name for name in names if name in self._schemes]
        return request.having(FIELD, json.dumps(shown)) if shown else request

    def for_job(self, request: Request, security: Security) -> Request:
        """Name in a question about jobs what it shows; nothing where that was not given."""
        try:
            return self.named(request, self._choose("", security))
        except ConfigurationError:
            return request

    def outline(self, request: Request) -> Request:
        """Return the request with a mark in every header field that its credentials will take."""
        for name in _names(request):
            scheme = self._schemes.get(name)
            if scheme is not None and scheme.place in ("header", "bearer", "basic"):
                request = request.having(scheme.name, HIDDEN)
        return request

    def can_show(self, request: Request) -> bool:
        """Whether all that a request names is here."""
        return all(name in self._values for name in _names(request))

    def show(self, request: Request) -> Request:
        """Put the values in their places. Raises NotSent for an origin that is not the client's own."""
        names = _names(request)
        bare = request.without(FIELD)
        if origin_of(request.url) != self._origin:
            raise NotSent("credentials are shown to the client's own origin alone")
        for name in names:
            scheme, value = self._schemes.get(name), self._values.get(name)
            if scheme is None or value is None:
                raise NotSent(f"it shows the credential {name!r}, which was not given")
            bare = _put(bare, scheme, _made(name, value, bare) if callable(value) else value)
        return bare

    def mask(self, reply: Reply) -> Reply:
        """Return a reply that is no answer without the values, in case the server repeats them."""
        shown = [form for form in self._forms() if len(form) >= _LEAST_MASKED]
        if not shown or 200 <= reply.status < 300:
            return reply
        body = reply.body
        for form in shown:
            body = body.replace(form.encode(), HIDDEN.encode())
        headers = [(name, _masked(value, shown)) for name, value in reply.headers.items()]
        return replace(reply, headers=type(reply.headers)(headers), body=body)

    def _choose(self, what: str, security: Security) -> tuple[str, ...]:
        """Return the first alternative that can be shown: given values before the wallet's signature."""
        ready = [names for names in security if all(self._has(name) for name in names)]
        ready.sort(key=lambda names: (not names, any(name in self._signs for name in names)))
        if ready or not security:
            chosen = ready[0] if ready else ()
            if self._in_clear and any(name in self._schemes for name in chosen):
                raise ConfigurationError("Credentials go over https only (this machine excepted).")
            return chosen
        raise CredentialMissing(f"{what[:1].upper()}{what[1:]} needs {self._wanted(security)}.")

    def _has(self, name: str) -> bool:
        return name in self._values or name in self._signs

    def _wanted(self, security: Security) -> str:
        told = []
        for names in security:
            missing = [name for name in names if not self._has(name)]
            given = ", ".join(f'"{name}": "..."' for name in missing)
            variables = [self._schemes[name].variable for name in missing if name in self._schemes]
            read = " and ".join(variable for variable in variables if variable)
            told.append(f"credentials={{{given}}}" + (f" (or {read} in the environment)" if read else ""))
        return ", or ".join(told)

    def _forms(self) -> list[str]:
        """Return every spelling of the values that a reply may hold, longest first."""
        found: set[str] = set()
        for value in self._values.values():
            if not callable(value):
                found |= {value, quote(value, safe=""), quote(value), json.dumps(value)[1:-1], _basic(value)}
        return sorted(found, key=len, reverse=True)


def is_named(request: Request) -> bool:
    """Whether a request still has to be shown something."""
    return request.headers.get(FIELD) is not None


def showing(send: Send, credentials: Credentials | None) -> Send:
    """Return the exchange as it goes on the wire. Raises NotSent where its credentials are not here."""
    if not is_named(send.request):
        return send
    if credentials is None:
        raise NotSent("it shows credentials that only its generated client holds")
    return replace(send, request=credentials.show(send.request))


def masked(reply: Reply, credentials: Credentials | None) -> Reply:
    """Return the reply as `Credentials.mask` does."""
    return reply if credentials is None else credentials.mask(reply)


def _made(name: str, make: Callable[[Request], object], request: Request) -> str:
    try:
        return _check(name, make(request))
    except Exception as error:
        # Whatever it is: nothing left this machine.
        raise NotSent(f"no credential {name!r} could be made ({type(error).__name__})") from error


def _names(request: Request) -> list[str]:
    try:
        named = json.loads(request.headers.get(FIELD) or "[]")
    except ValueError:
        return []
    return [name for name in named if isinstance(name, str)] if isinstance(named, list) else []


def _put(request: Request, scheme: Scheme, value: str) -> Request:
    match scheme.place:
        case "query":
            parts = urlsplit(request.url)
            pair = f"{quote(scheme.name, safe='')}={quote(value, safe='')}"
            query = f"{parts.query}&{pair}" if parts.query else pair
            return replace(request, url=parts._replace(query=query).geturl())
        case "cookie":
            before = request.headers.get("Cookie")
            crumb = f"{scheme.name}={_NO_CRUMB.sub(lambda found: quote(found[0]), value)}"
            return request.having("Cookie", f"{before}; {crumb}" if before else crumb)
        case "bearer":
            return request.having(scheme.name, f"Bearer {value}")
        case "basic":
            return request.having(scheme.name, f"Basic {_basic(value)}")
    return request.having(scheme.name, value)


def _basic(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def _check(name: str, value: object) -> str:
    """Return a value that can be sent. Raises ConfigurationError, which does not repeat it."""
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"The credential {name!r} must be text, and not empty.")
    if not value.isascii() or not value.isprintable() or value != value.strip():
        raise ConfigurationError(f"The credential {name!r} must be printable ASCII without space around it.")
    return value


def _masked(value: str, forms: list[str]) -> str:
    for form in forms:
        value = value.replace(form, HIDDEN)
    try:
        inner = base64.b64decode(value + "=" * (-len(value) % 4), validate=True).decode()
    except ValueError:
        return value
    hidden = inner
    for form in forms:
        hidden = hidden.replace(form, HIDDEN)
    # Challenges travel as JSON in base64, and name the address with its query.
    return value if hidden == inner else base64.b64encode(hidden.encode()).decode()
