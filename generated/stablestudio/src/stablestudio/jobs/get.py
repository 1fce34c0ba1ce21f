# Written by coinslot-codegen 0.1.0; do not edit.
"""Jobs: get.

`GET /api/jobs/{jobId}` · signed, not paid
"""

from __future__ import annotations

from coinslot import AnswerT, Call, Route

from .._models import JobStatus

ROUTE = Route("GET", "/api/jobs/{jobId}", access="signed", answer=JobStatus)


class Get(Call[AnswerT]):
    """Look up how far a job has come."""

    def __call__(self, job_id: str) -> AnswerT:
        """Look up how far a job has come.

        Signed with the wallet's identity; nothing is paid.

        Args:
            job_id: Identifier of the job, as the generation call answered it.

        Returns:
            `JobStatus`. The request was carried out.
        """
        return self._send(ROUTE, path={"jobId": job_id})
