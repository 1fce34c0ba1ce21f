# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Jobs."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import Group

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from .._models import JobStatus
    from .delete import Delete, DeleteAnswer
    from .get import Get
    from .list import List, ListAnswer


class Jobs(Group):
    """Calls of Jobs."""

    @cached_property
    def list(self) -> List[ListAnswer]:
        """List the jobs of the wallet that signs in.

        `GET /api/jobs` · signed, not paid
        """
        from .list import List

        return List(self._client)

    @cached_property
    def delete(self) -> Delete[DeleteAnswer]:
        """Remove a failed job from view, without erasing its record.

        `DELETE /api/jobs/{jobId}` · signed, not paid
        """
        from .delete import Delete

        return Delete(self._client)

    @cached_property
    def get(self) -> Get[JobStatus]:
        """Look up how far a job has come.

        `GET /api/jobs/{jobId}` · signed, not paid
        """
        from .get import Get

        return Get(self._client)


class AsyncJobs(Group):
    """Calls of Jobs, to be awaited."""

    @cached_property
    def list(self) -> List[Awaitable[ListAnswer]]:
        """List the jobs of the wallet that signs in.

        `GET /api/jobs` · signed, not paid
        """
        from .list import List

        return List(self._client)

    @cached_property
    def delete(self) -> Delete[Awaitable[DeleteAnswer]]:
        """Remove a failed job from view, without erasing its record.

        `DELETE /api/jobs/{jobId}` · signed, not paid
        """
        from .delete import Delete

        return Delete(self._client)

    @cached_property
    def get(self) -> Get[Awaitable[JobStatus]]:
        """Look up how far a job has come.

        `GET /api/jobs/{jobId}` · signed, not paid
        """
        from .get import Get

        return Get(self._client)
