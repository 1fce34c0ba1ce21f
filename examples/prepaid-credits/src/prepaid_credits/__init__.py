"""Pays x402 offers with prepaid credits. The door is `prepaid_credits.backend.backend`."""
