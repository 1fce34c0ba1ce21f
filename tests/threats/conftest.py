"""The shop, its buyers and the studio of other folders, for every threat alike."""

from __future__ import annotations

from tests.payments.conftest import buyer, make_buyer, shop
from tests.runtime.conftest import anyio_backend, clock, draw, job, ledger, made, server, studio

__all__ = [
    "anyio_backend",
    "buyer",
    "clock",
    "draw",
    "job",
    "ledger",
    "made",
    "make_buyer",
    "server",
    "shop",
    "studio",
]
