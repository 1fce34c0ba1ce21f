"""Everything that a plugin may add to the generator, one hook each.

A plugin is a module, an object or a class with functions marked `@hookimpl`, that an installed
distribution names in the entry-point group `coinslot.codegen`. It is loaded only where it is named, as
in `coinslot generate SOURCE --output DIR --plugin distribution:name`. A plugin's function may leave out
arguments that it does not need. Plugins are asked in the order in which they were named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pluggy

from coinslot_codegen.document.guidance.said import Guidance
from coinslot_codegen.document.job_rules import JobRule
from coinslot_codegen.document.model import Api, RouteSpec

PROJECT: Final = "coinslot.codegen"
GROUP: Final = "coinslot.codegen"
"""Entry-point group of the generator's plugins."""
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Hooks:
    """The hook specifications."""

    @hookspec(firstresult=True)
    def coinslot_codegen_read_guidance(
        self, text: str, at: str, routes: Sequence[RouteSpec], document: Mapping[str, Any]
    ) -> Guidance | None:
        """Read guidance of another style; None: it is not of this plugin's style.

        `at` is the pointer at which `text` stands, for findings. The first plugin that returns
        something is taken; where none does, the style that comes with the generator is read.
        """
        raise NotImplementedError

    @hookspec
    def coinslot_codegen_job_rules(
        self, document: Mapping[str, Any], routes: Sequence[RouteSpec]
    ) -> Sequence[JobRule]:
        """Tell how routes start jobs, where the document's structure does not show it.

        All plugins' rules hold, and a file's (`--jobs`) after them.
        """
        raise NotImplementedError

    @hookspec
    def coinslot_codegen_change_model(self, api: Api) -> Api:
        """Return the model with operations renamed, grouped otherwise, hidden or added.

        Each plugin is handed what the one before it returned. The result is checked: see
        `coinslot_codegen.extending.changes` for what is refused, and `extending.model` for functions
        that make such changes.
        """
        raise NotImplementedError

    @hookspec
    def coinslot_codegen_add_files(self, api: Api, files: Mapping[str, str]) -> Mapping[str, str]:
        """Return files that are added to the generated package, text by path.

        `files` are those that the package has so far. Paths are relative to the package, with `/`
        between their parts. Python files are formatted like all others.
        """
        raise NotImplementedError
