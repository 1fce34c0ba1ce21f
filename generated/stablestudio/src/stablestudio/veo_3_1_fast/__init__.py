# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Veo 3.1 Fast."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import Group

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from coinslot import AsyncJob, Job, Quote

    from ..results import VideoResult
    from .generate import Generate


class Veo31Fast(Group):
    """Calls of Veo 3.1 Fast."""

    @cached_property
    def generate(self) -> Generate[Job[VideoResult], Quote]:
        """Generate a video with Veo 3.1 Fast.

        `POST /api/generate/veo-3.1-fast/generate` · $1.00–$2.00 a call · about 30 s ·
        polled every 15 s
        """
        from .generate import Generate

        return Generate(self._client)


class AsyncVeo31Fast(Group):
    """Calls of Veo 3.1 Fast, to be awaited."""

    @cached_property
    def generate(self) -> Generate[Awaitable[AsyncJob[VideoResult]], Awaitable[Quote]]:
        """Generate a video with Veo 3.1 Fast.

        `POST /api/generate/veo-3.1-fast/generate` · $1.00–$2.00 a call · about 30 s ·
        polled every 15 s
        """
        from .generate import Generate

        return Generate(self._client)
