"""Faults on purpose: small named things that go wrong, each at one moment of an exchange."""

from __future__ import annotations

from coinslot_sandbox.faults.catalogue import CATALOGUE
from coinslot_sandbox.faults.door import HEADER, Faults, Happened
from coinslot_sandbox.faults.fault import Fault
from coinslot_sandbox.faults.kind import Kind

__all__ = ["CATALOGUE", "HEADER", "Fault", "Faults", "Happened", "Kind"]
