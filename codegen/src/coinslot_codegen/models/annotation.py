"""Writing a type as Python source, by a printer that knows nothing but types."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from coinslot_codegen.models.read import Typed, Types
from coinslot_codegen.render.text import literal

_PLAIN = ("Any", "bool", "float", "int", "str")
_OURS = {
    # The runtime's class first: bytes alone are a file without a name.
    "bytes": ("File", "File | bytes"),
    "AnyUrl": ("Media", "Media"),
}
_COLLECTIONS = {"list": "Sequence", "dict": "Mapping"}
_BOUNDS = ("ge", "gt", "le", "lt", "multiple_of", "min_length", "max_length", "pattern")


class UnknownType(Exception):
    """The model generator wrote a type that this printer does not know."""


@dataclass(frozen=True, slots=True)
class Printer:
    """Prints the types of one class's members.

    Every name that comes out is a fixed one, or was given by `shape` or `choices`; constants go
    through `literal`. Nothing else of the model generator's source can reach a module.
    """

    types: Types
    strict: bool
    """A request's types: read-only collections, and whole numbers that stay whole."""
    shape: Callable[[str], str]
    """Names the class of a shape."""
    choices: Callable[[Sequence[str]], str | None]
    """Names the alias for constants (as source), or None if they stand where they are."""
    use: Callable[[str], None]
    """Is told each name that has to be imported."""

    def member(self, typed: Typed) -> str:
        """Return the annotation of a class's member, without alias and bounds."""
        return self._print(typed.annotation, bounded=True)

    def parameter(self, typed: Typed) -> str:
        """Return the annotation of a call's parameter: the member's, without any bounds."""
        return self._print(typed.annotation, bounded=False)

    def bounds(self, typed: Typed) -> list[str]:
        """Return the member's bounds as keywords of `Field`."""
        return _keywords(typed.bounds)

    def _print(self, node: ast.expr, *, bounded: bool) -> str:
        options = _options(node)
        if any(self._is_any_text(option, bounded=bounded) for option in options):
            # Beside any text, a single one tells nobody anything.
            options = [option for option in options if not _is_one_text(option)]
        printed = [self._option(option, bounded=bounded) for option in options]
        if self.strict and bounded and "float" in printed and "int" not in printed:
            # 80 given stays 80 on the wire; as a float alone it would be sent as 80.0.
            printed.insert(printed.index("float"), "int")
        if not bounded and {"float", "int"} <= set(printed):
            # Of a parameter, `float` takes both.
            printed.remove("int")
        printed = list(dict.fromkeys(printed))
        if "Any" in printed:
            self.use("Any")
            return "Any"
        if "None" in printed:
            printed = [*(option for option in printed if option != "None"), "None"]
        return " | ".join(printed)

    def _option(self, node: ast.expr, *, bounded: bool) -> str:
        match node:
            case ast.Constant(value=None):
                return "None"
            case ast.Name(id=name) if name in self.types.standins:
                return self._print(self.types.standins[name], bounded=bounded)
            case ast.Name(id=name) if name in self.types.members:
                return self.shape(name)
            case ast.Name(id=name) if name in _PLAIN:
                return name
            case ast.Name(id=name) if name in _OURS:
                used, written = _OURS[name]
                self.use(used)
                return written
            case ast.Subscript(value=ast.Name(id="Literal"), slice=content):
                return self._choices(_elements(content))
            case ast.Subscript(
                value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, ast.Call() as call])
            ):
                return self._annotated(inner, call, bounded=bounded)
            case ast.Subscript(value=ast.Name(id="list" | "dict" | "tuple" as name), slice=content):
                collection = _COLLECTIONS.get(name, name) if self.strict else name
                if collection != name:
                    self.use(collection)
                items = ", ".join(self._print(item, bounded=bounded) for item in _elements(content))
                return f"{collection}[{items}]"
        raise UnknownType(ast.unparse(node))

    def _is_any_text(self, node: ast.expr, *, bounded: bool) -> bool:
        match node:
            case ast.Name(id="str"):
                return True
            case ast.Name(id=name) if name in self.types.standins:
                standin = self.types.standins[name]
                return any(self._is_any_text(one, bounded=bounded) for one in _options(standin))
            case ast.Subscript(value=ast.Name(id="Annotated"), slice=ast.Tuple(elts=[inner, *_])):
                # Of a parameter no bounds are written.
                return not bounded and self._is_any_text(inner, bounded=bounded)
        return False

    def _annotated(self, inner: ast.expr, call: ast.Call, *, bounded: bool) -> str:
        printed = self._print(inner, bounded=bounded)
        if not bounded or not call.keywords:
            return printed
        self.use("Annotated")
        self.use("Field")
        bounds = ", ".join(_keywords([(word.arg, word.value) for word in call.keywords if word.arg]))
        return f"Annotated[{printed}, Field({bounds})]"

    def _choices(self, elements: Sequence[ast.expr]) -> str:
        values = [_constant(element) for element in elements]
        alias = self.choices(values)
        if alias is not None:
            return alias
        self.use("Literal")
        return f"Literal[{', '.join(values)}]"


def _is_one_text(node: ast.expr) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id="Literal"), slice=ast.Constant(value=str())):
            return True
    return False


def _options(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [*_options(node.left), *_options(node.right)]
    return [node]


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _keywords(bounds: Sequence[tuple[str, ast.expr]]) -> list[str]:
    values: Mapping[str, ast.expr] = dict(bounds)
    unknown = [word for word in values if word not in _BOUNDS]
    if unknown:
        raise UnknownType(f"Field({unknown[0]}=...)")
    return [f"{word}={_constant(values[word])}" for word in _BOUNDS if word in values]


def _constant(node: ast.expr) -> str:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return literal(-value)
        case ast.Constant(value=bool() | int() | float() | str() as value):
            return literal(value)
    raise UnknownType(ast.unparse(node))
