"""Reading the types of all members from the source that the model generator wrote."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from coinslot_codegen.models.run import generated_source
from coinslot_codegen.schemas.shape import Shape


@dataclass(frozen=True, slots=True)
class Typed:
    """The type of one member: its annotation, without what makes it optional, and its bounds."""

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
    """Let the model generator type all shapes. Raises ValueError where it left one out."""
    if not shapes:
        return Types({}, {})
    tree = ast.parse(generated_source(shapes))
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    standins = {name: root for name, node in classes.items() if (root := _fields(node).get("root"))}
    standins |= _aliases(tree)
    members = {}
    for key, shape in shapes.items():
        if key not in classes:
            raise ValueError(f"the model generator wrote no class for {shape.pointer}")
        fields = _fields(classes[key])
        count = 1 if shape.whole is not None else len(shape.members)
        members[key] = tuple(_typed(fields[f"m{index}"]) for index in range(count))
    return Types(members, standins)


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
