# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of GPT Image 2."""

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


class GptImage2(Group):
    """Calls of GPT Image 2."""

    @cached_property
    def edit(self) -> Edit[Job[ImageResult], Quote]:
        """Edit images with GPT Image 2. The first choice among the image models, though
        it may need minutes: keep polling the jobId and never send a pending job again.

        `POST /api/generate/gpt-image-2/edit` · $0.005–$0.21 a call · can take minutes ·
        polled every 10 s
        """
        from .edit import Edit

        return Edit(self._client)

    @cached_property
    def generate(self) -> Generate[Job[ImageResult], Quote]:
        """Generate an image with GPT Image 2. The first choice among the image models,
        though it may need minutes: keep polling the jobId and never send a pending job
        again.

        `POST /api/generate/gpt-image-2/generate` · $0.005–$0.21 a call · can take
        minutes · polled every 10 s
        """
        from .generate import Generate

        return Generate(self._client)


class AsyncGptImage2(Group):
    """Calls of GPT Image 2, to be awaited."""

    @cached_property
    def edit(self) -> Edit[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]:
        """Edit images with GPT Image 2. The first choice among the image models, though
        it may need minutes: keep polling the jobId and never send a pending job again.

        `POST /api/generate/gpt-image-2/edit` · $0.005–$0.21 a call · can take minutes ·
        polled every 10 s
        """
        from .edit import Edit

        return Edit(self._client)

    @cached_property
    def generate(self) -> Generate[Awaitable[AsyncJob[ImageResult]], Awaitable[Quote]]:
        """Generate an image with GPT Image 2. The first choice among the image models,
        though it may need minutes: keep polling the jobId and never send a pending job
        again.

        `POST /api/generate/gpt-image-2/generate` · $0.005–$0.21 a call · can take
        minutes · polled every 10 s
        """
        from .generate import Generate

        return Generate(self._client)
