"""The classes of one module, ready to be placed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from coinslot_codegen.document.naming import class_name
from coinslot_codegen.models.annotation import Printer, UnknownType
from coinslot_codegen.models.read import Typed, Types
from coinslot_codegen.render import prose
from coinslot_codegen.render.imports import Imports
from coinslot_codegen.render.names import checked, free_class_name, member_names
from coinslot_codegen.render.plan import Module, Plan
from coinslot_codegen.render.text import code, docstring, literal, sentence
from coinslot_codegen.schemas.shape import Member, Shape, Unsupported, singular

_INDENT = 4


@dataclass(frozen=True, slots=True)
class FieldView:
    """One field of a class."""

    name: str
    annotation: str
    default: str
    doc: str


@dataclass(frozen=True, slots=True)
class ClassView:
    """One class."""

    name: str
    base: str
    doc: str
    is_open: bool
    fields: Sequence[FieldView]


@dataclass(frozen=True, slots=True)
class AliasView:
    """A name for a choice of constants."""

    name: str
    values: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A member of a class as a parameter of a call."""

    name: str
    field: str
    """Name of the field that it fills."""
    annotation: str
    required: bool
    doc: str
    member: Member
    """What it is on the wire."""


@dataclass(slots=True)
class Aliases:
    """The choices of one module: the same choice under the same name is there once."""

    module: Module
    views: list[AliasView] = field(default_factory=list)
    names: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict)

    def name(self, wanted: str, stem: str, values: Sequence[str]) -> str:
        """Return the alias for these constants, new or known."""
        known = self.names.get((wanted, tuple(values)))
        if known:
            return known
        name = free_class_name([wanted, f"{stem}{wanted}"], self.module.taken)
        self.module.taken[name] = None
        self.names[wanted, tuple(values)] = name
        self.views.append(AliasView(name, ", ".join(values)))
        return name


@dataclass(slots=True)
class Classes:
    """Writes the classes of all modules, and tells calls about their members."""

    plan: Plan
    types: Types
    aliases: dict[str, Aliases] = field(default_factory=dict)
    borrowed: dict[tuple[str, str], None] = field(default_factory=dict)
    """Modules, and the aliases of others that they import."""

    def of(self, module: Module, imports: Imports, docs: dict[str, str]) -> list[ClassView]:
        """Return the module's classes; `docs` says what some of them are, by key."""
        return [self._class(key, module, imports, docs.get(key, "")) for key in module.keys]

    def choices(self, module: Module) -> list[AliasView]:
        """Return the aliases that the module's classes asked for."""
        return self._aliases(module.name).views

    def parameters(self, key: str, own: Shape, home: str, imports: Imports) -> list[Parameter]:
        """Return the members of a shape as parameters of a call in module `home`.

        `own` is the route's own reading of the shape: it may differ from its equals in its prose.
        """
        shape, found = self.plan.shapes[key], []
        prose_of = {member.wire: member for member in own.members}
        for member, name, typed in zip(
            shape.members, field_names(shape), self.types.members[key], strict=True
        ):
            printer = self._printer(shape, member, home, imports, for_call=True)
            text = self._printed(printer.parameter, typed, shape, member)
            if not member.required:
                imports.run("MISSING")
            own_member = prose_of.get(member.wire, member)
            found.append(Parameter(name, name, text, member.required, prose.member(own_member), own_member))
        return found

    def whole_parameter(self, key: str, home: str, imports: Imports, doc: str) -> Parameter:
        """Return a body that is no object as the call's one parameter `body`."""
        shape = self.plan.shapes[key]
        member = Member(shape.hint, shape.whole or {}, required=True)
        printer = self._printer(shape, member, home, imports, for_call=True)
        text = self._printed(printer.parameter, self.types.members[key][0], shape, member)
        return Parameter("body", "body", text, required=True, doc=doc, member=member)

    def name(self, key: str, home: str, imports: Imports) -> str:
        """Return the name of a shape's class, imported into module `home` where it is not at home."""
        name, there = checked(self.plan.names[key], self.plan.shapes[key].pointer), self.plan.homes[key]
        if there != home:
            imports.run(name, f"{'..' if '.' in home else '.'}{there}")
        return name

    def _aliases(self, home: str) -> Aliases:
        return self.aliases.setdefault(home, Aliases(self.plan.modules[home]))

    def _class(self, key: str, module: Module, imports: Imports, doc: str) -> ClassView:
        shape = self.plan.shapes[key]
        strict = shape.role == "request"
        fields = (
            []
            if shape.whole is not None
            else self._fields(shape, module.name, imports, documented=key not in self.plan.spoken)
        )
        if shape.whole is not None:
            imports.run("RootModel")
            member = Member(shape.hint, shape.whole, required=True)
            printer = self._printer(shape, member, module.name, imports)
            base = f"RootModel[{self._printed(printer.member, self.types.members[key][0], shape, member)}]"
        else:
            base = "RequestModel" if strict else "AnswerModel"
            imports.run(base)
        if shape.open:
            imports.run("ConfigDict")
        text = docstring(doc or sentence(shape.description) or _unnamed(shape), indent=_INDENT)
        return ClassView(checked(self.plan.names[key], shape.pointer), base, text, shape.open, fields)

    def _fields(self, shape: Shape, home: str, imports: Imports, *, documented: bool) -> list[FieldView]:
        views = []
        for member, name, typed in zip(
            shape.members, field_names(shape), self.types.members[shape.key], strict=True
        ):
            printer = self._printer(shape, member, home, imports)
            text = self._printed(printer.member, typed, shape, member)
            words = [f"alias={literal(member.wire)}"] if name != member.wire else []
            words += printer.bounds(typed)
            default = ""
            if not member.required:
                text, default = _optional(text, strict=printer.strict, imports=imports)
            if words:
                imports.run("Annotated")
                imports.run("Field")
                text = f"Annotated[{text}, Field({', '.join(words)})]"
            said = prose.member(member) if documented else ""
            doc = docstring(said, indent=_INDENT) if said else ""
            views.append(FieldView(checked(name, shape.pointer), text, default, doc))
        return views

    def _printer(
        self, shape: Shape, member: Member, home: str, imports: Imports, *, for_call: bool = False
    ) -> Printer:
        there = self.plan.homes.get(shape.key, home)
        use = imports.check if for_call else imports.run

        def choices(values: Sequence[str]) -> str | None:
            if len(values) == 1 or shape.role == "address":
                return None
            aliases = self._aliases(there)
            wanted = class_name(singular(member.wire) if _is_list(member) else member.wire)
            name = aliases.name(wanted, _stem(self.plan.names[shape.key]), values)
            if there == home:
                imports.run("Literal")
                imports.run("TypeAlias")
                return name
            return name if self._borrowed(name, home, there, use) else None

        return Printer(
            self.types,
            strict=shape.role == "request",
            shape=lambda key: self.name(key, home, imports),
            choices=choices,
            use=use,
        )

    def _borrowed(self, name: str, home: str, there: str, use: Callable[..., None]) -> bool:
        """Import an alias of another module, unless its name means something else here."""
        taken = self.plan.modules[home].taken
        if (home, name) not in self.borrowed:
            if name in taken:
                return False
            taken[name] = None
            self.borrowed[home, name] = None
        use(name, f"{'..' if '.' in home else '.'}{there}")
        return True

    def _printed(self, write: Callable[[Typed], str], typed: Typed, shape: Shape, member: Member) -> str:
        try:
            return write(typed)
        except UnknownType as error:
            raise Unsupported(f"{shape.pointer}/properties/{member.wire}", f"no type for {error}") from error


def _is_list(member: Member) -> bool:
    return any(option.get("type") == "array" for option in member.value.get("anyOf", [member.value]))


def field_names(shape: Shape) -> list[str]:
    """Return the Python names of a shape's members, in their order."""
    return member_names(member.wire for member in shape.members)


def _optional(text: str, *, strict: bool, imports: Imports) -> tuple[str, str]:
    if strict:
        imports.run("MISSING")
        return with_missing(text), "MISSING"
    return (text if text in ("Any", "None") or text.endswith(" | None") else f"{text} | None"), "None"


def with_missing(text: str) -> str:
    """Return a type that may also be left out; `None` stays the last option."""
    if text.endswith(" | None"):
        return f"{text.removesuffix(' | None')} | MISSING | None"
    return f"MISSING | {text}" if text == "None" else f"{text} | MISSING"


def _stem(name: str) -> str:
    for ending in ("Request", "Answer", "Query", "Headers", "Cookies"):
        if name.endswith(ending) and name != ending:
            return name.removesuffix(ending)
    return name


def _unnamed(shape: Shape) -> str:
    return (
        f"What the document calls {code(shape.hint)}."
        if shape.component
        else f"What {code(shape.hint)} holds."
    )
