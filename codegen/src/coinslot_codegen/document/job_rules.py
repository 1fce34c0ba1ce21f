"""Jobs that the document does not show by its structure, told by rules: a small file, or a plugin.

    [[job]]
    starts = "POST /v1/films"            # or a list; `*` stands for any part
    status = "/v1/films/{film_id}"       # the GET route that tells the state
    id = "film_id"                       # member of the accepted answer
    state = "phase"                      # members of the state's answer
    result = "film"
    error = "problem"
    progress = "percent"

A member that stands in another is named with a dot, as in `data.film_id`. A rule goes before what was
found by structure. Everything that it names must be in the document.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, TypeAlias

from coinslot_codegen.document import paths
from coinslot_codegen.document.errors import SourceError
from coinslot_codegen.document.members import answer_schema, inner, members
from coinslot_codegen.document.model import JobSpec, RouteSpec


@dataclass(frozen=True, slots=True)
class JobRule:
    """How certain routes start jobs. Paths as in the document, members as on the wire."""

    starts: tuple[str, ...]
    """`METHOD /path` of the routes that start such jobs; `*` stands for any part."""
    status: str
    """Path of the GET route that tells the state, with one path parameter for the id."""
    id: str
    """Member of the accepted answer that holds the id."""
    state: str = "status"
    result: str = "result"
    error: str | None = None
    progress: str | None = None
    list_path: str | None = None
    """Path of the GET route that lists the payer's jobs."""
    items: str | None = None
    cursor: str | None = None


JobRules: TypeAlias = Callable[[Mapping[str, Any], Sequence[RouteSpec]], Sequence[JobRule]]
"""What gives the rules for a document and its routes."""


def load_rules(path: Path) -> tuple[JobRule, ...]:
    """Read the file of rules at `path`. Raises SourceError."""
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise SourceError(f"{path}: cannot be read ({error})") from None
    return read_rules(text, str(path))


def read_rules(text: str, name: str) -> tuple[JobRule, ...]:
    """Read a file of rules; `name` is what it is called in errors. Raises SourceError."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SourceError(f"{name}: is no TOML ({error})") from None
    listed = content.pop("job", [])
    if content or not isinstance(listed, list) or not listed:
        stray = f", and not {min(content)!r}" if content else ""
        raise SourceError(f"{name}: holds `[[job]]` tables{stray}")
    return tuple(_rule(entry, name, number) for number, entry in enumerate(listed, 1))


def _rule(entry: object, name: str, number: int) -> JobRule:
    at = f"{name}: job {number}"
    if not isinstance(entry, Mapping):
        raise SourceError(f"{at} is no table")
    known = [field.name for field in fields(JobRule)]
    values = dict(entry)
    starts = values.pop("starts", None)
    starts = [starts] if isinstance(starts, str) else starts
    if not isinstance(starts, list) or not starts or not all(isinstance(one, str) for one in starts):
        raise SourceError(f'{at} says no `starts`, as in starts = "POST /v1/films"')
    for key, value in values.items():
        if key not in known:
            raise SourceError(f"{at} says {key!r}; a rule has {', '.join(known)}")
        if not isinstance(value, str):
            raise SourceError(f"{at}: {key} is no text")
    for key in ("status", "id"):
        if key not in values:
            raise SourceError(f"{at} says no `{key}`")
    return JobRule(tuple(starts), **values)


def with_rules(
    document: Mapping[str, Any], routes: Sequence[RouteSpec], rules: Sequence[JobRule]
) -> list[RouteSpec]:
    """Return the routes with the jobs that the rules tell. Raises SourceError for one that fits nothing."""
    told = list(routes)
    for rule in rules:
        job = _job(document, routes, rule)
        for pattern in rule.starts:
            fitting = [
                index
                for index, route in enumerate(routes)
                if fnmatchcase(f"{route.method} {route.path}", pattern) and route.path != rule.status
            ]
            if not fitting:
                raise SourceError(f"the rule for jobs fits no route: starts = {pattern!r}")
            for index in fitting:
                _check_member(document, routes[index], rule.id, "id")
                told[index] = replace(told[index], job=job)
    return told


def _job(document: Mapping[str, Any], routes: Sequence[RouteSpec], rule: JobRule) -> JobSpec:
    path = rule.status.removeprefix("GET ")
    watch = _reading(routes, path, "status")
    if len(paths.parameters(path)) != 1:
        raise SourceError(f"the rule for jobs needs one path parameter for the id: status = {path!r}")
    if watch.access == "paid":
        raise SourceError(f"the rule for jobs asks a route that has to be paid for: status = {path!r}")
    for what in ("state", "result", "error", "progress"):
        _check_member(document, watch, getattr(rule, what), what)
    listing = None
    if rule.list_path is not None:
        listing = rule.list_path.removeprefix("GET ")
        _check_member(document, _reading(routes, listing, "list_path"), rule.items or "items", "items")
    return JobSpec(
        id_member=rule.id,
        status_path=path,
        status_member=rule.state,
        result_member=rule.result,
        error_member=rule.error,
        progress_member=rule.progress,
        list_path=listing,
        items_member=rule.items,
        cursor_member=rule.cursor,
        access=watch.access,
    )


def _reading(routes: Sequence[RouteSpec], path: str, what: str) -> RouteSpec:
    for route in routes:
        if route.method == "GET" and route.path == path:
            return route
    raise SourceError(
        f"the rule for jobs names a GET route that the document does not have: {what} = {path!r}"
    )


def _check_member(document: Mapping[str, Any], route: RouteSpec, member: str | None, what: str) -> None:
    """Raise SourceError if the answer is described, and has no such member."""
    schema = answer_schema(route)
    found = members(document, schema)
    if member is not None and found and inner(document, schema, member) is None:
        first, _, rest = member.partition(".")
        is_inner = bool(rest) and first in found
        listed = ", ".join(sorted(members(document, found[first]) if is_inner else found))
        raise SourceError(
            f"the rule for jobs names a member that {route.method} {route.path} does not answer with: "
            f"{what} = {member!r}; {f'in {first} ' if is_inner else ''}there are {listed}"
        )
