"""One route's module: its classes, its constants, its call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coinslot_codegen.document.model import JobSpec, PriceSpec, ResultSpec, RouteSpec
from coinslot_codegen.document.naming import class_name as capitalised
from coinslot_codegen.render import prose
from coinslot_codegen.render.classes import AliasView, Classes, ClassView, Parameter
from coinslot_codegen.render.imports import Imports
from coinslot_codegen.render.names import checked, unique
from coinslot_codegen.render.plan import module_of
from coinslot_codegen.render.text import code, docstring, literal, sentence
from coinslot_codegen.schemas.gather import Use
from coinslot_codegen.schemas.shape import Shape

_INDENT = 4
_DEEPER = 8
_RUNTIME = {"query": "query", "header": "headers", "cookie": "cookies"}


@dataclass(frozen=True, slots=True)
class MethodView:
    """One way to call a route."""

    name: str
    signature: str
    returns: str
    doc: str
    statement: str


@dataclass(frozen=True, slots=True)
class RouteView:
    """What a route's module is made of."""

    doc: str
    imports: Imports
    aliases: Sequence[AliasView]
    classes: Sequence[ClassView]
    constant: str
    name: str
    base: str
    call_doc: str
    methods: Sequence[MethodView]


@dataclass(frozen=True, slots=True)
class Sent:
    """The parameters of one call, and how they become arguments of the runtime."""

    parameters: Sequence[Parameter]
    positional: Sequence[str]
    arguments: Sequence[str]


@dataclass(frozen=True, slots=True)
class RouteWriter:
    """Writes route modules."""

    classes: Classes
    jobs: Sequence[JobSpec]
    results: Sequence[ResultSpec]
    result_names: Sequence[str]

    def view(self, use: Use, own: Use) -> RouteView:
        """Return the view of one route; `own` names the route's own shapes, whose prose is its own."""
        route, home = use.route, module_of(use.route)
        imports, module = Imports(), self.classes.plan.modules[home]
        views = self.classes.of(module, imports, self._docs(use))
        sent = self._sent(use, own, home, imports)
        paid = route.access == "paid"
        imports.run("Route")
        imports.run("AnswerT")
        imports.run("PaidCall" if paid else "Call")
        if paid:
            imports.run("QuoteT")
            imports.check("Dollars")
        methods = [self._call(use, sent)]
        if paid:
            methods.append(_quote(sent))
        return RouteView(
            doc=docstring(f"{sentence(f'{route.title}: {route.name}')}", prose.facts(route)),
            imports=imports,
            aliases=self.classes.choices(module),
            classes=views,
            constant=self._constant(use, home, imports),
            name=checked(capitalised(route.name), route.pointer),
            base="PaidCall[AnswerT, QuoteT]" if paid else "Call[AnswerT]",
            call_doc=docstring(_summary(route), indent=_INDENT),
            methods=methods,
        )

    def _docs(self, use: Use) -> dict[str, str]:
        return docs_of(self.classes.plan.shapes, [use])

    def _sent(self, use: Use, own: Use, home: str, imports: Imports) -> Sent:
        shapes = self.classes.plan.shapes
        taken = ["max_price", "idempotency_key", "self"] if use.route.access == "paid" else ["self"]
        found: list[Parameter] = []
        arguments: list[str] = []

        def renamed(key: str, mine: Shape, prefix: str) -> list[Parameter]:
            kept = []
            for one in self.classes.parameters(key, mine, home, imports):
                name = one.name if one.name not in taken else f"{prefix}_{one.field}"
                name = checked(unique(name, taken), use.route.pointer)
                taken.append(name)
                kept.append(Parameter(name, one.field, one.annotation, one.required, one.doc))
            found.extend(kept)
            return kept

        positional: list[str] = []
        if key := use.parameters.get("path"):
            path = renamed(key, shapes[own.parameters["path"]], "path")
            wires = [member.wire for member in shapes[key].members]
            pairs = [f"{literal(wire)}: {one.name}" for wire, one in zip(wires, path, strict=True)]
            positional = [one.name for one in path]
            arguments.append(f"path={{{', '.join(pairs)}}}")
        body = self._body(use, own, home, imports, renamed, found)
        for location, keyword in _RUNTIME.items():
            if key := use.parameters.get(location):  # type: ignore[call-overload]
                mine = shapes[own.parameters[location]]  # type: ignore[index]
                made = _made(self.classes.name(key, home, imports), renamed(key, mine, location))
                arguments.append(f"{keyword}={made}")
        return Sent(found, positional, [*arguments, *body])

    def _body(
        self,
        use: Use,
        own: Use,
        home: str,
        imports: Imports,
        renamed: Callable[[str, Shape, str], list[Parameter]],
        found: list[Parameter],
    ) -> list[str]:
        shapes = self.classes.plan.shapes
        if use.free_body:
            imports.check("Any")
            found.append(Parameter("body", "body", "Any", True, sentence(use.body_text)))
            return ["body=body"]
        if use.body is None or own.body is None:
            return []
        name = self.classes.name(use.body, home, imports)
        if shapes[use.body].whole is None:
            return [f"body={_made(name, renamed(use.body, shapes[own.body], 'body'))}"]
        one = self.classes.whole_parameter(use.body, home, imports, sentence(use.body_text))
        found.append(one)
        return [f'body={name}({one.name}).model_dump(mode="json", by_alias=True)']

    def _call(self, use: Use, sent: Sent) -> MethodView:
        route = use.route
        terms = ["max_price: Dollars | None = None", "idempotency_key: str | None = None"]
        arguments = ["ROUTE", *sent.arguments]
        told = [(one.name, one.doc) for one in sent.parameters]
        if route.access == "paid":
            arguments += ["max_price=max_price", "idempotency_key=idempotency_key"]
            told += [
                ("max_price", "The most that this call may cost, in dollars; above it nothing is signed."),
                ("idempotency_key", "Names this call: the same key never pays a second time."),
            ]
        doc = docstring(
            _summary(route),
            sentence(route.description) if route.description != route.summary else "",
            _cost(route),
            *(sentence(note) for note in route.notes),
            _section("Args", [f"{name}: {text}" if text else f"{name}: See the API's documentation." for name, text in told]),
            _section("Returns", [self._returned(use)]),
            indent=_DEEPER,
        )
        method = "_pay" if route.access == "paid" else "_send"
        return MethodView(
            "__call__",
            _signature(sent, terms if route.access == "paid" else []),
            "AnswerT",
            doc,
            f"self.{method}({', '.join(arguments)})",
        )

    def _returned(self, use: Use) -> str:
        route = use.route
        if route.job:
            result = self._result_name(route)
            made = f"an `{result}`" if result and result[0] in "AEIOU" else f"a `{result}`"
            text = f"The accepted job; its `wait()` returns {made if result else 'the result as the server sends it'}."
            if route.result_lifetime_seconds:
                text += f" The result's URLs live for about {prose.span(route.result_lifetime_seconds)}."
            return text
        what = {"json": "The answer as JSON.", "bytes": "The answer's bytes.", "nothing": "Nothing."}[use.untyped]
        said = sentence(use.answer_text)
        if use.answer:
            return f"`{self.classes.plan.names[use.answer]}`. {said}".strip()
        return f"{what} {said}".strip()

    def _result_name(self, route: RouteSpec) -> str | None:
        if route.result is None:
            return None
        return self.result_names[self.results.index(route.result)]

    def _constant(self, use: Use, home: str, imports: Imports) -> str:
        route = use.route
        parts = [literal(route.method), literal(route.path)]
        if route.access != "open":
            parts.append(f"access={literal(route.access)}")
        if use.answer:
            parts.append(f"answer={self.classes.name(use.answer, home, imports)}")
        if route.access == "paid" and (price := _price(route.price, imports)):
            parts.append(f"price={price}")
        if route.job:
            name = job_constant(self.jobs, route.job)
            imports.run(name, ".._jobs")
            parts.append(f"job={name}")
            result = self._result_name(route)
            if result:
                imports.run(result, "..results")
                parts.append(f"result={result}")
        if route.time:
            parts.append(f"typical_seconds=({prose.figure(route.time.low)}, {prose.figure(route.time.high)})")
        if route.job:
            parts.append(f"poll_seconds={prose.figure(route.poll_seconds)}")
        if route.job and route.result_lifetime_seconds:
            parts.append(f"result_lifetime_seconds={prose.figure(route.result_lifetime_seconds)}")
        return ", ".join(parts)


def docs_of(shapes: object, uses: Sequence[Use]) -> dict[str, str]:
    """Return what the outer classes of these uses are, in a sentence, by key."""
    docs: dict[str, list[str]] = {}
    kinds: dict[str, str] = {}
    for use in uses:
        where = code(f"{use.route.method} {use.route.path}")
        keys = {use.body: "Body", use.answer: "Answer"}
        for location, key in use.parameters.items():
            keys[key] = {"query": "Query", "header": "Header fields", "cookie": "Cookies"}.get(location, "")
        for key, kind in keys.items():
            if key and kind:
                kinds[key] = kind
                docs.setdefault(key, []).append(where)
    return {
        key: f"{kinds[key]} of {places[0]}" + (f" and {len(places) - 1} more routes." if len(places) > 1 else ".")
        for key, places in docs.items()
    }


def job_constant(jobs: Sequence[JobSpec], job: JobSpec) -> str:
    """Return the name of a job style's constant."""
    index = jobs.index(job)
    return "JOBS" if index == 0 else f"JOBS_{index + 1}"


def _quote(sent: Sent) -> MethodView:
    return MethodView(
        "quote",
        _signature(sent, []),
        "QuoteT",
        docstring("Ask what this call would cost. Nothing is signed or paid.", indent=_DEEPER),
        f"self._quote({', '.join(['ROUTE', *sent.arguments])})",
    )


def _signature(sent: Sent, terms: Sequence[str]) -> str:
    first = [f"{one.name}: {one.annotation}" for one in sent.parameters if one.name in sent.positional]
    keywords = [one for one in sent.parameters if one.name not in sent.positional]
    needed = [f"{one.name}: {one.annotation}" for one in keywords if one.required]
    others = [f"{one.name}: {one.annotation} | MISSING = MISSING" for one in keywords if not one.required]
    named = [*needed, *others, *terms]
    return ", ".join(["self", *first, *(["*", *named] if named else [])])


def _made(name: str, parameters: Sequence[Parameter]) -> str:
    return f"{name}({', '.join(f'{one.field}={one.name}' for one in parameters)})"


def _summary(route: RouteSpec) -> str:
    return sentence(route.summary or route.description) or f"Call {code(f'{route.method} {route.path}')}."


def _cost(route: RouteSpec) -> str:
    if route.access == "signed":
        return "Signed with the wallet's identity; nothing is paid."
    if route.access == "open":
        return ""
    cost = f"Costs {prose.price(route)}" if route.price else "Its price is not known, so a call must say `max_price`"
    time = f"; time: {prose.time(route.time)}" if route.time else ""
    return f"{cost}{time}."


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"{title}:", *(f"    {line}" for line in lines)]) if lines else ""


def _price(price: PriceSpec | None, imports: Imports) -> str | None:
    """Return the constant of a price; None where no cap can be worked out from it."""
    if price is None or (price.unit == "second" and price.seconds_field is None):
        return None
    figures = [literal(price.low)] + ([literal(price.high)] if price.high and price.high != price.low else [])
    if price.unit == "call":
        imports.run("PriceRange")
        return f"PriceRange({', '.join(figures)})"
    imports.run("PricePerSecond")
    figures.append(f"seconds_field={literal(price.seconds_field)}")
    if price.default_seconds is not None:
        figures.append(f"default_seconds={literal(price.default_seconds)}")
    return f"PricePerSecond({', '.join(figures)})"
