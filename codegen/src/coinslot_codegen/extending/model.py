"""Changes of the intermediate model, for plugins: each returns a new model and leaves nothing behind.

Routes are named as `METHOD /path`, as the document has them; `*` stands for any part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from coinslot_codegen.document.model import Api, Finding, RouteSpec
from coinslot_codegen.document.operations import read_operations, read_server
from coinslot_codegen.extending.errors import ExtensionRefused


def renamed(api: Api, route: str, *, group: str | None = None, name: str | None = None) -> Api:
    """Call routes otherwise: by another group, another name, or both. Raises where none fits."""

    def change(one: RouteSpec) -> RouteSpec:
        return replace(one, group=group or one.group, name=name or one.name)

    return _advised(api, _changed(api, route, change))


def titled(api: Api, route: str, title: str) -> Api:
    """Give routes another title, for people. Raises where none fits."""
    return _changed(api, route, lambda one: replace(one, title=title))


def hidden(api: Api, route: str) -> Api:
    """Leave routes out of the client, and what only speaks of them. Raises where none fits."""
    gone = {(one.method, one.path) for one in _fitting(api, route)}
    kept = tuple(one for one in api.routes if (one.method, one.path) not in gone)
    upload = api.upload
    if upload and {("POST", upload.token_path), ("POST", upload.confirm_path)} & gone:
        upload = None
    return _advised(api, replace(api, routes=kept, upload=upload))


def added(api: Api, method: str, path: str, operation: Mapping[str, Any]) -> Api:
    """Add a route that the document does not have: `operation` is an OpenAPI operation object.

    Its `$ref`s lead into the document. It is named by its path, as all are.
    """
    listed = dict(api.document["paths"])
    item = listed.get(path)
    listed[path] = {**(item if isinstance(item, Mapping) else {}), method.lower(): operation}
    findings: list[Finding] = []
    base = read_server(api.document).base
    found = [
        one
        for one in read_operations({**api.document, "paths": listed}, base, findings.append)
        if (one.method, one.path) == (method.upper(), base + path)
    ]
    if not found:
        raise ExtensionRefused(f"{method.upper()} {path} is no operation that can be added")
    about = {one for one in findings if one.pointer.startswith(found[0].pointer)}
    ordered = sorted([*api.routes, found[0]], key=lambda one: (one.group, one.path, one.method))
    return replace(api, routes=tuple(ordered), findings=(*api.findings, *about))


def _fitting(api: Api, route: str) -> list[RouteSpec]:
    found = [one for one in api.routes if fnmatchcase(f"{one.method} {one.path}", route)]
    if not found:
        raise ExtensionRefused(f"there is no route {route}")
    return found


def _changed(api: Api, route: str, change: Callable[[RouteSpec], RouteSpec]) -> Api:
    fitting = _fitting(api, route)
    routes = [change(one) if one in fitting else one for one in api.routes]
    ordered = sorted(routes, key=lambda one: (one.group, one.path, one.method))
    return replace(api, routes=tuple(ordered))


def _advised(before: Api, after: Api) -> Api:
    """Let recommendations follow a group that is called otherwise, and go with one that is gone."""
    later = {(one.method, one.path): one.group for one in after.routes}
    kept = []
    for advice in before.recommendations:
        own = [one for one in before.routes if one.group == advice.target]
        groups = {later[one.method, one.path] for one in own if (one.method, one.path) in later}
        if advice.target in groups or not own:
            kept.append(advice)
        elif len(groups) == 1:
            kept.append(replace(advice, target=groups.pop()))
    return replace(after, recommendations=tuple(kept))
