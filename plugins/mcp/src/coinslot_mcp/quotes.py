"""Quotes that an agent was given: each binds one payment, and outlives a restart of the server."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from coinslot.terms import Agreed

LIFETIME = 300.0
"""Seconds that a quote can be paid."""
_KEPT = 24 * 60 * 60
_ID = re.compile(r"quote_[0-9a-f]{32}")


class AgentQuote(BaseModel):
    """One quote: what would be called, and for how much, from whom and to whom."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    """Random; names the call to the ledger as well."""
    origin: str
    entry: str
    arguments: dict[str, Any]
    """As the agent gave them: files by their paths."""
    files: dict[str, str]
    """What the files held: SHA-256 by path."""
    price: Decimal
    """Dollars, without uploads."""
    uploads: Decimal | None
    """Dollars for uploading the files; None: not known."""
    surprising: bool
    """Whether it costs more than its document says, or the document says nothing."""
    agreed: Agreed
    expires_at: float
    """Unix seconds."""

    @property
    def key(self) -> str:
        """The idempotency key of its call."""
        return key_of(self.id)

    @property
    def cost(self) -> Decimal:
        """Dollars, uploads included where they are known."""
        return self.price + (self.uploads or 0)


def key_of(quote_id: str) -> str:
    """Return the idempotency key of what a quote pays for."""
    return f"mcp:{quote_id}"


class Quotes:
    """The quotes of the last day, one file each, beside the ledger."""

    def __init__(self, folder: Path, now: Callable[[], float]) -> None:
        self._folder = folder
        self.now = now

    def make(self, **told: Any) -> AgentQuote:
        """Make a quote and write it down."""
        made = AgentQuote(id=f"quote_{secrets.token_hex(16)}", expires_at=self.now() + LIFETIME, **told)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._forget()
        path = self._path(made.id)
        part = path.with_suffix(".part")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(made.model_dump_json())
            file.flush()
            os.fsync(handle)
        part.replace(path)
        return made

    def find(self, quote_id: str) -> AgentQuote | None:
        """Return a quote; None where it is not known (any more)."""
        if not _ID.fullmatch(quote_id):
            return None
        try:
            return AgentQuote.model_validate_json(self._path(quote_id).read_bytes())
        except (OSError, ValidationError):
            return None

    def expired(self, quote: AgentQuote) -> bool:
        """Whether it can no longer be paid."""
        return self.now() >= quote.expires_at

    def _path(self, quote_id: str) -> Path:
        return self._folder / f"{quote_id}.json"

    def _forget(self) -> None:
        for path in self._folder.iterdir():
            try:
                if path.stat().st_mtime < self.now() - _KEPT:
                    path.unlink()
            except OSError:
                continue
