# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Flux 2 Pro."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import Group

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from coinslot import AsyncJob, Job, Quote

    from ..results import ImageResult
    from .edit import Edit
    from .generate import Generate


class Flux2Pro(Group):
    """Calls of Flux 2 Pro."""

    @cached_property
    def edit(self) -> Edit[Job[ImageResult], Quote]:
        """Edit images with Flux 2 Pro.

        `POST /api/generate/flux-2-pro/edit` · $0.03–$0.06 a call · about 5 s · polled
        every 5 s
        """
        from .edit import Edit

        return Edit(self._client)

    @cached_property
    def generate(self) -> Generate[Job[ImageResult], Quote]:
        """Generate an image with Flux 2 Pro.

        `POST /api/generate/flux-2-pro/generate` · $0.02–$0.04 a call · about 5 s ·
        polled every 5 s
        """
        from .generate import Generate

        return Generate(self._client)


class AsyncFlux2Pro(Group):
    """Calls of Flux 2 Pro, to be awaited."""

    @cached_property
    def edit(self) -> Edit[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]:
        """Edit images with Flux 2 Pro.

        `POST /api/generate/flux-2-pro/edit` · $0.03–$0.06 a call · about 5 s · polled
        every 5 s
        """
        from .edit import Edit

        return Edit(self._client)

    @cached_property
    def generate(self) -> Generate[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]:
        """Generate an image with Flux 2 Pro.

        `POST /api/generate/flux-2-pro/generate` · $0.02–$0.04 a call · about 5 s ·
        polled every 5 s
        """
        from .generate import Generate

        return Generate(self._client)
