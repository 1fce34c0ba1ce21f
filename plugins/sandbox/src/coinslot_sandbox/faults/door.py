"""Which faults are armed, and the moment at which each of them goes off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coinslot_sandbox.exchange import Exchange, Leg, Moment
from coinslot_sandbox.faults.catalogue import CATALOGUE
from coinslot_sandbox.faults.fault import Fault
from coinslot_sandbox.intake import Refused
from coinslot_sandbox.reply import refusal

HEADER = "Coinslot-Fault"
"""A request may bring a fault for itself in this header, written as on the command line."""


@dataclass(frozen=True, slots=True)
class Happened:
    """A fault that went off."""

    kind: str
    method: str
    path: str
    leg: Leg


@dataclass(slots=True)
class _Armed:
    fault: Fault
    passed: int = 0
    gone_off: int = 0

    def goes_off(self, moment: Moment, exchange: Exchange) -> bool:
        fault, kind = self.fault, CATALOGUE[self.fault.kind]
        if kind.moment is not moment or not fault.holds(kind, exchange) or not kind.only(exchange):
            return False
        if self.passed < fault.after:
            self.passed += 1
            return False
        if fault.times is not None and self.gone_off >= fault.times:
            return False
        self.gone_off += 1
        return True


class Faults:
    """The faults of one sandbox; more can be added while it runs."""

    def __init__(self, faults: Iterable[Fault | str] = ()) -> None:
        self._armed: list[_Armed] = []
        self.happened: list[Happened] = []
        """What went off so far, the oldest first."""
        self.add(*faults)

    def add(self, *faults: Fault | str) -> None:
        """Arm faults, given as `Fault` or as `KIND[@LEG][=VALUE][:ROUTE][:TIMES]`; raises ValueError."""
        read = [fault if isinstance(fault, Fault) else Fault.read(fault) for fault in faults]
        self._armed += [_Armed(fault) for fault in read]

    def clear(self) -> None:
        """Disarm all faults."""
        self._armed.clear()

    async def interfere(self, moment: Moment, exchange: Exchange) -> None:
        """Let go off what fits; raises what the fault raises."""
        for armed in [*self._armed, *_brought(moment, exchange)]:
            if armed.goes_off(moment, exchange):
                fault, kind = armed.fault, CATALOGUE[armed.fault.kind]
                route = exchange.route
                self.happened.append(Happened(kind.name, route.method, route.path, exchange.leg))
                await kind.act(exchange, kind.value if fault.value is None else fault.value)


def _brought(moment: Moment, exchange: Exchange) -> list[_Armed]:
    written = exchange.request.headers.get(HEADER)
    if written is None:
        return []
    try:
        return [_Armed(Fault.read(written))]
    except ValueError as flaw:
        if moment is Moment.ARRIVED:
            raise Refused(refusal(400, "no_such_fault", str(flaw)[:500])) from flaw
        return []
