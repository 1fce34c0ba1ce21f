"""Parameters, bodies and answers of one operation, whatever sloppiness they are written with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from coinslot_codegen.document import paths
from coinslot_codegen.document.model import AnswerSpec, BodySpec, Finding, ParameterSpec, Report, Schema
from coinslot_codegen.document.newer import TOKEN, fields_of_query
from coinslot_codegen.document.older import body_place
from coinslot_codegen.document.references import followed, token
from coinslot_codegen.document.security import PROTOCOL_HEADERS
from coinslot_codegen.document.type_words import type_meant

_LOCATIONS: Final = ("path", "query", "header", "cookie")
_STATUS: Final = re.compile(r"[1-5](?:\d\d|XX)|default", re.IGNORECASE)
_NAMELESS: Final = "application/json"
"""What a media type is taken for that is an empty text, or only `json`."""


def read_parameters(
    document: Mapping[str, Any],
    path: str,
    places: tuple[tuple[str, object], ...],
    report: Report,
    *,
    paid: bool,
) -> tuple[ParameterSpec, ...]:
    """Path parameters in the order of the path, then the others in the document's order.

    `places` are the pointers and values of the path's and the operation's own lists; the later wins.
    """
    declared: dict[tuple[str, str], ParameterSpec] = {}
    for at, listed in places:
        here_already: set[tuple[str, str]] = set()
        for here, parameter in _each(document, listed, at, report):
            if body_place(parameter) is not None and isinstance(listed, list):
                continue  # it is read as the request body
            one = _parameter(parameter, here, report)
            if one is None or (one.location == "header" and _set_by_runtime(one.name, paid=paid)):
                continue
            if (one.location, one.name) in here_already:
                report(
                    Finding(
                        "flaw",
                        here,
                        f"the {one.location} parameter {one.name!r} is listed twice; this one is read",
                    )
                )
            here_already.add((one.location, one.name))
            declared[one.location, one.name] = one
    wanted = paths.parameters(path)
    for name in wanted:
        if ("path", name) not in declared:
            report(
                Finding(
                    "flaw", places[-1][0].rpartition("/")[0], f"the path parameter {name!r} is not declared"
                )
            )
            declared["path", name] = ParameterSpec(
                name, "path", required=True, schema={"type": "string"}, description=""
            )
    for location, name in [key for key in declared if key[0] == "path" and key[1] not in wanted]:
        report(Finding("flaw", places[-1][0], f"the path has no parameter {name!r}; it is left out"))
        del declared[location, name]
    in_path = tuple(declared["path", name] for name in wanted)
    return in_path + tuple(one for one in declared.values() if one.location != "path")


def _set_by_runtime(name: str, *, paid: bool) -> bool:
    return name.lower() in PROTOCOL_HEADERS or (paid and name.lower() == "authorization")


def _each(
    document: Mapping[str, Any], listed: object, at: str, report: Report
) -> Iterator[tuple[str, object]]:
    """(pointer, parameter) of each, a query that is described as one whole taken apart."""
    for step, written in _listed(listed, at, report):
        here = f"{at}/{step}"
        parameter = followed(document, written, here)
        parts = fields_of_query(document, parameter, here)
        yield from [(here, parameter)] if parts is None else [(here, part) for part in parts]


def _listed(listed: object, at: str, report: Report) -> Iterator[tuple[str, object]]:
    """Parameters by the last step of their pointers; an object of them by name is read, too."""
    if isinstance(listed, list):
        yield from ((str(index), written) for index, written in enumerate(listed))
    elif isinstance(listed, Mapping) and listed:
        report(Finding("flaw", at, "is no list; its members are read as parameters"))
        named = {"": listed} if "in" in listed and "name" in listed else listed
        for name, written in named.items():
            given = isinstance(written, Mapping) and "$ref" not in written
            yield token(str(name)), {"name": name, **written} if given else written
    elif listed is not None and listed != {}:
        report(Finding("flaw", at, "is no list; it is left out"))


def _parameter(written: object, at: str, report: Report) -> ParameterSpec | None:
    location = written.get("in") if isinstance(written, Mapping) else None
    if isinstance(location, str) and location not in _LOCATIONS and location.lower() in _LOCATIONS:
        report(Finding("flaw", f"{at}/in", f"{location!r} is read as {location.lower()!r}"))
        location = location.lower()
    if (
        not isinstance(written, Mapping)
        or not isinstance(written.get("name"), str)
        or location not in _LOCATIONS
    ):
        report(Finding("flaw", at, "a parameter without a name and a known place is left out"))
        return None
    if location in ("header", "cookie") and not TOKEN.fullmatch(written["name"]):
        report(Finding("flaw", at, f"the {location} {written['name']!r} cannot be sent; it is left out"))
        return None
    required = location == "path" or written.get("required") is True
    return ParameterSpec(
        written["name"],
        location,
        required,
        _schema_of_parameter(written, at, report),
        _words(written.get("description")),
        _style(written, location),
    )


def _schema_of_parameter(written: Mapping[str, Any], at: str, report: Report) -> Schema:
    if written.get("schema") is not None:
        return _schema(written, "schema", at, report)
    content = written.get("content")
    if isinstance(content, Mapping):
        media_type, media = min(content.items(), default=("", None), key=lambda one: str(one[0]))
        if isinstance(media, Mapping):
            return _schema(media, "schema", f"{at}/content/{token(str(media_type))}", report)
    elif "type" in written:
        report(Finding("flaw", at, "has its type beside the place of its schema, and it is read from there"))
        return _beside(written)
    report(Finding("flaw", at, "has no schema; any value is taken"))
    return {}


def _style(written: Mapping[str, Any], location: str) -> str | None:
    """How several values are written, as the runtime names it; None: as they are by default."""
    if "schema" not in written and isinstance(written.get("content"), Mapping):
        return "json"
    styles = {"spaceDelimited": "space", "pipeDelimited": "pipe", "deepObject": "deep"}
    named = styles.get(_words(written.get("style")))
    if named or location not in ("query", "cookie") or written.get("explode", True) is not False:
        return named
    return "comma"


def read_bodies(
    document: Mapping[str, Any], written: object, at: str, report: Report
) -> tuple[BodySpec, ...]:
    """One body for each media type, JSON first, then by name."""
    body = _with_content(followed(document, written, at), at, report)
    if body is None:
        return ()
    if not isinstance(body, Mapping) or not isinstance(body.get("content"), Mapping):
        report(Finding("flaw", at, "a request body without content is left out"))
        return ()
    required, description = body.get("required") is True, _words(body.get("description"))
    return tuple(
        BodySpec(media_type, required, _schema(media, "schema", here, report), description)
        for media_type, media, here in _by_media_type(document, body["content"], at, report)
    )


def read_answers(
    document: Mapping[str, Any], written: object, at: str, report: Report
) -> tuple[AnswerSpec, ...]:
    """One answer for each status and media type: statuses in order, patterns and `default` last."""
    if not isinstance(written, Mapping) or not written:
        report(Finding("flaw", at, "no responses are described"))
        return ()
    found: list[AnswerSpec] = []
    for status in sorted(map(str, written), key=lambda one: (not one.isdecimal(), one == "default", one)):
        if status.startswith("x-"):
            continue
        here = f"{at}/{token(status)}"
        if not _STATUS.fullmatch(status):
            report(Finding("flaw", here, f"{status!r} is no status; nothing is read by it"))
        answer = _with_content(followed(document, written.get(status), here), here, report)
        if not isinstance(answer, Mapping):
            report(Finding("flaw", f"{at}/{token(status)}", "a response that is no object is left out"))
            continue
        description, content = _words(answer.get("description")), answer.get("content")
        if content is not None and not isinstance(content, Mapping):
            report(Finding("flaw", f"{here}/content", "is no object; it is left out"))
        kinds = list(_by_media_type(document, content, here, report)) if isinstance(content, Mapping) else []
        if not kinds:
            found.append(AnswerSpec(status, None, None, description))
        found += [
            AnswerSpec(
                status,
                media_type,
                _schema(media, "schema", there, report),
                description,
                _schema(media, "itemSchema", there, report) if "itemSchema" in media else None,
            )
            for media_type, media, there in kinds
        ]
    if _tells_nothing(found) and not at.lower().endswith("/head/responses"):
        message = "what a success answers is not described; it is handed out as it comes"
        report(Finding("default", at, message))
    return tuple(found)


def _with_content(message: Any, at: str, report: Report) -> Any:
    """A body or an answer; one with a schema and no media type is JSON."""
    if not isinstance(message, Mapping) or "content" in message or "schema" not in message:
        return message
    report(Finding("flaw", at, "has a schema and no media type; it is read as JSON"))
    return {**message, "content": {"application/json": {"schema": message["schema"]}}}


def _beside(written: Mapping[str, Any]) -> Schema:
    """The schema of what an older version of OpenAPI wrote without one."""
    others = ("name", "in", "required", "description", "style", "explode", "collectionFormat")
    return {word: said for word, said in written.items() if word not in others}


def _tells_nothing(answers: list[AnswerSpec]) -> bool:
    good = [one for one in answers if one.status.startswith("2") and one.status not in ("204", "205")]
    return bool(good) and all(
        one.media_type is None or (is_json(one.media_type) and one.schema in ({}, True)) for one in good
    )


def is_json(media_type: str) -> bool:
    """`application/json`, `application/problem+json; charset=utf-8`."""
    bare = media_type.split(";", maxsplit=1)[0].strip().lower()
    return bare == "application/json" or bare.endswith("+json")


def _by_media_type(
    document: Mapping[str, Any], content: Mapping[str, Any], at: str, report: Report
) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Media types, what they hold, and where; JSON first. One without a name, or named `json`, is JSON."""
    named = {one: one for one in map(str, content) if one.strip() and one.strip().lower() != "json"}
    for written in map(str, content):
        if written not in named:
            called = f"{written!r} is no media type" if written.strip() else "has a media type without a name"
            report(Finding("flaw", f"{at}/content", f"{called}; it is read as JSON"))
            named.setdefault(_NAMELESS, written)
    for media_type in sorted(named, key=lambda one: (not is_json(one), one)):
        here = f"{at}/content/{token(named[media_type])}"
        media = followed(document, content[named[media_type]], here)
        if not isinstance(media, Mapping):
            report(Finding("flaw", here, "is no object; any content is taken"))
        yield media_type, media if isinstance(media, Mapping) else {}, here


def _schema(holder: Mapping[str, Any], word: str, at: str, report: Report) -> Schema:
    """The schema that `holder`, at the pointer `at`, has under `word`."""
    value = holder.get(word, True)
    if isinstance(value, bool | Mapping):
        return value if word in holder else {}
    meant = type_meant(value)
    read = "any value is taken there" if meant is None else f"it is read as the type {value!r}"
    report(Finding("flaw", f"{at}/{word}", f"is no schema; {read}"))
    return meant or {}


def _words(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
