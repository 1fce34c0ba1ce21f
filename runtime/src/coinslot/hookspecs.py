"""Everything that a plugin may add to a client, one hook each.

A plugin is any object with functions marked `@coinslot.hookimpl`; hand it to a client:
`Client(plugins=[...])`. A plugin's function may leave out arguments that it does not need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pluggy

from coinslot.errors import ConfigurationError

if TYPE_CHECKING:
    from coinslot.polling import PollingStrategy
    from coinslot.uploads import UploadStrategy

PROJECT = "coinslot"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class Hooks:
    """The hook specifications."""

    @hookspec
    def coinslot_polling_strategies(self) -> Mapping[str, PollingStrategy]:
        """Offer polling strategies by name. Every plugin's are gathered; a name may stand once."""
        raise NotImplementedError

    @hookspec
    def coinslot_upload_strategies(self) -> Mapping[str, UploadStrategy]:
        """Offer upload strategies by name. Every plugin's are gathered; a name may stand once."""
        raise NotImplementedError


def gather(plugins: Sequence[object]) -> pluggy.PluginManager:
    """Register the runtime's own plugins and these.

    Raises ConfigurationError for one that fits no hook.
    """
    from coinslot.polling import OwnStrategies
    from coinslot.uploads import OwnUploads

    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(Hooks)
    try:
        for plugin in (OwnStrategies(), OwnUploads(), *plugins):
            manager.register(plugin)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise ConfigurationError(f"A plugin cannot be used: {error}") from error
    return manager


_GROUPS = {"polling": "coinslot.polling", "upload": "coinslot.uploads"}


def named(offered: Sequence[Mapping[str, Any]], name: str, kind: str) -> Any:
    """Return the strategy of this name: of a plugin, or of an installed distribution.

    Distributions offer theirs in the entry-point groups `coinslot.polling` and `coinslot.uploads`; only
    the one that is named is imported. Raises ConfigurationError for none, or for several.
    """
    found = [strategies[name] for strategies in offered if name in strategies]
    found += [] if found else _installed(name, _GROUPS[kind])
    if len(found) == 1:
        return found[0]
    if found:
        raise ConfigurationError(f"{len(found)} plugins offer a {kind} strategy named {name!r}: use one.")
    known = ", ".join(sorted({name for strategies in offered for name in strategies}))
    raise ConfigurationError(f"There is no {kind} strategy named {name!r}; there are: {known}.")


def _installed(name: str, group: str) -> list[Any]:
    from importlib.metadata import entry_points

    claims = list(entry_points(group=group, name=name))
    if len(claims) > 1:
        return [*claims]
    loaded = [claim.load() for claim in claims]
    return [strategy() if isinstance(strategy, type) else strategy for strategy in loaded]
