# Written by coinslot-codegen 0.1.0; do not edit.
"""Jobs: list.

`GET /api/jobs` · signed, not paid
"""

from __future__ import annotations

from typing import Annotated

from coinslot import AnswerModel, AnswerT, Call, RequestModel, Route
from pydantic import MISSING, Field

from .._models import JobStatus


class ListQuery(RequestModel):
    """Query of `GET /api/jobs`."""

    limit: Annotated[int | MISSING, Field(ge=1)] = MISSING
    status: str | MISSING = MISSING


class ListAnswer(AnswerModel):
    """Answer of `GET /api/jobs`."""

    items: list[JobStatus]
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]


ROUTE = Route("GET", "/api/jobs", access="signed", answer=ListAnswer)


class List(Call[AnswerT]):
    """List the jobs of the wallet that signs in."""

    def __call__(
        self, *, limit: int | MISSING = MISSING, status: str | MISSING = MISSING
    ) -> AnswerT:
        """List the jobs of the wallet that signs in.

        Signed with the wallet's identity; nothing is paid.

        Args:
            limit: How many jobs to list at most. At least 1.
            status: Leave out jobs in any other status than this one, such as complete.

        Returns:
            `ListAnswer`. The request was carried out.
        """
        return self._send(ROUTE, query=ListQuery(limit=limit, status=status))
