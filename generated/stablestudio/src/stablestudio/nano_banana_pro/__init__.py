# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Nano Banana Pro."""

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


class NanoBananaPro(Group):
    """Calls of Nano Banana Pro."""

    @cached_property
    def edit(self) -> Edit[Job[ImageResult], Quote]:
        """Edit images with Nano Banana Pro.

        `POST /api/generate/nano-banana-pro/edit` · $0.13–$0.24 a call · about 10 s ·
        polled every 5 s
        """
        from .edit import Edit

        return Edit(self._client)

    @cached_property
    def generate(self) -> Generate[Job[ImageResult], Quote]:
        """Generate an image with Nano Banana Pro.

        `POST /api/generate/nano-banana-pro/generate` · $0.13–$0.24 a call · about 10 s
        · polled every 5 s
        """
        from .generate import Generate

        return Generate(self._client)


class AsyncNanoBananaPro(Group):
    """Calls of Nano Banana Pro, to be awaited."""

    @cached_property
    def edit(self) -> Edit[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]:
        """Edit images with Nano Banana Pro.

        `POST /api/generate/nano-banana-pro/edit` · $0.13–$0.24 a call · about 10 s ·
        polled every 5 s
        """
        from .edit import Edit

        return Edit(self._client)

    @cached_property
    def generate(self) -> Generate[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]:
        """Generate an image with Nano Banana Pro.

        `POST /api/generate/nano-banana-pro/generate` · $0.13–$0.24 a call · about 10 s
        · polled every 5 s
        """
        from .generate import Generate

        return Generate(self._client)
