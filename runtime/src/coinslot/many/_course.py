"""A map under way, apart from how its requests run beside each other: names, budget, stops, outcomes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coinslot.attempt import RELEASED, Attempt
from coinslot.call import PaidCall, flow_of, route_behind
from coinslot.effects import Flow, Record
from coinslot.errors import ConfigurationError, ConflictingCall, LedgerUnavailable, ServerUnavailable
from coinslot.ledger import Ledger, SqliteLedger
from coinslot.many._item import Item, Maker
from coinslot.many._naming import Names, check_name
from coinslot.many._outcome import MapReport, Outcome
from coinslot.many._pinning import pinned
from coinslot.many._saving import Saving
from coinslot.many._trouble import SILENCES, ends_buying
from coinslot.money import Dollars, dollars, total
from coinslot.origin import origin_of
from coinslot.terms import Budget
from coinslot.text import written

if TYPE_CHECKING:
    from coinslot.client import BaseClient

MAX_CONCURRENCY = 64
_READ_IN_VAIN = 10_000
"""So many requests in a row without one that was paid for earlier, and a map that buys nothing ends."""


class Course:
    """A map under way. Not for several threads: what runs beside it is told what to do, and tells it."""

    def __init__(
        self,
        client: BaseClient[Any, Any],
        call: PaidCall[Any, Any],
        *,
        name: str | None = None,
        concurrency: int = 4,
        max_total: Dollars = "5.00",
        max_price: Dollars | None = None,
        save_to: str | os.PathLike[str] | None = None,
        timeout: float | None = None,
        on_outcome: Callable[[Outcome[Any]], object] | None = None,
    ) -> None:
        face = client._face  # noqa: SLF001 - a map is a part of its client
        if not isinstance(call, PaidCall):
            raise TypeError("a map takes a client's paid call, as in studio.map(studio.group.call, requests)")
        if call._face is not face:  # noqa: SLF001 - see above
            raise ConfigurationError("That call is another client's: map it with its own client.")
        if route_behind(call).streams:
            raise ConfigurationError("That call answers with an event stream, of which a map keeps nothing.")
        if not 1 <= concurrency <= MAX_CONCURRENCY:
            raise ConfigurationError(f"concurrency must be 1 to {MAX_CONCURRENCY}, not {concurrency}.")
        self.concurrency = concurrency
        random_bytes = face.settings.surroundings.random_bytes
        # Without a name of its own it is known by its folder, or by nothing.
        known = name is not None or save_to is not None
        self.name = check_name(name_of(name, save_to or "") if known else random_bytes(8).hex())
        self.stopped: Exception | None = None
        self._held = ExitStack()
        self._origin = origin_of(face.settings.base_url)
        self._names = Names(self.name, route_behind(call))
        self._limit = dollars(max_total, "max_total")
        self._budget = Budget(_budget_of(self.name), self._limit)
        self._on_outcome = on_outcome
        self._outcomes: list[Outcome[Any]] = []
        self._earlier: dict[str, str] = {}
        self._read = self._in_vain = self._silences = 0
        self.maker = Maker(
            client,
            flow_of(call),
            self._budget,
            max_price,
            timeout,
            None if save_to is None else Saving(save_to),
        )

    def begin(self) -> Flow[None]:
        """Read what earlier runs of this name have paid for.

        Raises ConflictingCall while another run of this name is under way on this machine.
        """
        if not (yield Record(self._hold, "hold")):
            raise ConflictingCall(
                f"The map {self.name!r} is being run already, by this program or another one: "
                "run it again when that has ended."
            )
        for attempt in (yield from self._attempts()):
            key = attempt.call.idempotency_key or ""
            if key.startswith(self._names.prefix):
                self._earlier[key] = attempt.id

    def close(self) -> None:
        """Let the next run of this name begin."""
        self._held.close()

    @property
    def over(self) -> bool:
        """Whether no further request is to be read: nothing more is bought, and all that was paid is met."""
        return self.stopped is not None and (not self._earlier or self._in_vain >= _READ_IN_VAIN)

    def item(self, request: Mapping[str, Any]) -> Item | None:
        """Return what is to be done for the next request; None: nothing."""
        index = self._read
        self._read += 1
        try:
            call = {name: pinned(value) for name, value in request.items()}
            key = self._names.key(call)
        except Exception as flaw:  # noqa: BLE001 - one request's failure is not the others'
            self.take(Outcome(index, request, error=flaw))
            return None
        attempt_id = self._earlier.pop(key, None)
        if attempt_id is None and self.stopped is not None:
            self._in_vain += 1
            return None
        self._in_vain = 0
        return Item(index, request, call, key, attempt_id)

    def take(self, outcome: Outcome[Any]) -> None:
        """Take what became of a request."""
        self._outcomes.append(outcome)
        self._silences = self._silences + 1 if isinstance(outcome.error, ServerUnavailable) else 0
        if self.stopped is None and (ends_buying(outcome.error) or self._silences >= SILENCES):
            self.stopped = outcome.error
        if self._on_outcome is not None:
            self._on_outcome(outcome)

    def report(self) -> Flow[MapReport[Any]]:
        """Say what became of all requests."""
        spent = total(outcome.price or Decimal(0) for outcome in self._outcomes)
        with suppress(LedgerUnavailable):
            spent = total(attempt.reserved for attempt in (yield from self._attempts()))
        return MapReport(
            name=self.name,
            outcomes=tuple(sorted(self._outcomes, key=lambda outcome: outcome.index)),
            spent=spent,
            max_total=self._limit,
            stopped=self.stopped,
        )

    def _hold(self, ledger: Ledger) -> bool:
        # Of a ledger elsewhere each run has only its own view; what is paid once is paid once there too.
        if not isinstance(ledger, SqliteLedger):
            return True
        return self._held.enter_context(ledger.alone(f"{self._origin} {self._budget.name}"))

    def _attempts(self) -> Flow[list[Attempt]]:
        attempts: list[Attempt] = yield Record(lambda ledger: ledger.attempts(), "attempts")
        return _of_map(attempts, self._origin, self._budget.name)


def name_of(name: str | None, save_to: str | os.PathLike[str]) -> str:
    """Return the name of a map that has a folder: its own, else the folder's."""
    return name if name is not None else written(Path(save_to).resolve())


def spent_by(attempts: Iterable[Attempt], origin: str, name: str) -> Decimal:
    """Return the dollars that are spent or reserved by all runs of this name."""
    return total(one.reserved for one in _of_map(attempts, origin, _budget_of(name)))


def _of_map(attempts: Iterable[Attempt], origin: str, budget: str) -> list[Attempt]:
    return [
        one
        for one in attempts
        if (one.call.origin, one.budget) == (origin, budget) and one.money not in RELEASED
    ]


def _budget_of(name: str) -> str:
    return f"map {name}"
