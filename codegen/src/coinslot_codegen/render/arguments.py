"""The parameters of one call, and how they become arguments of the runtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coinslot_codegen.render.classes import Classes, Parameter, with_missing
from coinslot_codegen.render.imports import Imports
from coinslot_codegen.render.names import OF_CALLS, checked, unique
from coinslot_codegen.render.plan import module_of
from coinslot_codegen.render.text import literal, sentence
from coinslot_codegen.schemas.gather import Location, Use, is_json
from coinslot_codegen.schemas.shape import Member

_MODELS: Sequence[tuple[Location, str]] = (("query", "query"), ("header", "headers"), ("cookie", "cookies"))


@dataclass(slots=True)
class Arguments:
    """What a call takes, in the order in which it is asked for: path, body, query, headers, cookies."""

    use: Use
    own: Use
    """The same with the route's own shapes, whose prose is its own."""
    classes: Classes
    imports: Imports
    streamed: bool = False
    """Whether the answer is asked for as an event stream."""
    parameters: list[Parameter] = field(default_factory=list)
    positional: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    """Keyword arguments of the runtime, as source."""

    def gather(self) -> Arguments:
        """Read all parameters of the route."""
        self._path()
        self._body()
        self._models()
        return self

    def signature(self, terms: Sequence[str] = ()) -> str:
        """Return the parameters as source; `terms` are those of every paid call."""
        first = [f"{one.name}: {one.annotation}" for one in self.parameters if one.name in self.positional]
        keywords = [one for one in self.parameters if one.name not in self.positional]
        needed = [f"{one.name}: {one.annotation}" for one in keywords if one.required]
        others = [
            f"{one.name}: {with_missing(one.annotation)} = MISSING" for one in keywords if not one.required
        ]
        named = [*needed, *others, *terms]
        return ", ".join(["self", *first, *(["*", *named] if named else [])])

    def _path(self) -> None:
        key = self.use.parameters.get("path")
        if key is None:
            return
        found = self._take(key, self.own.parameters["path"], "path")
        wires = [member.wire for member in self.classes.plan.shapes[key].members]
        pairs = [f"{literal(wire)}: {one.name}" for wire, one in zip(wires, found, strict=True)]
        self.positional += [one.name for one in found]
        self.arguments.append(f"path={{{', '.join(pairs)}}}")

    def _body(self) -> None:
        if self.use.free_body:
            self.imports.check("Any")
            doc = sentence(self.use.body_text)
            whole = Member("body", {}, required=True)
            self.parameters.append(Parameter("body", "body", "Any", required=True, doc=doc, member=whole))
            self.arguments.append("body=body")
        if self.use.raw_body:
            kind = {"text": "str", "bytes": "bytes"}[self.use.raw_body]
            doc = sentence(self.use.body_text) or sentence(f"The content, {self.use.sends}")
            value = {"type": "string", **({"format": "binary"} if kind == "bytes" else {})}
            whole = Member("body", value, required=True)
            self.parameters.append(Parameter("body", "body", kind, required=True, doc=doc, member=whole))
            self.arguments.append("body=body")
        if self.use.body is None or self.own.body is None:
            return
        name = self._class(self.use.body)
        if self.classes.plan.shapes[self.use.body].whole is None:
            found = self._take(self.use.body, self.own.body, "body")
            self.arguments.append(f"body={self._made(name, found)}")
            return
        doc = sentence(self.use.body_text)
        one = self.classes.whole_parameter(self.use.body, self._home, self.imports, doc)
        self.parameters.append(one)
        # Files must arrive as they are where a body has them; elsewhere all is JSON.
        given = (
            "root"
            if self.use.sends and not is_json(self.use.sends)
            else 'model_dump(mode="json", by_alias=True)'
        )
        self.arguments.append(f"body={name}({one.name}).{given}")

    def _models(self) -> None:
        for location, keyword in _MODELS:
            key = self.use.parameters.get(location)
            if key is not None:
                found = self._take(key, self.own.parameters[location], location)
                self.arguments.append(f"{keyword}={self._made(self._class(key), found)}")

    def _take(self, key: str, own: str, prefix: str) -> list[Parameter]:
        """Add a shape's members as parameters; names that are taken get the location in front."""
        shape = self.classes.plan.shapes[own]
        kept = []
        for one in self.classes.parameters(key, shape, self._home, self.imports):
            if self._is_switch(one, prefix):
                kept.append(one)
                continue
            taken = [*OF_CALLS, *(known.name for known in self.parameters)]
            wanted = f"{prefix}_{one.field}" if one.name in taken else one.name
            name = checked(unique(wanted, taken), self.use.route.pointer)
            kept.append(replace(one, name=name))
            self.parameters.append(kept[-1])
        return kept

    def _is_switch(self, one: Parameter, prefix: str) -> bool:
        # Each of the two calls knows what it has to say there.
        return one.member.wire == self.use.switch and prefix in ("body", "query")

    def _made(self, name: str, parameters: Sequence[Parameter]) -> str:
        values = [
            f"{one.field}={one.name if one in self.parameters else self.streamed}" for one in parameters
        ]
        return f"{name}({', '.join(values)})"

    def _class(self, key: str) -> str:
        return self.classes.name(key, self._home, self.imports)

    @property
    def _home(self) -> str:
        return module_of(self.use.route)
