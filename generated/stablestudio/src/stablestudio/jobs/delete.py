# Written by coinslot-codegen 0.1.0; do not edit.
"""Jobs: delete.

`DELETE /api/jobs/{jobId}` · signed, not paid
"""

from __future__ import annotations

from coinslot import AnswerModel, AnswerT, Call, Route


class DeleteAnswer(AnswerModel):
    """Answer of `DELETE /api/jobs/{jobId}`."""

    success: bool


ROUTE = Route("DELETE", "/api/jobs/{jobId}", access="signed", answer=DeleteAnswer)


class Delete(Call[AnswerT]):
    """Remove a failed job from view, without erasing its record."""

    def __call__(self, job_id: str) -> AnswerT:
        """Remove a failed job from view, without erasing its record.

        Signed with the wallet's identity; nothing is paid.

        Args:
            job_id: Identifier of the job, as the generation call answered it.

        Returns:
            `DeleteAnswer`. The request was carried out.
        """
        return self._send(ROUTE, path={"jobId": job_id})
