# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Grok Video."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import Group

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from coinslot import AsyncJob, Job, Quote

    from ..results import VideoResult
    from .generate import Generate


class GrokVideo(Group):
    """Calls of Grok Video."""

    @cached_property
    def generate(self) -> Generate[Job[VideoResult], Quote]:
        """Generate a video with Grok Video.

        `POST /api/generate/grok-video/generate` · $0.15–$0.75 a call · about 17 s ·
        polled every 15 s
        """
        from .generate import Generate

        return Generate(self._client)


class AsyncGrokVideo(Group):
    """Calls of Grok Video, to be awaited."""

    @cached_property
    def generate(self) -> Generate[Awaitable[AsyncJob[VideoResult]], Awaitable[Quote]]:
        """Generate a video with Grok Video.

        `POST /api/generate/grok-video/generate` · $0.15–$0.75 a call · about 17 s ·
        polled every 15 s
        """
        from .generate import Generate

        return Generate(self._client)
