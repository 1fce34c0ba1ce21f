"""One thing that was looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["right", "note", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do about it."""

    state: State
    """`wrong` stops a paid call; a `note` does not, but is worth reading."""
    subject: str
    told: str
    todo: str = ""
