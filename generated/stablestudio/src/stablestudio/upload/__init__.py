# Written by coinslot-codegen 0.1.0; do not edit.
"""Calls of Upload."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from coinslot import AsyncUploadGroup, UploadGroup

from ._steps import STEPS

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from coinslot import Quote

    from .confirm import Confirm, ConfirmAnswer
    from .create import Create, CreateAnswer


class Upload(UploadGroup):
    """Calls of Upload."""

    UPLOAD = STEPS

    @cached_property
    def create(self) -> Create[CreateAnswer, Quote]:
        """Buy the token that lets a file go straight to Vercel Blob.

        `POST /api/upload` · $0.01 a call · instant
        """
        from .create import Create

        return Create(self._client)

    @cached_property
    def confirm(self) -> Confirm[ConfirmAnswer]:
        """Report an upload as finished, with the URL where the blob now lies.

        `POST /api/upload/confirm` · signed, not paid
        """
        from .confirm import Confirm

        return Confirm(self._client)


class AsyncUpload(AsyncUploadGroup):
    """Calls of Upload, to be awaited."""

    UPLOAD = STEPS

    @cached_property
    def create(self) -> Create[Awaitable[CreateAnswer], Awaitable[Quote]]:
        """Buy the token that lets a file go straight to Vercel Blob.

        `POST /api/upload` · $0.01 a call · instant
        """
        from .create import Create

        return Create(self._client)

    @cached_property
    def confirm(self) -> Confirm[Awaitable[ConfirmAnswer]]:
        """Report an upload as finished, with the URL where the blob now lies.

        `POST /api/upload/confirm` · signed, not paid
        """
        from .confirm import Confirm

        return Confirm(self._client)
