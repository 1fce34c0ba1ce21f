"""What can go wrong with the sandbox itself, as opposed to what it answers."""

from __future__ import annotations


class SandboxError(Exception):
    """The sandbox cannot do what it was asked to."""


class ChainUnavailable(SandboxError):
    """No local chain can be started here; the message says what is missing."""
