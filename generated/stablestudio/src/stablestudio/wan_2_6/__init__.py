# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Wan 2.6."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import Group

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from coinslot import AsyncJob, Job, Quote

    from ..results import VideoResult
    from .i2v import I2v
    from .t2v import T2v


class Wan26(Group):
    """Calls of Wan 2.6."""

    @cached_property
    def i2v(self) -> I2v[Job[VideoResult], Quote]:
        """Bring an image to life as a video with Wan 2.6.

        `POST /api/generate/wan-2.6/i2v` · $0.50–$2.25 a call · 2 to 5 min · polled
        every 15 s
        """
        from .i2v import I2v

        return I2v(self._client)

    @cached_property
    def t2v(self) -> T2v[Job[VideoResult], Quote]:
        """Make a video from a text prompt with Wan 2.6.

        `POST /api/generate/wan-2.6/t2v` · $0.50–$2.25 a call · 2 to 5 min · polled
        every 15 s
        """
        from .t2v import T2v

        return T2v(self._client)


class AsyncWan26(Group):
    """Calls of Wan 2.6, to be awaited."""

    @cached_property
    def i2v(self) -> I2v[Awaitable[AsyncJob[VideoResult]], Awaitable[Quote]]:
        """Bring an image to life as a video with Wan 2.6.

        `POST /api/generate/wan-2.6/i2v` · $0.50–$2.25 a call · 2 to 5 min · polled
        every 15 s
        """
        from .i2v import I2v

        return I2v(self._client)

    @cached_property
    def t2v(self) -> T2v[Awaitable[AsyncJob[VideoResult]], Awaitable[Quote]]:
        """Make a video from a text prompt with Wan 2.6.

        `POST /api/generate/wan-2.6/t2v` · $0.50–$2.25 a call · 2 to 5 min · polled
        every 15 s
        """
        from .t2v import T2v

        return T2v(self._client)
