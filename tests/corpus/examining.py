"""One document after the other: what goes in, what comes out, and what a person should know of it."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from coinslot_codegen.document import read
from coinslot_codegen.document.newer import METHODS
from coinslot_codegen.document.references import followed
from coinslot_codegen.document.syntax import parse
from coinslot_codegen.generation import generate
from coinslot_codegen.update import update
from tests.codegen.generating import imported
from tests.corpus.calling import Called, call_all


@dataclass(slots=True)
class Examined:
    """What became of one document."""

    name: str
    operations: int
    came_out: int = 0
    calls: int = 0
    """Operations are called twice: with the fewest arguments, and with all."""
    paid: int = 0
    warnings: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """What must not be; empty: the document came out whole."""


def examine(source: bytes, name: str, folder: Path, *, called: bool = True) -> Examined:
    """Generate a document's client into `folder`, import it, call all of it, and generate it again."""
    found = Examined(name, operations_in(parse(source)))
    api = read(source, allow_unsupported=True)
    found.warnings = [f"{one.pointer}: {one.message}" for one in api.findings]
    made = generate(api, package=package_name(name), allow_unsupported=True)
    found.warnings += [f"{one.pointer}: {one.message}" for one in made.flaws]
    found.problems += [str(problem) for problem in made.left_out]
    with imported(made, folder) as package:
        walked = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        modules = [importlib.import_module(one.name) for one in walked if not one.name.endswith(".__main__")]
        calls = call_all(api, package, folder / "home") if called else Called()
    found.came_out = sum(hasattr(module, "ROUTE") for module in modules)
    found.calls, found.paid = calls.calls, calls.paid
    found.problems += calls.failures
    shutil.rmtree(folder / "home", ignore_errors=True)
    if found.came_out != found.operations:
        found.problems.append(f"{found.operations} operations went in, {found.came_out} came out")
    if update(source, folder, allow_unsupported=True, force=True).changed:
        found.problems.append("a second run gave something else")
    return found


def operations_in(document: Mapping[str, Any]) -> int:
    """Count the operations that a document states."""
    paths = {path: item for path, item in document["paths"].items() if not path.startswith("x-")}
    stated = [followed(document, item, "#/paths") for item in paths.values()]
    items = [item for item in stated if isinstance(item, Mapping)]
    return sum(method.lower() in METHODS for item in items for method in item)


def package_name(name: str) -> str:
    """Return a package's name for a document's."""
    return "client_" + "".join(one if one.isalnum() else "_" for one in name.lower())
