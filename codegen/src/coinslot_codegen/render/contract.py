"""The contract of the templates: which there are, and what each is given.

An override says in its first line which version it was written for. The version is raised when a
template, a name of its context or a member of a view is taken away or comes to mean something else;
what is only added leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from coinslot_codegen.render.classes import AliasView, ClassView
from coinslot_codegen.render.client import ClientView, GroupView
from coinslot_codegen.render.console import CommandsView, ProgramView
from coinslot_codegen.render.imports import Imports
from coinslot_codegen.render.pages import IndexRow, PageView
from coinslot_codegen.render.readme import ExampleView, KeyView, RowView
from coinslot_codegen.render.route import RouteView
from coinslot_codegen.render.security import SecurityView
from coinslot_codegen.render.styles import StyleView
from coinslot_codegen.render.uploads import StepsView

VERSION: Final = 1

CONTEXTS: Final[Mapping[str, Mapping[str, Any]]] = {
    "client.py.jinja": {"header": str, "client": ClientView},
    "commands.py.jinja": {"header": str, "group": CommandsView, "client": str},
    "console.py.jinja": {
        "header": str,
        "doc": str,
        "program": ProgramView,
        "groups": Sequence[CommandsView],
    },
    "console_main.py.jinja": {"header": str, "doc": str},
    "group.py.jinja": {"header": str, "group": GroupView},
    "index.md.jinja": {"title": str, "description": str, "package": str, "rows": Sequence[IndexRow]},
    "jobs.py.jinja": {
        "header": str,
        "styles": Sequence[StyleView],
        "routes": Sequence[tuple[str, str]],
    },
    "models.py.jinja": {
        "header": str,
        "imports": Imports,
        "aliases": Sequence[AliasView],
        "classes": Sequence[ClassView],
    },
    "package.py.jinja": {"header": str, "doc": str, "exports": Sequence[tuple[str, str]]},
    "page.md.jinja": {"page": PageView},
    "pyproject.toml.jinja": {
        "header": str,
        "name": str,
        "version": str,
        "description": str,
        "runtime": str,
        "cli": str,
        "command": str,
        "script": str,
        "folder": str,
    },
    "readme.md.jinja": {
        "title": str,
        "description": str,
        "package": str,
        "client": str,
        "example": str,
        "rows": Sequence[RowView],
        "examples": Sequence[ExampleView],
        "recommendations": Sequence[str],
        "keys": Sequence[KeyView],
        "files": Sequence[str],
        "upload": str,
        "command": str,
    },
    "results.py.jinja": {"header": str, "imports": Imports, "classes": Sequence[ClassView]},
    "route.py.jinja": {"header": str, "route": RouteView},
    "security.py.jinja": {"header": str, "security": SecurityView},
    "steps.py.jinja": {"header": str, "steps": StepsView},
}
"""What each template is given, by its file name: the names of its context and their types."""

MACROS: Final[Mapping[str, Mapping[str, Sequence[Any]]]] = {
    "_parts.jinja": {
        "imports": (Imports,),
        "aliases": (Sequence[AliasView],),
        "classes": (Sequence[ClassView],),
    }
}
"""What the macros that the templates share are given, by file and name."""
