"""The options of one command: what a person may write, from the members that a call takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from coinslot_codegen.document.paths import parameters as path_parameters
from coinslot_codegen.render import prose
from coinslot_codegen.render.classes import Parameter
from coinslot_codegen.render.kinds import RUNTIME, items_of, kind_of, without_null
from coinslot_codegen.render.readme import Called
from coinslot_codegen.render.text import literal, spoken, terminal
from coinslot_codegen.schemas.shape import UNSET, Member, singular

OF_EVERY_CALL = (
    "base-url", "confirm-above", "help", "idempotency-key", "json", "max-price", "metadata", "no-preview",
    "no-wait", "output", "pay-with", "preview", "timeout", "yes",
)  # fmt: skip
"""Options that the runtime gives to every call; a member of that name gets `api-` in front."""
MAIN = "prompt"
"""What a call's main text is called, where it needs several."""
_RANGES = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")
_TOO_LONG = 30
"""Characters of a default that help shows at most."""


@dataclass(slots=True)
class Options:
    """The decorators of one command, as source."""

    called: Called
    decorators: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    """Lines about arguments, which have no help of their own."""
    used: set[str] = field(default_factory=set)
    """Names of the runtime."""
    taken: list[str] = field(default_factory=lambda: list(OF_EVERY_CALL))

    def gather(self) -> Options:
        """Write arguments as they are typed, then options: needed ones first."""
        placed = self._placed()
        for one in placed:
            self._argument(one)
        written = [(one.required, self._option(one)) for one in self.called.parameters if one not in placed]
        for needed in (True, False):
            self.decorators += [text for required, text in written if required is needed]
        return self

    def _placed(self) -> list[Parameter]:
        """Return what is told by its place: the path's values, then a whole body or the main text."""
        given, wires = self.called.parameters, path_parameters(self.called.route.path)
        path, others = list(given[: len(wires)]), given[len(wires) :]
        whole = [one for one in others if one.name == "body" and len(others) == 1]
        texts = [one for one in others if _is_free_text(one.member)]
        needed = [one for one in texts if one.required]
        named = [one for one in texts if one.member.wire == MAIN]
        return [*path, *(whole or named or (needed if len(needed) == 1 else []))]

    def _argument(self, one: Parameter) -> None:
        value, _ = without_null(one.member.value)
        kind = "Content()" if one.annotation == "bytes" else kind_of(value)
        shown = one.name.strip("_").upper()
        words = [literal(one.name), *([f"metavar={literal(shown)}"] if shown != one.name.upper() else [])]
        words.append(f"type={self._known(kind or 'TEXT')}")
        if not one.required:
            words.append("required=False")
        self.decorators.append(f"click.argument({', '.join(words)})")
        said = prose.member(replace(one.member, default=UNSET))
        if said:
            self.told.append(f"{shown}: {terminal(said)}")

    def _option(self, one: Parameter) -> str:
        value, nullable = without_null(one.member.value)
        name, items = self._name(one), items_of(value)
        if value.get("type") == "boolean" and f"no-{name}" not in self.taken:
            names, words = [self._flag(name)], ["default=None"]
        elif items is not None:
            names, words = [f"--{name}", *self._singular(one)], [*self._typed(items), "multiple=True"]
        else:
            names, words = [f"--{name}"], self._typed(value)
        if name.replace("-", "_") != one.name or len(names) > 1:
            names.append(one.name)
        if one.required and not nullable:
            words.append("required=True")
        said = terminal(prose.member(replace(one.member, value=_unbounded(value), default=UNSET)))
        told = "  ".join(filter(None, [said, _default(one.member)]))
        if told:
            words.append(spoken(told, "help"))
        return f"click.option({', '.join([*(literal(text) for text in names), *words])})"

    def _typed(self, value: Mapping[str, Any]) -> list[str]:
        kind = kind_of(value)
        return [f"type={self._known(kind)}"] if kind else []

    def _known(self, kind: str) -> str:
        if kind.partition("(")[0] in RUNTIME:
            self.used.add(kind.partition("(")[0])
        return kind

    def _flag(self, name: str) -> str:
        self.taken.append(f"no-{name}")
        return f"--{name}/--no-{name}"

    def _name(self, one: Parameter) -> str:
        name = _spelled(one)
        if name in self.taken:
            name = f"api-{name}"
        candidate, number = name, 2
        while candidate in self.taken:
            candidate, number = f"{name}-{number}", number + 1
        self.taken.append(candidate)
        return candidate

    def _singular(self, one: Parameter) -> list[str]:
        """Return the second name of an option that is repeated, as in `--image` for `--images`."""
        name = singular(_spelled(one))
        if name in self.taken or name in [_spelled(other) for other in self.called.parameters]:
            return []
        self.taken.append(name)
        return [f"--{name}"]


def _spelled(one: Parameter) -> str:
    return one.name.strip("_").replace("_", "-") or "value"


def _is_free_text(member: Member) -> bool:
    value, _ = without_null(member.value)
    return value.get("type") == "string" and not {"enum", "format", "pattern"} & value.keys()


def _unbounded(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without the bounds that click shows itself."""
    return {word: one for word, one in value.items() if word not in _RANGES or value.get("type") != "integer"}


def _default(member: Member) -> str:
    """Return what help says of the server's default, which is never sent."""
    default = member.default
    if isinstance(default, bool):
        return f"[default: {'on' if default else 'off'}]"
    if isinstance(default, str | int | float) and 0 < len(str(default)) <= _TOO_LONG:
        return f"[default: {terminal(str(default))}]"
    return ""
