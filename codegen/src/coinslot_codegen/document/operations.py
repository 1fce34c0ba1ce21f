"""Every operation of a document as a route, before the guidance has been read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlsplit

from coinslot_codegen.document import paths
from coinslot_codegen.document.calls import call_names
from coinslot_codegen.document.errors import DocumentError
from coinslot_codegen.document.messages import read_answers, read_bodies, read_parameters
from coinslot_codegen.document.model import Finding, ParameterSpec, Report, RouteSpec
from coinslot_codegen.document.naming import title, words
from coinslot_codegen.document.newer import written_methods
from coinslot_codegen.document.older import body_of_parameters
from coinslot_codegen.document.payment import read_payment
from coinslot_codegen.document.references import followed, pointer
from coinslot_codegen.document.security import fields_of, read_access, read_security

DEFAULT_POLL_SECONDS: Final = 15.0
_NO_SCHEME: Final = re.compile(
    r"(?://)?(?P<host>(?:(?P<here>localhost|127\.0\.0\.1)|(?:[\w-]+\.)+[a-z]{2,})(?::\d+)?)(?P<prefix>/[^?#{}]*)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Server:
    """Where the routes lie: `origin` None if the document does not say, `base` a path before each route's."""

    origin: str | None
    base: str


def read_server(document: Mapping[str, Any], report: Report = lambda _: None) -> Server:
    """The first server, its variables replaced by their defaults."""
    listed = document.get("servers")
    if isinstance(listed, str | Mapping):
        report(Finding("flaw", "#/servers", "is no list; it is read as the one server"))
        listed = [listed]
    first = listed[0] if isinstance(listed, list) and listed else None
    if isinstance(first, str):
        report(Finding("flaw", "#/servers/0", "is no object; it is read as the server's url"))
        first = {"url": first}
    url = first.get("url") if isinstance(first, Mapping) else None
    if not isinstance(url, str):
        return Server(None, "")
    variables = first.get("variables") if isinstance(first, Mapping) else None
    for name, variable in variables.items() if isinstance(variables, Mapping) else ():
        if isinstance(variable, Mapping):
            url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and "{" not in parts.netloc
    except ValueError:
        return Server(None, "")
    base = parts.path.rstrip("/")
    named = None if usable else _NO_SCHEME.fullmatch(url.strip())
    if named is not None:
        scheme = "http" if named["here"] else "https"
        report(Finding("flaw", "#/servers/0/url", f"has no scheme; it is read as {scheme}://{named['host']}"))
        return Server(f"{scheme}://{named['host']}", (named["prefix"] or "").rstrip("/"))
    if url and not usable and not (url.startswith("/") and not parts.netloc):
        report(Finding("flaw", "#/servers/0/url", f"{url!r} is no address of a server; it is left out"))
    if usable:
        return Server(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}", base)
    return Server(None, base if base.startswith("/") and not parts.netloc else "")


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation and where it stands."""

    item_at: str
    at: str
    method: str
    path: str
    item: Mapping[str, Any]
    operation: Mapping[str, Any]

    @property
    def parameters(self) -> tuple[tuple[str, Any], tuple[str, Any]]:
        """Where parameters are listed, and the lists: those of the path, then its own."""
        return (
            (f"{self.item_at}/parameters", self.item.get("parameters")),
            (f"{self.at}/parameters", self.operation.get("parameters")),
        )


def read_operations(document: Mapping[str, Any], base: str, report: Report) -> list[RouteSpec]:
    """Routes in the order of (group, path, method)."""
    found: dict[tuple[str, str], _Operation] = {}
    for written, item, at, method, operation in _operations(document, report):
        plain = written.strip()
        path = base + paths.normal(plain if plain.startswith("/") else f"/{plain}")
        if path != base + written:
            report(Finding("flaw", pointer("paths", written), f"the path is read as {path}"))
        if "#" in path:
            said = f"what stands behind # in {path} tells routes apart, and is never sent"
            report(Finding("flaw", pointer("paths", written), said))
        one = _Operation(pointer("paths", written), at, method, path, item, operation)
        first = found.setdefault((method, path), one)
        if first.at != at:
            report(Finding("flaw", at, f"is left out: {method} {path} also stands at {first.at}"))
    names = call_names((method, path.removeprefix(base)) for method, path in found)
    routes: list[RouteSpec] = []
    for one in found.values():
        try:
            routes.append(_route(document, one, names[one.method, one.path.removeprefix(base)], report))
        except DocumentError as problem:
            report(Finding("unsupported", problem.pointer, problem.message))
            report(Finding("unsupported", one.at, f"cannot be read: {problem.message}"))
    _report_repeated_ids(routes, report)
    return sorted(routes, key=lambda route: (route.group, route.path, route.method))


def _operations(
    document: Mapping[str, Any], report: Report
) -> Iterator[tuple[str, Mapping[str, Any], str, str, Mapping[str, Any]]]:
    """(path as written, path item, pointer, method, operation) in the order of the paths."""
    for path in sorted(map(str, document["paths"])):
        at = pointer("paths", path)
        try:
            item = followed(document, document["paths"].get(path), at)
        except DocumentError as problem:
            report(Finding("unsupported", problem.pointer, problem.message))
            continue
        if path.startswith("x-"):
            continue
        if not isinstance(item, Mapping):
            report(Finding("flaw", at, "a path that is no object is left out"))
            continue
        for here, method, operation in written_methods(item, at, report):
            if isinstance(operation, Mapping):
                yield path, item, here, method, operation
            else:
                report(Finding("flaw", here, "an operation that is no object is left out"))


def _route(
    document: Mapping[str, Any], found: _Operation, name: tuple[str, str], report: Report
) -> RouteSpec:
    at, method, path, operation = found.at, found.method, found.path, found.operation
    payment = read_payment(operation, at)
    asked = read_security(document, operation, at)
    access = read_access(
        document,
        operation,
        priced=payment is not None or asked.pays,
        signed=asked.signed,
        secured=bool(asked.names) or asked.signed,
    )
    for finding in (*(payment.findings if payment else ()), *asked.findings):
        report(finding)
    if access == "paid" and payment is None:
        report(Finding("default", at, "answers 402 but states no price; the price is unknown"))
    summary = _text(operation.get("summary"))
    parameters = read_parameters(document, path, found.parameters, report, paid=access == "paid")
    return RouteSpec(
        pointer=at,
        method=method,
        path=path,
        operation_id=operation["operationId"] if isinstance(operation.get("operationId"), str) else None,
        group=name[0],
        name=name[1],
        title=_title(path, summary),
        summary=summary,
        description=_text(operation.get("description")),
        tags=tuple(tag for tag in _listed(operation.get("tags")) if isinstance(tag, str)),
        access=access,
        security=asked.names,
        shown=asked.shown,
        payment=payment.spec if payment else None,
        price=payment.spec.price if payment else None,
        parameters=_without(fields_of(document, asked), parameters),
        bodies=read_bodies(document, _body(document, found, report), f"{at}/requestBody", report),
        answers=read_answers(document, operation.get("responses"), f"{at}/responses", report),
        time=None,
        poll_seconds=DEFAULT_POLL_SECONDS,
        poll_provenance="default",
        job=None,
        result=None,
        result_lifetime_seconds=None,
        deprecated=operation.get("deprecated") is True,
    )


def _body(document: Mapping[str, Any], found: _Operation, report: Report) -> Any:
    """The request's body as written, or as older documents write it: as one of the parameters."""
    body = found.operation.get("requestBody")
    for at, listed in reversed(found.parameters):
        if body is None:
            body = body_of_parameters(document, listed, at, report)
    return body


def _without(
    fields: frozenset[tuple[str, str]], parameters: tuple[ParameterSpec, ...]
) -> tuple[ParameterSpec, ...]:
    """The parameters that no credential fills: some documents list a key once more among them."""
    return tuple(one for one in parameters if (one.location, one.name.lower()) not in fields)


def _report_repeated_ids(routes: list[RouteSpec], report: Report) -> None:
    first: dict[str, RouteSpec] = {}
    for route in sorted(routes, key=lambda route: route.pointer):
        if route.operation_id is None:
            continue
        other = first.setdefault(route.operation_id, route)
        if other is not route:
            report(
                Finding(
                    "flaw",
                    f"{route.pointer}/operationId",
                    f"{route.operation_id!r} is also the id of {other.method} {other.path}; both are kept",
                )
            )


def _title(path: str, summary: str) -> str:
    """The group's words as the summary spells them, else as the path does."""
    form = paths.shape(path)
    if not form.static:
        return "Root"
    segment = form.static[-2] if len(form.static) > 1 else form.static[-1]
    wanted = words(segment)
    pattern = r"\W+".join(map(re.escape, wanted))
    found = re.search(rf"(?<!\w){pattern}(?!\w)", summary, re.IGNORECASE) if wanted else None
    spelled = found[0] if found else ""
    return spelled if spelled[:1].isupper() else title(segment)


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def with_jobs(routes: list[RouteSpec], jobs: Mapping[tuple[str, str], Any]) -> list[RouteSpec]:
    """The routes, each with the job that it starts."""
    return [replace(route, job=jobs.get((route.method, route.path))) for route in routes]
