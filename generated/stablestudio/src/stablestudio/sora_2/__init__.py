# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Sora 2."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import Group

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from coinslot import AsyncJob, Job, Quote

    from ..results import VideoResult
    from .generate import Generate


class Sora2(Group):
    """Calls of Sora 2."""

    @cached_property
    def generate(self) -> Generate[Job[VideoResult], Quote]:
        """Generate a video with Sora 2.

        `POST /api/generate/sora-2/generate` · $0.40–$1.20 a call · 1 to 3 min · polled
        every 15 s
        """
        from .generate import Generate

        return Generate(self._client)


class AsyncSora2(Group):
    """Calls of Sora 2, to be awaited."""

    @cached_property
    def generate(self) -> Generate[Awaitable[AsyncJob[VideoResult]], Awaitable[Quote]]:
        """Generate a video with Sora 2.

        `POST /api/generate/sora-2/generate` · $0.40–$1.20 a call · 1 to 3 min · polled
        every 15 s
        """
        from .generate import Generate

        return Generate(self._client)
