"""Solana on this machine: the real token program in this process, and a node that tells of it."""

from __future__ import annotations

from coinslot_sandbox.solana.chain import Landed, LocalSolana, Refused
from coinslot_sandbox.solana.fee_payer import FeePayer
from coinslot_sandbox.solana.node import SolanaNode

__all__ = ["FeePayer", "Landed", "LocalSolana", "Refused", "SolanaNode"]
