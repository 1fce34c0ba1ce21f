# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Flux 2 Max."""

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


class Flux2Max(Group):
    """Calls of Flux 2 Max."""

    @cached_property
    def edit(self) -> Edit[Job[ImageResult], Quote]:
        """Edit images with Flux 2 Max.

        `POST /api/generate/flux-2-max/edit` · $0.04–$0.17 a call · about 8 s · polled
        every 5 s
        """
        from .edit import Edit

        return Edit(self._client)

    @cached_property
    def generate(self) -> Generate[Job[ImageResult], Quote]:
        """Generate an image with Flux 2 Max.

        `POST /api/generate/flux-2-max/generate` · $0.04–$0.17 a call · about 8 s ·
        polled every 5 s
        """
        from .generate import Generate

        return Generate(self._client)


class AsyncFlux2Max(Group):
    """Calls of Flux 2 Max, to be awaited."""

    @cached_property
    def edit(self) -> Edit[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]:
        """Edit images with Flux 2 Max.

        `POST /api/generate/flux-2-max/edit` · $0.04–$0.17 a call · about 8 s · polled
        every 5 s
        """
        from .edit import Edit

        return Edit(self._client)

    @cached_property
    def generate(self) -> Generate[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]:
        """Generate an image with Flux 2 Max.

        `POST /api/generate/flux-2-max/generate` · $0.04–$0.17 a call · about 8 s ·
        polled every 5 s
        """
        from .generate import Generate

        return Generate(self._client)
