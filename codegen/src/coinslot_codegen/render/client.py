"""The root client and its groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.document.naming import class_name
from coinslot_codegen.render import prose
from coinslot_codegen.render.imports import Imports
from coinslot_codegen.render.names import checked, free_class_name
from coinslot_codegen.render.plan import IMPORTED_TO_STREAM, module_of
from coinslot_codegen.render.route import RouteWriter
from coinslot_codegen.render.text import code, docstring, one_line, sentence
from coinslot_codegen.schemas.gather import Use

_INDENT = 4
_DEEPER = 8
_IMPORTED = (
    "Any", "AsyncClient", "AsyncJob", "AsyncUploadGroup", "Awaitable", "Client", "Group", "Job", "Mapping",
    "Quote", "STEPS", "UploadGroup",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CallView:
    """One call of a group."""

    name: str
    class_name: str
    returns: str
    awaits: str
    doc: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """One group, both faces."""

    name: str
    class_name: str
    doc: str
    async_doc: str
    uploads: bool
    imports: Imports
    calls: Sequence[CallView]
    said: str
    """Documentation of the property that leads here."""
    module_doc: str


@dataclass(frozen=True, slots=True)
class ClientView:
    """The root client, both faces."""

    name: str
    doc: str
    async_doc: str
    origin: str | None
    jobs: bool
    """Whether any route starts a job."""
    runtime: str
    """Series of the runtime that it is written for, as source."""
    groups: Sequence[GroupView]
    upload_steps: str | None = field(default=None, kw_only=True)
    """The module that says how files are uploaded, as source."""
    security: bool = False
    """Whether any route wants to be shown a key or a token."""


def groups(
    uses: Sequence[Use], writer: RouteWriter, uploading: str | None, reserved: Sequence[str]
) -> list[GroupView]:
    """Return the views of all groups; `uploading` is the one that is itself callable with a file."""
    names: dict[str, list[Use]] = {}
    for use in uses:
        names.setdefault(use.route.group, []).append(use)
    streaming = IMPORTED_TO_STREAM if any(use.streams or use.untyped == "events" for use in uses) else ()
    taken: list[str] = [*_IMPORTED, *streaming, *reserved]
    views = []
    for name, members in names.items():
        views.append(_group(name, members, writer, taken, uploads=name == uploading))
        taken += [views[-1].class_name, f"Async{views[-1].class_name}"]
    return views


def client_doc(api: Api, name: str, *, waits: bool) -> str:
    """Return the docstring of the root client."""
    title = f"The {'asynchronous ' if waits else ''}client of {one_line(api.title) or name}."
    if waits:
        return docstring(title, f"The same calls as `{name}`, to be awaited.", indent=_INDENT)
    advice = [
        f"For {prose.in_sentence(one.purpose)}: {code(one.target)}. {sentence(one.reason)}"
        for one in api.recommendations
    ]
    return docstring(title, sentence(api.description), *advice, indent=_INDENT)


def _group(
    name: str, uses: Sequence[Use], writer: RouteWriter, taken: Sequence[str], *, uploads: bool
) -> GroupView:
    imports = Imports()
    own = [writer.classes.plan.calls[module_of(use.route)] for use in uses]
    known = [*taken, *own, *_imported_types(uses, writer)]
    # What is taken behind `Async` is so because of the other face, which has that name.
    known += [one.removeprefix("Async") for one in known if one.startswith("Async")]
    title = free_class_name([class_name(name), f"{class_name(name)}Calls"], known)
    imports.run("cached_property", "functools")
    imports.run("AsyncUploadGroup" if uploads else "Group")
    imports.run("UploadGroup" if uploads else "Group")
    imports.check("Awaitable")
    if uploads:
        imports.run("STEPS", "._steps")
    calls = [_call(use, writer, imports) for use in uses]
    first = uses[0].route
    said = sentence(f"{first.title}: {', '.join(use.route.name for use in uses)}")
    return GroupView(
        checked(name, first.pointer),
        checked(title, first.pointer),
        docstring(f"Calls of {one_line(first.title)}.", indent=_INDENT),
        docstring(f"Calls of {one_line(first.title)}, to be awaited.", indent=_INDENT),
        uploads,
        imports,
        calls,
        docstring(said, indent=_DEEPER),
        docstring(f"Calls of {one_line(first.title)}."),
    )


def _imported_types(uses: Sequence[Use], writer: RouteWriter) -> list[str]:
    names = writer.classes.plan.names
    shown = [key for use in uses for key in (use.answer, use.events) if key]
    return [names[key] for key in shown] + list(writer.result_names)


def _call(use: Use, writer: RouteWriter, imports: Imports) -> CallView:
    route = use.route
    name = checked(route.name, route.pointer)
    title = checked(writer.classes.plan.calls[module_of(route)], route.pointer)
    imports.check(title, f".{name}")
    if route.job:
        result = _result(route, writer, imports)
        imports.check("Job")
        imports.check("AsyncJob")
        plain, waiting = f"Job[{result}]", f"AsyncJob[{result}]"
    else:
        plain, waiting = _answers(use, writer, imports)
    given = [(plain, waiting)]
    if route.access == "paid":
        imports.check("Quote")
        given.append(("Quote", "Quote"))
    if use.streams:
        given.append(_events(use, writer, imports))
    returns = f"{title}[{', '.join(one for one, _ in given)}]"
    awaits = f"{title}[{', '.join(f'Awaitable[{one}]' for _, one in given)}]"
    summary = prose.told(route)[0] or sentence(f"{route.title}: {route.name}")
    return CallView(name, title, returns, awaits, docstring(summary, prose.facts(route), indent=_DEEPER))


def _result(route: RouteSpec, writer: RouteWriter, imports: Imports) -> str:
    name = writer.result_name(route)
    if name is None:
        imports.check("Any")
        imports.check("Mapping")
        return "Mapping[str, Any]"
    imports.check(name, "..results")
    return name


def _events(use: Use, writer: RouteWriter, imports: Imports) -> tuple[str, str]:
    imports.check("Events")
    imports.check("AsyncEvents")
    data = f"[{_shape(use.events, writer, imports)}]" if use.events else ""
    return f"Events{data}", f"AsyncEvents{data}"


def _answers(use: Use, writer: RouteWriter, imports: Imports) -> tuple[str, str]:
    """Return the types of an answer that is returned, and of one that is awaited."""
    if use.untyped == "events" and not use.answer:
        return _events(use, writer, imports)
    name = _answer(use, writer, imports)
    return name, name


def _answer(use: Use, writer: RouteWriter, imports: Imports) -> str:
    if use.answer:
        return _shape(use.answer, writer, imports)
    if use.untyped == "json":
        imports.check("Any")
    return {"json": "Any", "text": "str", "bytes": "bytes", "nothing": "None"}[use.untyped]


def _shape(key: str, writer: RouteWriter, imports: Imports) -> str:
    """Return the name of a class of the document, and import it."""
    name, home = writer.classes.plan.names[key], writer.classes.plan.homes[key]
    imports.check(name, f"..{home}" if "." not in home else f".{home.split('.')[1]}")
    return name
