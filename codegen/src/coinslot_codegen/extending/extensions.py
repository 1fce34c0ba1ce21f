"""All extensions that a client is made with, ready to be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from coinslot_codegen.document import read
from coinslot_codegen.document.job_rules import JobRule, load_rules
from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.extending.options import Options

if TYPE_CHECKING:
    from coinslot_codegen.extending.plugins import Plugins


@dataclass(frozen=True, slots=True)
class Extensions:
    """What is read with a document, and what is added to its client."""

    options: Options = field(default_factory=Options)
    plugins: Plugins | None = None
    rules: tuple[JobRule, ...] = ()

    @classmethod
    def load(cls, options: Options) -> Extensions:
        """Import the plugins that are named, and read the rules. Raises ExtensionRefused, SourceError."""
        plugins = None
        if options.plugins:
            from coinslot_codegen.extending.plugins import Plugins

            plugins = Plugins.load(options.plugins)
        rules = load_rules(options.jobs) if options.jobs is not None else ()
        return cls(options, plugins, rules)

    def read(self, data: bytes, *, allow_unsupported: bool = False) -> Api:
        """Read a document as the extensions make it out. Raises DocumentProblem."""
        api = read(data, reader=self.plugins, job_rules=self._rules, allow_unsupported=allow_unsupported)
        return self.plugins.changed(api) if self.plugins else api

    def with_files(self, api: Api, files: Mapping[str, str], root: str) -> Mapping[str, str]:
        """Return the files, and those that plugins add to the package at `root`."""
        return self.plugins.with_files(api, files, root) if self.plugins else files

    def _rules(self, document: Mapping[str, Any], routes: Sequence[RouteSpec]) -> list[JobRule]:
        told = self.plugins.job_rules(document, routes) if self.plugins else []
        return [*told, *self.rules]
