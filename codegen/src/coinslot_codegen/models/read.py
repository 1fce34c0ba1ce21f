"""Reading the types of all members from the source that the model generator wrote."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from coinslot_codegen.models.run import generated_source
from coinslot_codegen.schemas.shape import Normal, Shape


@dataclass(frozen=True, slots=True)
class Typed:
    """The type of one member: its annotation and, apart from that, its bounds."""

    annotation: ast.expr
    bounds: tuple[tuple[str, ast.expr], ...] = ()
    """Keywords of pydantic's `Field`, such as `min_length`."""


@dataclass(frozen=True, slots=True)
class Types:
    """The types of all members, by shape and in the shape's order of members."""

    members: Mapping[str, tuple[Typed, ...]]
    standins: Mapping[str, ast.expr] = field(repr=False)
    """What stands behind the names that the model generator gave to bounded items and options."""


def read_types(shapes: Mapping[str, Shape]) -> Types:
    """Let the model generator type the members of all shapes, each distinct value once."""
    values: dict[str, Normal] = {}
    wanted = {key: [_identity(value, values) for value in _values(shape)] for key, shape in shapes.items()}
    if not values:
        return Types(dict.fromkeys(shapes, ()), {})
    tree = ast.parse(generated_source(list(values.values()), shapes))
    classes = {node.name: _fields(node) for node in tree.body if isinstance(node, ast.ClassDef)}
    standins = {name: fields["root"] for name, fields in classes.items() if "root" in fields}
    fields = {name: annotation for found in classes.values() for name, annotation in found.items()}
    typed = {identity: _typed(fields[f"v{index}"]) for index, identity in enumerate(values)}
    members = {key: tuple(typed[identity] for identity in found) for key, found in wanted.items()}
    return Types(members, standins | _aliases(tree))


def _values(shape: Shape) -> list[Normal]:
    return [member.value for member in shape.members] if shape.whole is None else [shape.whole]


def _identity(value: Normal, values: dict[str, Normal]) -> str:
    identity = json.dumps(value)
    values.setdefault(identity, value)
    return identity


def _fields(node: ast.ClassDef) -> dict[str, ast.expr]:
    return {
        line.target.id: line.annotation
        for line in node.body
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)
    }


def _aliases(tree: ast.Module) -> dict[str, ast.expr]:
    """Read `Name = TypeAliasType("Name", type)`, which maps with bounded values come out as."""
    found = {}
    for node in tree.body:
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)],
                value=ast.Call(func=ast.Name(id="TypeAliasType"), args=[_, annotation]),
            ):
                found[name] = annotation
    return found


def _typed(annotation: ast.expr) -> Typed:
    match annotation:
        case ast.Subscript(
            value=ast.Name(id="Annotated"),
            slice=ast.Tuple(elts=[inner, ast.Call(func=ast.Name(id="Field"), args=[], keywords=bounds)]),
        ):
            return Typed(inner, tuple((bound.arg, bound.value) for bound in bounds if bound.arg))
    return Typed(annotation)
