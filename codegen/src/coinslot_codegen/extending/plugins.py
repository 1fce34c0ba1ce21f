"""Plugins, loaded and asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pluggy

from coinslot_codegen.document.errors import DocumentProblem
from coinslot_codegen.document.guidance import Guidance, MarkdownGuidance
from coinslot_codegen.document.job_rules import JobRule
from coinslot_codegen.document.model import Api, RouteSpec
from coinslot_codegen.extending.changes import judged
from coinslot_codegen.extending.claims import claim_of
from coinslot_codegen.extending.errors import ExtensionRefused
from coinslot_codegen.extending.files import merged
from coinslot_codegen.hookspecs import PROJECT, Hooks


@dataclass(frozen=True, slots=True)
class Plugins:
    """Plugins by name, in the order in which they are asked."""

    managers: Mapping[str, pluggy.PluginManager]
    """One for each, so that each can be told what the one before it made."""

    @classmethod
    def load(cls, names: Sequence[str]) -> Plugins:
        """Import the plugins that are named. Raises ExtensionRefused."""
        return cls({name: _managed(name) for name in names})

    def read(self, text: str, at: str, routes: Sequence[RouteSpec], document: Mapping[str, Any]) -> Guidance:
        """Read guidance by the first plugin that knows its style, else as Markdown."""
        for name, manager in self.managers.items():
            call = manager.hook.coinslot_codegen_read_guidance
            found = _asked(name, call, Guidance, text=text, at=at, routes=tuple(routes), document=document)
            if found is not None:
                return found  # type: ignore[no-any-return]
        return MarkdownGuidance().read(text, at, routes, document)

    def job_rules(self, document: Mapping[str, Any], routes: Sequence[RouteSpec]) -> list[JobRule]:
        """Return the rules of all plugins."""
        return [
            rule
            for name, manager in self.managers.items()
            for rules in _asked(
                name, manager.hook.coinslot_codegen_job_rules, list, document=document, routes=tuple(routes)
            )
            for rule in rules
        ]

    def changed(self, api: Api) -> Api:
        """Return the model as the plugins changed it. Raises ExtensionRefused for what must not change."""
        for name, manager in self.managers.items():
            for after in _asked(name, manager.hook.coinslot_codegen_change_model, list, api=api):
                api = judged(api, after, name)
        return api

    def with_files(self, api: Api, files: Mapping[str, str], root: str) -> dict[str, str]:
        """Return the files, and those that plugins add to the package at `root`."""
        found = dict(files)
        for name, manager in self.managers.items():
            inner = {path.removeprefix(root): text for path, text in found.items() if path.startswith(root)}
            call = manager.hook.coinslot_codegen_add_files
            for added in _asked(name, call, list, api=api, files=MappingProxyType(inner)):
                found = merged(found, added, root, name)
        return found


def _managed(name: str) -> pluggy.PluginManager:
    claim = claim_of(name)
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    with _told(name, "being loaded"):
        plugin = claim.load()
        plugin = plugin() if isinstance(plugin, type) else plugin
        manager.register(plugin, name)
        manager.check_pending()
    if not manager.get_hookcallers(plugin):
        raise ExtensionRefused(f"the plugin {name!r} has no function that is marked `@hookimpl`")
    return manager


def _asked(name: str, call: Callable[..., Any], wanted: type, **arguments: object) -> Any:
    with _told(name, str(getattr(call, "name", "a hook"))):
        found = call(**arguments)
        if found is not None and not isinstance(found, wanted):
            raise TypeError(f"it returned {type(found).__name__}, not {wanted.__name__}")
    return found


@contextmanager
def _told(name: str, what: str) -> Iterator[None]:
    """Say which plugin failed, and in what."""
    try:
        yield
    except DocumentProblem:
        raise
    except Exception as error:
        told = " ".join(str(error).split()) or "no reason given"
        raise ExtensionRefused(
            f"the plugin {name!r} failed ({what}): {type(error).__name__}: {told}"
        ) from error
