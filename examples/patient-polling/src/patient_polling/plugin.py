"""The same strategy under names and with figures of one's own: `Client(plugins=[Patience(...)])`."""

from __future__ import annotations

from collections.abc import Mapping

from coinslot import hookimpl
from coinslot.polling import PollingStrategy
from patient_polling import Patient


class Patience:
    """A plugin object: its functions that are marked `@hookimpl` answer hooks."""

    def __init__(self, **strategies: Patient) -> None:
        self._strategies = strategies

    @hookimpl
    def coinslot_polling_strategies(self) -> Mapping[str, PollingStrategy]:
        """Offer the strategies by the names that they were given."""
        return self._strategies
