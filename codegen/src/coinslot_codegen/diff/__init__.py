"""What changed between two documents, in the terms of those who call the API."""

from __future__ import annotations

from coinslot_codegen.diff.api import changes, compare
from coinslot_codegen.diff.change import Change, Impact, verdict

__all__ = ["Change", "Impact", "changes", "compare", "verdict"]
