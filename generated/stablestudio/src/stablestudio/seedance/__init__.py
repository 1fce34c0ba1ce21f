# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Seedance."""

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


class Seedance(Group):
    """Calls of Seedance."""

    @cached_property
    def i2v(self) -> I2v[Job[VideoResult], Quote]:
        """Make a video from images or other references with Seedance 2 Pro.

        `POST /api/generate/seedance/i2v` · $0.09–$0.54 a second · 1 to 3 min · polled
        every 15 s
        """
        from .i2v import I2v

        return I2v(self._client)

    @cached_property
    def t2v(self) -> T2v[Job[VideoResult], Quote]:
        """Make a video from a text prompt with Seedance 2 Pro.

        `POST /api/generate/seedance/t2v` · $0.09–$0.54 a second · 1 to 3 min · polled
        every 15 s
        """
        from .t2v import T2v

        return T2v(self._client)


class AsyncSeedance(Group):
    """Calls of Seedance, to be awaited."""

    @cached_property
    def i2v(self) -> I2v[Awaitable[AsyncJob[VideoResult]], Awaitable[Quote]]:
        """Make a video from images or other references with Seedance 2 Pro.

        `POST /api/generate/seedance/i2v` · $0.09–$0.54 a second · 1 to 3 min · polled
        every 15 s
        """
        from .i2v import I2v

        return I2v(self._client)

    @cached_property
    def t2v(self) -> T2v[Awaitable[AsyncJob[VideoResult]], Awaitable[Quote]]:
        """Make a video from a text prompt with Seedance 2 Pro.

        `POST /api/generate/seedance/t2v` · $0.09–$0.54 a second · 1 to 3 min · polled
        every 15 s
        """
        from .t2v import T2v

        return T2v(self._client)
