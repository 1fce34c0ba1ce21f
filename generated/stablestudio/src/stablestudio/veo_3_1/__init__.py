# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Veo 3.1."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import Group

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from coinslot import AsyncJob, Job, Quote

    from ..results import VideoResult
    from .generate import Generate


class Veo31(Group):
    """Calls of Veo 3.1."""

    @cached_property
    def generate(self) -> Generate[Job[VideoResult], Quote]:
        """Generate a video with Veo 3.1.

        `POST /api/generate/veo-3.1/generate` · $1.60–$3.20 a call · 1 to 2 min · polled
        every 15 s
        """
        from .generate import Generate

        return Generate(self._client)


class AsyncVeo31(Group):
    """Calls of Veo 3.1, to be awaited."""

    @cached_property
    def generate(self) -> Generate[Awaitable[AsyncJob[VideoResult]], Awaitable[Quote]]:
        """Generate a video with Veo 3.1.

        `POST /api/generate/veo-3.1/generate` · $1.60–$3.20 a call · 1 to 2 min · polled
        every 15 s
        """
        from .generate import Generate

        return Generate(self._client)
