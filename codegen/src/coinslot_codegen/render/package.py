"""All files of a distribution, as text by path."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from coinslot_codegen.document.model import Api, ResultSpec
from coinslot_codegen.models.read import read_types
from coinslot_codegen.render.classes import Classes, ClassView, FieldView
from coinslot_codegen.render.client import ClientView, client_doc, groups
from coinslot_codegen.render.console import commands, program
from coinslot_codegen.render.environment import Templates, rendered
from coinslot_codegen.render.importable import is_taken
from coinslot_codegen.render.imports import Imports
from coinslot_codegen.render.names import OF_RESULTS, RESERVED, checked, free_class_name, member_names
from coinslot_codegen.render.pages import pages
from coinslot_codegen.render.plan import IMPORTED, SHARED, module_of, plan
from coinslot_codegen.render.readme import Called, readme
from coinslot_codegen.render.route import RouteWriter, docs_of
from coinslot_codegen.render.security import security
from coinslot_codegen.render.styles import style
from coinslot_codegen.render.text import code, docstring, literal, one_line, sentence
from coinslot_codegen.render.uploads import StepsView, steps
from coinslot_codegen.schemas.gather import Gathered
from coinslot_codegen.version import RUNTIME

T = TypeVar("T")

_INDENT = 4


@dataclass(frozen=True, slots=True)
class Names:
    """What the distribution, its package and its clients are called."""

    distribution: str
    package: str
    client: str
    root: str
    """Where the package lies in the output folder, with a slash behind it; empty: it is that folder."""


def names_of(api: Api, package: str | None = None, *, embed: bool = False) -> Names:
    """Return the names for an API. Raises Unsupported where `package` is no name."""
    words = re.findall(r"[A-Za-z0-9]+", api.title)
    while len(words) > 1 and words[-1].lower() in ("api", "rest", "http", "openapi"):
        words.pop()
    title = "".join(word[0].upper() + word[1:] for word in words)
    client = title if title and not title[0].isdigit() else f"Api{title}"
    if client in IMPORTED or keyword.iskeyword(client):
        client += "Client"
    name = package or "_".join(word.lower() for word in words)
    name = name if name and not name[0].isdigit() else f"api_{name}".rstrip("_")
    if keyword.iskeyword(name) or (package is None and not embed and is_taken(name)):
        name += "_api"
    module = checked(name.replace("-", "_").replace(".", "_").lower(), "#/info/title")
    distribution = module if embed else name.replace("_", "-").lower()
    return Names(distribution, module, checked(client, "#/info/title"), "" if embed else f"src/{module}/")


def package_files(
    api: Api,
    gathered: Gathered,
    names: Names,
    header: str,
    templates: Templates,
    *,
    docs: bool = False,
    cli: bool = True,
) -> dict[str, str]:
    """Return the text of each file by its path below the distribution. Raises Unsupported.

    `docs` adds a page for each route, where there is a distribution to hold them; `cli` a command line.
    """
    results = _distinct(use.route.result for use in gathered.uses if use.route.job and use.route.result)
    clients = [names.client, f"Async{names.client}"]
    result_names = _result_names(results, clients)
    planned = plan(gathered, [*clients, *result_names])
    classes = Classes(planned, read_types({key: planned.shapes[key] for key in planned.firsts}))
    jobs = _distinct(use.route.job for use in gathered.uses if use.route.job)
    writer = RouteWriter(classes, jobs, results, result_names)
    package = _Package(api, names, header, templates, writer)
    package.routes()
    package.models()
    package.constants()
    package.clients()
    if cli:
        package.command_line()
    if names.root:
        package.outside(docs=docs)
    return package.files


@dataclass(frozen=True, slots=True)
class _Package:
    """Files in the making."""

    api: Api
    names: Names
    header: str
    templates: Templates
    writer: RouteWriter
    files: dict[str, str] = field(default_factory=dict)
    calls: list[Called] = field(default_factory=list)

    def _write(self, path: str, template: str, **view: object) -> None:
        text = rendered(self.templates, template, {"header": self.header, **view})
        self.files[f"{self.names.root}{path}"] = text

    def routes(self) -> None:
        """Write one module for each route."""
        planned = self.writer.classes.plan
        for use, own in zip(planned.uses, planned.own, strict=True):
            path = f"{use.route.group}/{use.route.name}.py"
            view = self.writer.view(use, own)
            self._write(path, "route.py", route=view)
            self.calls.append(Called(use.route, view.parameters, view.returned))

    def models(self) -> None:
        """Write the models that several routes share, and the results."""
        classes, imports = self.writer.classes, Imports()
        shared = classes.plan.modules[SHARED]
        if shared.keys:
            views = classes.of(shared, imports, docs_of(classes.plan.uses))
            choices = classes.choices(shared)
            self._write(f"{SHARED}.py", "models.py", imports=imports, aliases=choices, classes=views)
        if self.writer.results:
            imports = Imports()
            pairs = zip(self.writer.results, self.writer.result_names, strict=True)
            views = [_result(spec, name, imports) for spec, name in pairs]
            self._write("results.py", "results.py", imports=imports, classes=views)

    def constants(self) -> None:
        """Write how answers become jobs, and how files are uploaded."""
        jobs = self.writer.jobs
        if jobs:
            routes = [
                (literal(f"{use.route.method} {use.route.path}"), literal(f".{module_of(use.route)}"))
                for use in self.writer.classes.plan.uses
                if use.route.job
            ]
            told = {route.path: route.shown for route in self.api.routes if route.method == "GET"}
            styles = [style(jobs, job, told.get(job.status_path, ())) for job in jobs]
            self._write("_jobs.py", "jobs.py", styles=styles, routes=routes)
        shown = security(self.api, self.names.package)
        if shown:
            self._write("_security.py", "security.py", security=shown)
        upload = self._steps()
        if upload:
            self._write(f"{upload.group}/_steps.py", "steps.py", steps=upload)

    def clients(self) -> None:
        """Write the groups, the root clients, and the package's door."""
        api, client = self.api, self.names.client
        upload, uses = self._steps(), self.writer.classes.plan.uses
        views = groups(uses, self.writer, upload.group if upload else None, [client, f"Async{client}"])
        for group in views:
            self._write(f"{group.name}/__init__.py", "group.py", group=group)
        view = ClientView(
            client,
            client_doc(api, client, waits=False),
            client_doc(api, client, waits=True),
            literal(api.origin) if api.origin else None,
            bool(self.writer.jobs),
            literal(RUNTIME),
            views,
            security=security(api, self.names.package) is not None,
            upload_steps=literal(f".{upload.group}._steps") if upload else None,
        )
        self._write("_client.py", "client.py", client=view)
        exports = [(client, "._client"), (f"Async{client}", "._client")]
        exports += [(name, ".results") for name in self.writer.result_names]
        doc = docstring(sentence(f"{api.title} {api.version}"), sentence(api.description))
        self._write("__init__.py", "package.py", doc=doc, exports=sorted(exports, key=_listed))
        self.files[f"{self.names.root}py.typed"] = ""

    def command_line(self) -> None:
        """Write the program: a module for each group, and what gathers them."""
        names, upload = self.names, self._steps()
        views = commands(self.calls)
        for group in views:
            self._write(f"cli/{group.module}.py", "commands.py", group=group, client=names.client)
        told = docstring(
            sentence(f"The command {code(names.distribution)}: {self.api.title} from a terminal")
        )
        made = program(
            self.api, names.distribution, names.client, upload.group if upload else None, self.calls
        )
        self._write("cli/__init__.py", "console.py", doc=told, program=made, groups=views)
        told = docstring(sentence(f"The command {code(names.distribution)}, as a module"))
        self._write("cli/__main__.py", "console_main.py", doc=told)

    def outside(self, *, docs: bool) -> None:
        """Write what a distribution has beside its package."""
        api, names, shapes = self.api, self.names, self.writer.classes.plan.shapes
        called = {"package": names.package, "client": names.client}
        self.files["README.md"] = readme(
            api, self.calls, shapes, self.templates, **called, command=names.distribution
        )
        if docs:
            self.files.update(pages(api, self.calls, shapes, self.templates, **called))
        view = {
            "header": self.header,
            "name": literal(names.distribution),
            "version": literal(_version(api.version)),
            "description": literal(one_line(f"A typed client of {api.title}.")),
            "runtime": literal(f"coinslot>={RUNTIME},<{_next(RUNTIME)}"),
            "cli": literal(f"coinslot[cli]>={RUNTIME},<{_next(RUNTIME)}"),
            "command": literal(names.distribution) if "." in names.distribution else names.distribution,
            "script": literal(f"{names.package}.cli:main"),
            "folder": literal(names.root.rstrip("/")),
        }
        self.files["pyproject.toml"] = rendered(self.templates, "pyproject.toml", view)

    def _steps(self) -> StepsView | None:
        planned = self.writer.classes.plan
        return steps(self.api.upload, planned.uses, planned.shapes)


def _next(series: str) -> str:
    major, minor = series.split(".")
    return f"{major}.{int(minor) + 1}"


def _distinct(items: Iterable[T]) -> list[T]:
    found: list[T] = []
    for item in items:
        if item not in found:
            found.append(item)
    return found


def _result_names(results: Sequence[ResultSpec], taken: Sequence[str]) -> list[str]:
    names: list[str] = []
    for spec in results:
        wanted = checked(spec.name, "#/info/x-guidance")
        names.append(free_class_name([wanted], [*IMPORTED, *taken, *names]))
    return names


def _result(spec: ResultSpec, name: str, imports: Imports) -> ClassView:
    imports.run("Result")
    imports.run("MediaUrl")
    fields = []
    names = member_names(spec.members, [*RESERVED, *OF_RESULTS])
    for wire, own in zip(spec.members, names, strict=True):
        annotation = "MediaUrl"
        if own != wire:
            imports.run("Annotated")
            imports.run("Field")
            annotation = f"Annotated[MediaUrl, Field(alias={literal(wire)})]"
        fields.append(FieldView(checked(own, "#/info/x-guidance"), annotation, "", ""))
    doc = docstring(f"A finished job's result. `save()` fetches `{names[0]}`.", indent=_INDENT)
    return ClassView(name, "Result", doc, is_open=False, fields=fields)


def _version(text: str) -> str:
    found = re.match(r"v?(\d+(?:\.\d+){0,3})", text)
    return found[1] if found else "0"


def _listed(export: tuple[str, str]) -> tuple[bool, str]:
    """Sort as linters want `__all__`: constants, or what looks like one, before classes."""
    name = export[0]
    return not (name.isupper() and len(name) > 1), name
