"""A paid HTTP API on your own machine, made from its document: real signatures, play money."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coinslot_sandbox.cashier import Payment
    from coinslot_sandbox.clock import Clock, ManualClock, SystemClock
    from coinslot_sandbox.counter import payable
    from coinslot_sandbox.errors import ChainUnavailable, SandboxError
    from coinslot_sandbox.exchange import Exchange, Interference, Moment
    from coinslot_sandbox.faults import Fault
    from coinslot_sandbox.intake import Refused
    from coinslot_sandbox.names import seeded_entropy
    from coinslot_sandbox.options import Options
    from coinslot_sandbox.sandbox import Sandbox
    from coinslot_sandbox.server import Server
    from coinslot_sandbox.wallets import Wallet

__all__ = [
    "ChainUnavailable",
    "Clock",
    "Exchange",
    "Fault",
    "Interference",
    "ManualClock",
    "Moment",
    "Options",
    "Payment",
    "Refused",
    "Sandbox",
    "SandboxError",
    "Server",
    "SystemClock",
    "Wallet",
    "payable",
    "seeded_entropy",
]

_HOMES = {
    "cashier": ("Payment",),
    "clock": ("Clock", "ManualClock", "SystemClock"),
    "counter": ("payable",),
    "errors": ("ChainUnavailable", "SandboxError"),
    "exchange": ("Exchange", "Interference", "Moment"),
    "faults": ("Fault",),
    "intake": ("Refused",),
    "names": ("seeded_entropy",),
    "options": ("Options",),
    "sandbox": ("Sandbox",),
    "server": ("Server",),
    "wallets": ("Wallet",),
}


def __getattr__(name: str) -> Any:
    """Load what is asked for: the official server packages take seconds, and `--help` needs none."""
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"coinslot_sandbox.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
