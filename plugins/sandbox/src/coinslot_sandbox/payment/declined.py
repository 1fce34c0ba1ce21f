"""A refusal of MPP's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Declined(Exception):
    """The official server does not take a credential; `problem` says why, in its words."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(problem.get("detail"))
        self.status = status
        self.problem = problem
