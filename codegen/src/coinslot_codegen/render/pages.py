"""A Markdown page for each route, and the index that leads to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.render import prose
from coinslot_codegen.render.classes import Parameter
from coinslot_codegen.render.environment import Templates, rendered
from coinslot_codegen.render.examples import written
from coinslot_codegen.render.readme import Called, program
from coinslot_codegen.render.text import code, markdown, sentence
from coinslot_codegen.schemas.shape import Normal, Shape, Unset, referenced

FOLDER = "docs/"
_RAISED = (
    ("PaymentRefused", "The policy said no: it costs more than it may. Nothing was signed or paid."),
    ("PaymentRejected", "The server did not take the payment. The error says what is true of the money."),
    ("PaymentOutcomeUnknown", "Nobody knows yet whether it was paid. The same call again resumes it."),
)
_OF_JOBS = (
    ("JobFailed", "The server gave up on the job. The error has its reason."),
    ("JobTimeout", "The job is not done yet; it can be waited for again."),
)
_KINDS = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One line of the table of parameters."""

    name: str
    kind: str
    default: str
    said: str


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One line of the table of errors."""

    name: str
    said: str


@dataclass(frozen=True, slots=True)
class IndexRow:
    """One line of the index."""

    call: str
    page: str
    route: str
    price: str
    time: str


@dataclass(frozen=True, slots=True)
class PageView:
    """The page of one route."""

    call: str
    title: str
    route: str
    price: str
    time: str
    polled: str
    """How often its job is asked for; empty: it starts none."""
    summary: str
    description: str
    notes: Sequence[str]
    parameters: Sequence[ParameterRow]
    returned: str
    example: str
    errors: Sequence[ErrorRow]


def pages(
    api: Api,
    calls: Sequence[Called],
    shapes: Mapping[str, Shape],
    templates: Templates,
    *,
    package: str,
    client: str,
) -> dict[str, str]:
    """Return the text of each page by its path below the distribution."""
    found = {}
    for one in calls:
        example = program(one, shapes, package=package, client=client)
        view = _page(one, shapes, example)
        found[f"{FOLDER}{one.route.group}/{one.route.name}.md"] = rendered(
            templates, "page.md", {"page": view}
        )
    rows = [_row(one) for one in calls]
    found[f"{FOLDER}index.md"] = rendered(
        templates,
        "index.md",
        {
            "title": markdown(api.title) or package,
            "description": markdown(sentence(api.description)),
            "package": package,
            "rows": rows,
        },
    )
    return found


def _row(one: Called) -> IndexRow:
    route = one.route
    return IndexRow(
        one.call,
        f"{route.group}/{route.name}.md",
        _spelled(route),
        markdown(prose.price(route)),
        _time(route),
    )


def _page(one: Called, shapes: Mapping[str, Shape], example: str) -> PageView:
    route = one.route
    summary, description = prose.told(route)
    return PageView(
        call=one.call,
        title=markdown(f"{route.title}: {prose.words_of(route.name)}"),
        route=_spelled(route),
        price=markdown(prose.price(route)),
        time=_time(route),
        polled=f"every {prose.span(route.poll_seconds)}" if route.job else "",
        summary=markdown(summary),
        description=markdown(description),
        notes=[markdown(sentence(note)) for note in route.notes],
        parameters=[_parameter(parameter, shapes) for parameter in one.parameters],
        returned=one.returned,
        example=example,
        errors=[*_errors(route)],
    )


def _spelled(route: RouteSpec) -> str:
    return code(f"{route.method} {route.path}").strip("`").replace("|", "\\|")


def _time(route: RouteSpec) -> str:
    return markdown(prose.time(route.time)) if route.time else "–"


def _parameter(one: Parameter, shapes: Mapping[str, Shape]) -> ParameterRow:
    default = one.member.default
    shown = "–" if isinstance(default, Unset) or default is None else _cell(code(written(default)))
    said = prose.member(one.member, defaults=False) or one.doc
    return ParameterRow(
        one.name,
        _cell(kind(one.member.value, shapes)),
        "needed" if one.required else shown,
        markdown(said),
    )


def kind(value: Normal, shapes: Mapping[str, Shape], depth: int = 0) -> str:
    """Return what a value is, in words and in Markdown."""
    if value.get("enum"):
        return ", ".join(code(written(one)) for one in value["enum"])
    if value.get("anyOf"):
        return " or ".join(dict.fromkeys(kind(one, shapes, depth) for one in value["anyOf"]))
    key = referenced(value)
    if key is not None:
        return "object" if depth else _object(shapes[key], shapes)
    match value.get("type"):
        case "string" if value.get("format") == "binary":
            return "file or bytes"
        case "string" if "format" in value:
            return "address, path or file"
        case "array":
            inner = value.get("items", {})
            return f"list of {kind(inner, shapes, depth)}" if inner else "list"
        case "object":
            inner = value.get("additionalProperties")
            return f"map to {kind(inner, shapes, depth)}" if inner else "object"
        case "null":
            return code("None")
        case known:
            return _KINDS.get(str(known), "any JSON")


def _object(shape: Shape, shapes: Mapping[str, Shape]) -> str:
    if shape.whole is not None:
        return kind(shape.whole, shapes, 1)
    members = [f"{code(one.wire)}{'' if one.required else ' (optional)'}" for one in shape.members]
    return f"object with {', '.join(members)}" if members else "object"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _errors(route: RouteSpec) -> Iterator[ErrorRow]:
    own = [*(_RAISED if route.access == "paid" else ()), *(_OF_JOBS if route.job else ())]
    yield from (ErrorRow(f"`{name}`", said) for name, said in own)
    for answer in route.answers:
        # A challenge is answered by the client.
        if answer.status[:1] in "45" and not (route.access == "paid" and answer.status == "402"):
            yield ErrorRow(code(answer.status), markdown(sentence(answer.description)) or "–")
