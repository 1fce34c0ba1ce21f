"""One route's module: its classes, its constants, its call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from coinslot_codegen.document.model import JobSpec, MediaSpec, PriceSpec, ResultSpec, RouteSpec
from coinslot_codegen.render import prose
from coinslot_codegen.render.arguments import Arguments
from coinslot_codegen.render.classes import AliasView, Classes, ClassView, Parameter
from coinslot_codegen.render.imports import Imports
from coinslot_codegen.render.names import checked
from coinslot_codegen.render.plan import module_of
from coinslot_codegen.render.security import shown, wants
from coinslot_codegen.render.styles import job_constant
from coinslot_codegen.render.text import code, docstring, literal, sentence
from coinslot_codegen.schemas.gather import Use

_INDENT = 4
_DEEPER = 8
_TERMS = ("max_price: Dollars | None = None", "idempotency_key: str | None = None")
_TERMS_TOLD = (
    "max_price: The most that this call may cost, in dollars; above it nothing is signed.",
    "idempotency_key: Names this call: the same key never pays a second time.",
)
_UNSHOWN = "CredentialMissing: What it needs was not given to the client; nothing was sent."
_RAISED = "PaymentError: It was not paid, or nobody knows yet; the error says what is true of the money."
_CUT = "StreamCut: The events broke off; the error says which came, and what is true of the money."
_UNTYPED = {
    "json": "The answer's JSON as it comes.",
    "text": "The answer's text.",
    "bytes": "The answer's bytes.",
    "events": "The events as they come: take them in a `with` block, or read them to their end.",
    "nothing": "Nothing.",
}


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
    parameters: Sequence[Parameter]
    """What the call takes, in its order, without the terms of payment."""
    returned: str
    """What it returns, in a sentence."""


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
        # The call comes first: what it imports under a name is then not taken by a class's choices.
        sent = Arguments(use, own, self.classes, imports).gather()
        views = self.classes.of(module, imports, docs_of([use]))
        paid = route.access == "paid"
        base = _base(use)
        for name in ("Route", *re.findall(r"\w+", base)):
            imports.run(name)
        if paid:
            imports.check("Dollars")
        return RouteView(
            doc=docstring(sentence(f"{route.title}: {route.name}"), prose.facts(route)),
            imports=imports,
            aliases=self.classes.choices(module),
            classes=views,
            constant=self._constant(use, home, imports),
            name=checked(self.classes.plan.calls[home], route.pointer),
            base=base,
            call_doc=docstring(_summary(route), indent=_INDENT),
            methods=[
                self._call(use, sent),
                *(
                    [self._stream(use, Arguments(use, own, self.classes, imports, streamed=True).gather())]
                    if use.streams
                    else []
                ),
                *([_quote(sent)] if paid else []),
            ],
            parameters=sent.parameters,
            returned=self._returned(use),
        )

    def result_name(self, route: RouteSpec) -> str | None:
        """Return the name of the class that the job's result is read into; None: a raw mapping."""
        return None if route.result is None else self.result_names[self.results.index(route.result)]

    def _call(self, use: Use, sent: Arguments) -> MethodView:
        route, paid = use.route, use.route.access == "paid"
        told = [f"{one.name}: {one.doc or prose.undescribed(one.member.value)}" for one in sent.parameters]
        doc = docstring(
            _summary(route),
            prose.told(route)[1],
            prose.cost(route),
            sentence(wants(route)),
            *(sentence(note) for note in route.notes),
            _section("Args", [*told, *(_TERMS_TOLD if paid else ())]),
            _section("Returns", [self._returned(use)]),
            _section("Raises", _raised(use, streams=use.untyped == "events")),
            indent=_DEEPER,
        )
        sends = _statement("_pay" if paid else "_send", route, sent)
        return MethodView("__call__", sent.signature(_TERMS if paid else ()), "AnswerT", doc, sends)

    def _stream(self, use: Use, sent: Arguments) -> MethodView:
        doc = docstring(
            "Make the same call, and get its answer as events while it is made.",
            prose.cost(use.route),
            _section("Returns", [self._events_returned(use)]),
            _section("Raises", _raised(use, streams=True)),
            indent=_DEEPER,
        )
        terms = _TERMS if use.route.access == "paid" else ()
        return MethodView(
            "stream", sent.signature(terms), "EventsT", doc, _statement("_stream", use.route, sent)
        )

    def _returned(self, use: Use) -> str:
        if use.route.job:
            return self._job_returned(use.route)
        name = self.classes.plan.names[use.answer] if use.answer else None
        what = f"`{name}`." if name else _UNTYPED[use.untyped]
        what = self._events_returned(use) if use.untyped == "events" else what
        also = "`stream` returns it as events, while it is made." if use.streams else ""
        return " ".join(part for part in (what, sentence(use.answer_text), also) if part)

    def _events_returned(self, use: Use) -> str:
        data = f" Their data are `{self.classes.plan.names[use.events]}`, or text." if use.events else ""
        return f"{_UNTYPED['events']}{data}"

    def _job_returned(self, route: RouteSpec) -> str:
        name = self.result_name(route)
        result = f"{'an' if name[0] in 'AEIOU' else 'a'} `{name}`" if name else "the result as it was sent"
        text = f"The accepted job; its `wait()` returns {result}."
        if route.result_lifetime_seconds:
            text += f" The result's URLs live for about {prose.span(route.result_lifetime_seconds)}."
        return text

    def _constant(self, use: Use, home: str, imports: Imports) -> str:
        route = use.route
        words: dict[str, str | None] = {}
        if route.access != "open":
            words["access"] = literal(route.access)
        words["security"] = shown(route)
        for word, key in (("answer", use.answer), ("events", use.events)):
            words[word] = self.classes.name(key, home, imports) if key else None
        words |= _on_the_wire(use)
        if route.media:
            pairs = [f"{literal('.'.join(one.path))}: {_kinds(one)}" for one in route.media]
            words["media"] = f"{{{', '.join(pairs)}}}"
        if route.access == "paid":
            words["price"] = _price(route.price, imports)
        if route.job:
            style, result = job_constant(self.jobs, route.job), self.result_name(route)
            words |= {"job": style, "result": result}
            imports.run(style, ".._jobs")
            if result:
                imports.run(result, "..results")
        if route.time and route.time.high is not None:
            low, high = prose.figure(route.time.low), prose.figure(route.time.high)
            words["typical_seconds"] = f"({low}, {high})"
        if route.job:
            words["poll_seconds"] = prose.figure(route.poll_seconds)
            if route.result_lifetime_seconds:
                words["result_lifetime_seconds"] = prose.figure(route.result_lifetime_seconds)
        named = [f"{word}={value}" for word, value in words.items() if value]
        return ", ".join([literal(route.method), literal(route.path), *named])


def _on_the_wire(use: Use) -> dict[str, str]:
    """Return what is not sent or given as JSON, as the route's constants."""
    words = {}
    if use.sends:
        words["sends"] = literal(use.sends)
    if use.gives:
        words["gives"] = literal(use.gives)
    styles = [f"{literal(one.name)}: {literal(one.style)}" for one in use.route.parameters if one.style]
    if styles:
        words["styles"] = f"{{{', '.join(styles)}}}"
    return words


def _kinds(media: MediaSpec) -> str:
    kinds = [literal(kind) for kind in media.kinds]
    return f"({kinds[0]},)" if len(kinds) == 1 else f"({', '.join(kinds)})"


def docs_of(uses: Sequence[Use]) -> dict[str, str]:
    """Return what the outer classes of these uses are, in a sentence, by key."""
    places: dict[str, list[str]] = {}
    kinds: dict[str, str] = {}
    titles = {"query": "Query", "header": "Header fields", "cookie": "Cookies"}
    for use in uses:
        named = [("Body", use.body), ("Data of an event", use.events), ("Answer", use.answer)]
        named += [(titles[where], key) for where, key in use.parameters.items() if where in titles]
        for kind, key in named:
            if key:
                kinds[key] = kind
                places.setdefault(key, []).append(code(f"{use.route.method} {use.route.path}"))
    return {key: f"{kinds[key]} of {found[0]}{_others(len(found) - 1)}" for key, found in places.items()}


def _others(count: int) -> str:
    if count == 0:
        return "."
    return " and of one other route." if count == 1 else f" and of {count} other routes."


def _base(use: Use) -> str:
    paid = use.route.access == "paid"
    if use.streams:
        return "PaidStreamingCall[AnswerT, QuoteT, EventsT]" if paid else "StreamingCall[AnswerT, EventsT]"
    return "PaidCall[AnswerT, QuoteT]" if paid else "Call[AnswerT]"


def _statement(method: str, route: RouteSpec, sent: Arguments) -> str:
    terms = ["max_price=max_price", "idempotency_key=idempotency_key"] if route.access == "paid" else []
    return f"self.{method}({', '.join(['ROUTE', *sent.arguments, *terms])})"


def _quote(sent: Arguments) -> MethodView:
    doc = docstring("Ask what this call would cost. Nothing is signed or paid.", indent=_DEEPER)
    statement = f"self._quote({', '.join(['ROUTE', *sent.arguments])})"
    return MethodView("quote", sent.signature(), "QuoteT", doc, statement)


def _summary(route: RouteSpec) -> str:
    return prose.told(route)[0] or f"Call {code(f'{route.method} {route.path}')}."


def _raised(use: Use, *, streams: bool) -> list[str]:
    route = use.route
    needs = bool(route.shown) and () not in route.shown
    cut = [_CUT] if streams else []
    return [*([_UNSHOWN] if needs else []), *([_RAISED] if route.access == "paid" else []), *cut]


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
