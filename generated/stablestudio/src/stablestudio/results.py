# Written by coinslot-codegen 0.1.0; do not edit.
"""What finished jobs give."""

from __future__ import annotations

from typing import Annotated

from coinslot import MediaUrl, Result
from pydantic import Field


class ImageResult(Result):
    """A finished job's result. `save()` fetches `image_url`."""

    image_url: Annotated[MediaUrl, Field(alias="imageUrl")]


class VideoResult(Result):
    """A finished job's result. `save()` fetches `video_url`."""

    video_url: Annotated[MediaUrl, Field(alias="videoUrl")]
    thumbnail_url: Annotated[MediaUrl, Field(alias="thumbnailUrl")]
