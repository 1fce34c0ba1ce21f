"""Answers that are no jobs: data of a server, text, or a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mcp import types
from pydantic import BaseModel

from coinslot_mcp.pictures import picture
from coinslot_mcp.telling import told


def answered(facts: Mapping[str, Any], answer: Any) -> types.CallToolResult:
    """Return what a call answered, as data that is not to be trusted."""
    if isinstance(answer, bytes):
        shown = picture(answer)
        return told({**facts, "bytes": len(answer)}, pictures=[] if shown is None else [shown])
    plain = answer.model_dump(mode="json", by_alias=True) if isinstance(answer, BaseModel) else answer
    return told(facts, server=plain)
