"""A ledger in memory, for programs that pay test money only."""

from __future__ import annotations

from memory_ledger.ledger import MemoryLedger

__all__ = ["MemoryLedger"]
