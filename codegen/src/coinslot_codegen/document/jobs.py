"""Jobs, found in the document by structure.

A route starts a job if a member of its answer, text or a whole number, carries the one path parameter
of a GET route whose answer has a state and a place for a result. `jobId` carries `{jobId}`, `{job_id}`, and,
under `/jobs/{id}`, also `{id}`. The place for a result goes by its name; or it is the one member that
is left, where the state has a word for being finished. A list route is the GET route on the same path
without the parameter, if the items of its answer have the members of the state's answer. A state that
has to be paid for is nothing to ask again and again. What is not found is told by a rule (`job_rules`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from coinslot_codegen.document import paths
from coinslot_codegen.document.members import answer_schema, is_text, kinds_of, members, plain
from coinslot_codegen.document.model import JobSpec, RouteSpec
from coinslot_codegen.document.naming import words

_STATE: Final = ("status", "state", "phase")
_RESULT: Final = ("result", "results", "output", "outputs", "response", "data")
_ERROR: Final = ("error", "failure", "error_message", "errorMessage", "failureReason", "failure_reason")
_PROGRESS: Final = ("progress", "percent", "percentage", "completion")
_FINISHED: Final = frozenset({"complete", "completed", "done", "finished", "succeeded", "success"})


@dataclass(frozen=True, slots=True)
class _Watch:
    """A route that tells the state of one job."""

    route: RouteSpec
    parameter: str
    members: Mapping[str, Mapping[str, Any]]
    result: str


def read_jobs(document: Mapping[str, Any], routes: Sequence[RouteSpec]) -> dict[tuple[str, str], JobSpec]:
    """The job of each route that starts one, by (method, path)."""
    watches = [watch for route in routes if (watch := _watch(document, route))]
    found: dict[tuple[str, str], JobSpec] = {}
    for route in routes:
        if route.method == "GET" or route.access == "open":
            continue
        answered = members(document, answer_schema(route))
        for watch in watches:
            carrier = _carrier(answered, watch)
            if carrier is not None and not _contains(watch.route, route):
                found[route.method, route.path] = _job(document, carrier, watch, routes)
                break
    return found


def _contains(watch: RouteSpec, route: RouteSpec) -> bool:
    """Whether the route itself hangs on one job, as in `POST /jobs/{id}/cancel`."""
    return paths.key(route.path).startswith(paths.key(watch.path))


def _watch(document: Mapping[str, Any], route: RouteSpec) -> _Watch | None:
    names = paths.parameters(route.path)
    if route.method != "GET" or len(names) != 1 or route.access == "paid":
        return None
    found = members(document, answer_schema(route))
    state = _first(found, _STATE)
    if state is None:
        return None
    result = _first(found, _RESULT) or _remaining(found, state, names[0])
    return _Watch(route, names[0], found, result) if result else None


def _remaining(found: Mapping[str, Mapping[str, Any]], state: str, parameter: str) -> str | None:
    """The one member besides id, state, error and progress, if the state can say that it is finished."""
    listed = found[state].get("enum")
    known = {str(word).lower() for word in listed} if isinstance(listed, list) else set()
    ids = (words(parameter), ["id"])
    left = [
        name
        for name in found
        if name not in (state, *_ERROR, *_PROGRESS)
        and words(name) not in ids
        and found[name].get("format") != "date-time"
    ]
    one = left[0] if len(left) == 1 and known & _FINISHED else None
    # A list may grow while the work goes on, and is no place for one result.
    return one if one and found[one].get("type") != "array" else None


def _first(found: Mapping[str, Any], names: Sequence[str]) -> str | None:
    return next((name for name in names if name in found), None)


def _carrier(answered: Mapping[str, Mapping[str, Any]], watch: _Watch) -> str | None:
    """The answer's member that holds what the watching route's parameter asks for."""
    asked = words(watch.parameter)
    before = words(
        [part for part in watch.route.path.split("/") if part and not paths.is_parameter(part)][-1]
    )
    singular = [*before[:-1], before[-1].removesuffix("s")] if before else []
    spellings = [asked] if asked != ["id"] else [[*singular, "id"], ["id"]]
    for spelling in spellings:
        for name in sorted(answered):
            if words(name) == spelling and (is_text(answered[name]) or _is_whole(answered[name])):
                return name
    return None


def _is_whole(schema: Mapping[str, Any]) -> bool:
    return kinds_of(schema) in ({"integer"}, {"integer", "null"})


def _job(document: Mapping[str, Any], carrier: str, watch: _Watch, routes: Sequence[RouteSpec]) -> JobSpec:
    list_path, items, cursor = _listing(document, watch, routes)
    return JobSpec(
        id_member=carrier,
        status_path=watch.route.path,
        status_member=_first(watch.members, _STATE) or "status",
        result_member=watch.result,
        error_member=_first(watch.members, _ERROR),
        progress_member=_first(watch.members, _PROGRESS),
        list_path=list_path,
        items_member=items,
        cursor_member=cursor,
        access=watch.route.access,
    )


def _listing(
    document: Mapping[str, Any], watch: _Watch, routes: Sequence[RouteSpec]
) -> tuple[str | None, str | None, str | None]:
    parent = watch.route.path.rstrip("/").rpartition("/")[0]
    for route in routes:
        if route.method != "GET" or route.path.rstrip("/") != parent:
            continue
        found = members(document, answer_schema(route))
        for name in sorted(found):
            listed = members(document, found[name].get("items"))
            if found[name].get("type") == "array" and listed and set(listed) >= _needed(document, watch):
                return route.path, name, next((one for one in sorted(found) if "cursor" in one.lower()), None)
    return None, None, None


def _needed(document: Mapping[str, Any], watch: _Watch) -> set[str]:
    stated = plain(document, answer_schema(watch.route)).get("required")
    wanted = set(stated) if isinstance(stated, list) else set(watch.members)
    return wanted & set(watch.members) | {_first(watch.members, _STATE) or ""}
