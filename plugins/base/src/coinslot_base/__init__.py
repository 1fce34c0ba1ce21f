"""Pays x402 `exact` offers on EVM networks, Base first. The door is `coinslot_base.backend.backend`."""
