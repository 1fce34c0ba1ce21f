"""Deciding which class stands in which module, and under which name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from coinslot_codegen.document.model import RouteSpec
from coinslot_codegen.document.naming import class_name
from coinslot_codegen.render.names import free_class_name
from coinslot_codegen.schemas.equal import first_equals, pointed
from coinslot_codegen.schemas.gather import Gathered, Use, pointed_use
from coinslot_codegen.schemas.shape import Shape

SHARED = "_models"

IMPORTED = (
    "Annotated", "AnswerModel", "AnswerT", "Any", "AsyncClient", "AsyncJob", "AsyncUploadGroup", "Awaitable",
    "Call", "Client", "ConfigDict", "Dollars", "Field", "File", "Group", "Job", "Literal", "Mapping",
    "MediaUrl", "PaidCall", "PricePerSecond", "PriceRange", "Quote", "QuoteT", "RequestModel", "Result",
    "RootModel", "Route", "Sequence", "TypeAlias", "UploadGroup",
)  # fmt: skip
"""Names that generated modules import; no class of the document takes one of them."""
IMPORTED_TO_STREAM = ("AsyncEvents", "Events", "EventsT", "PaidStreamingCall", "StreamingCall")
"""Names that are imported beside these where answers are event streams."""


@dataclass(slots=True)
class Module:
    """The classes of one module, inner ones first."""

    name: str
    """Below the package, as in `paint_pro.edit`."""
    keys: list[str] = field(default_factory=list)
    taken: dict[str, None] = field(default_factory=dict)
    """Names that mean something in it already."""


@dataclass(slots=True)
class Plan:
    """Where everything goes."""

    uses: list[Use]
    """Of the routes, with each shape led to the first of its equals."""
    own: list[Use]
    """As `uses`, with each route's own shapes: equal ones differ in prose and defaults."""
    shapes: Mapping[str, Shape]
    """All that were read, references led to the first of equals."""
    firsts: list[str]
    spoken: list[str]
    """Shapes whose members are parameters of a call, and explained there."""
    calls: dict[str, str] = field(default_factory=dict)
    """Name of each call's class, by module."""
    homes: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    modules: dict[str, Module] = field(default_factory=dict)


def module_of(route: RouteSpec) -> str:
    """Return the name of a route's module below the package."""
    return f"{route.group}.{route.name}"


def plan(gathered: Gathered, reserved: Iterable[str]) -> Plan:
    """Give every class its home and its name; `reserved` are names of the package's own classes."""
    firsts = first_equals(gathered.shapes)
    shapes = {key: _pointed(shape, firsts) for key, shape in gathered.shapes.items()}
    planned = Plan(
        uses=[pointed_use(use, firsts) for use in gathered.uses],
        own=gathered.uses,
        shapes=shapes,
        firsts=list(dict.fromkeys(firsts.values())),
        spoken=[firsts[key] for use in gathered.uses for key in (use.body, *use.parameters.values()) if key],
    )
    gathered = replace(gathered, shapes=shapes)
    streaming = IMPORTED_TO_STREAM if gathered.streams else ()
    shared = planned.modules.setdefault(
        SHARED, Module(SHARED, taken=dict.fromkeys([*IMPORTED, *streaming, *reserved]))
    )
    for key in _shared(gathered, planned.uses):
        _place(planned, shared, key, _shared_names(planned, key))
    for use in planned.uses:
        stem = class_name(use.route.name)
        call = free_class_name([stem, f"{stem}Call"], shared.taken)
        home = Module(module_of(use.route), taken={**shared.taken, call: None})
        planned.calls[home.name] = call
        planned.modules[home.name] = home
        for root in _roots(use):
            for key in gathered.below(root, planned.homes):
                _place(planned, home, key, _local_names(planned, key, use, root))
    return planned


def _shared(gathered: Gathered, uses: Sequence[Use]) -> list[str]:
    """Return the shapes that several routes reach; each stands behind those that it is made of."""
    first: dict[str, int] = {}
    shared: dict[str, None] = {}
    for number, use in enumerate(uses):
        for root in _roots(use):
            # What a shared shape is made of is shared, so that nobody need go there again.
            for key in gathered.below(root, shared):
                if first.setdefault(key, number) != number:
                    shared[key] = None
    return [key for key in first if key in shared]


def _roots(use: Use) -> list[str]:
    keys = [use.body, *(key for place, key in use.parameters.items() if place != "path")]
    keys += [use.answer, use.events]
    return list(dict.fromkeys(key for key in keys if key is not None))


def _place(planned: Plan, module: Module, key: str, candidates: Iterable[str]) -> None:
    name = free_class_name(candidates, module.taken)
    module.keys.append(key)
    module.taken[name] = None
    planned.homes[key] = module.name
    planned.names[key] = name


def _pointed(shape: Shape, firsts: Mapping[str, str]) -> Shape:
    members = [replace(member, value=pointed(member.value, firsts)) for member in shape.members]
    whole = None if shape.whole is None else pointed(shape.whole, firsts)
    return replace(shape, members=members, whole=whole)


def _shared_names(planned: Plan, key: str) -> list[str]:
    shape = planned.shapes[key]
    users = [use for use in planned.uses if key in _roots(use)]
    if any(use.route.job for use in users if use.answer == key):
        return ["AcceptedJob"]
    styles = [use.route.job for use in planned.uses if use.route.job]
    if any(_is_status_of(use.route, style.status_path) for use in users for style in styles[:1]):
        return ["JobStatus"]
    hint = class_name(shape.hint)
    if shape.component or not users:
        return [hint, f"{hint}{_suffix(shape)}"]
    common = _common([use.route.group.split("_") for use in users])
    names = list(dict.fromkeys(use.route.name for use in users))
    stem = " ".join([*common, *(names if len(names) == 1 else [])])
    return [f"{class_name(stem)}{_ending(planned, key, users[0])}" if stem else hint]


def _is_status_of(route: RouteSpec, path: str) -> bool:
    return route.method == "GET" and route.path == path


def _common(lists: list[list[str]]) -> list[str]:
    common = []
    for column in zip(*lists, strict=False):
        if len(set(column)) > 1:
            break
        common.append(column[0])
    return common


def _local_names(planned: Plan, key: str, use: Use, root: str) -> list[str]:
    shape = planned.shapes[key]
    stem = class_name(use.route.name)
    if key in _roots(use):
        if use.route.job and key == use.answer:
            return ["AcceptedJob", f"{stem}Answer"]
        return [f"{stem}{_ending(planned, key, use)}"]
    hint, held = class_name(shape.hint), planned.shapes[root].whole
    if held is not None and hint == f"{stem}{_ending(planned, root, use)}":
        # It has no words of its own, only those of the list or choice that it stands in.
        return [f"{hint}{'Option' if 'anyOf' in held else 'Item'}"]
    return [hint, f"{stem}{hint}", f"{stem}{hint}{_suffix(planned.shapes[root])}"]


def _ending(planned: Plan, key: str, use: Use) -> str:
    if key == use.body:
        return "Request"
    if key == use.events and key != use.answer:
        return "Event"
    for location, ending in (("query", "Query"), ("header", "Headers"), ("cookie", "Cookies")):
        if use.parameters.get(location) == key:  # type: ignore[call-overload]
            return ending
    return _suffix(planned.shapes[key])


def _suffix(shape: Shape) -> str:
    return "Request" if shape.role == "request" else "Answer"
