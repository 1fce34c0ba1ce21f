"""What a document's API calls the states of a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from coinslot_sandbox.jobs.store import Phase
from coinslot_sandbox.schema.dialect import Dialect, Schema

_KNOWN: dict[Phase, tuple[str, ...]] = {
    "waiting": ("pending", "queued", "waiting", "created", "accepted", "submitted", "not_started"),
    "running": ("loading", "processing", "running", "in_progress", "in-progress", "started", "active"),
    "done": ("complete", "completed", "succeeded", "success", "done", "finished", "ready"),
    "failed": ("failed", "failure", "error", "errored"),
}


@dataclass(frozen=True, slots=True)
class StateWords:
    """One word for each phase."""

    waiting: str
    running: str
    done: str
    failed: str

    def of(self, phase: Phase) -> str:
        """Return the word for a phase."""
        word: str = getattr(self, phase)
        return word


def state_words(schema: Schema | None, member: str, dialect: Dialect) -> StateWords:
    """Return the words that a status schema's enum allows; `pending`, `loading`, ... without one."""
    allowed = _enum(schema, member, dialect)
    by_folded = {str(word).lower(): str(word) for word in allowed}
    chosen = {
        phase: next((by_folded[word] for word in words if word in by_folded), words[0])
        for phase, words in _KNOWN.items()
    }
    if allowed and chosen["running"] not in allowed:
        chosen["running"] = chosen["waiting"]
    if allowed and chosen["waiting"] not in allowed:
        chosen["waiting"] = chosen["running"]
    return StateWords(**chosen)


def _enum(schema: Schema | None, member: str, dialect: Dialect) -> list[Any]:
    status = True if schema is None else dialect.member(schema, member)
    values = status.get("enum", []) if isinstance(status, Mapping) else []
    return values if isinstance(values, list) else []
