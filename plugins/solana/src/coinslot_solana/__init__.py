"""Pays x402 `exact` offers on Solana. The door is `coinslot_solana.backend.backend`."""
