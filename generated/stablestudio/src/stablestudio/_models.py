# Written by coinslot-codegen 0.1.0; do not edit.
"""Models that several routes share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, TypeAlias

from coinslot import AnswerModel, Media, RequestModel
from pydantic import MISSING, Field

DurationSeconds: TypeAlias = Literal["4", "6", "8"]
Resolution: TypeAlias = Literal["720p", "1080p"]
AspectRatio: TypeAlias = Literal["16:9", "9:16"]
ImageMode: TypeAlias = Literal["none", "first-frame", "reference", "interpolation"]


class AcceptedJob(AnswerModel):
    """Answer of `POST /api/generate/flux-2-max/edit` and of 24 other routes."""

    success: bool
    job_id: Annotated[str, Field(alias="jobId")]
    status: str
    type_: Annotated[str, Field(alias="type")]


class JobStatus(AnswerModel):
    """Answer of `GET /api/jobs/{jobId}`."""

    id: str
    type_: Annotated[str, Field(alias="type")]
    input: Any
    status: str
    progress: float
    created_at: Annotated[str, Field(alias="createdAt")]
    updated_at: Annotated[str, Field(alias="updatedAt")]
    result: Any = None
    error: str | None = None


class Veo31GenerateRequest(RequestModel):
    """Body of `POST /api/generate/veo-3.1/generate` and of one other route."""

    prompt: Annotated[str, Field(min_length=1)]
    duration_seconds: Annotated[
        DurationSeconds | MISSING, Field(alias="durationSeconds")
    ] = MISSING
    resolution: Resolution | MISSING = MISSING
    aspect_ratio: Annotated[AspectRatio | MISSING, Field(alias="aspectRatio")] = MISSING
    negative_prompt: Annotated[str | MISSING, Field(alias="negativePrompt")] = MISSING
    image_mode: Annotated[ImageMode | MISSING, Field(alias="imageMode")] = MISSING
    image: Media | MISSING = MISSING
    last_frame: Annotated[Media | MISSING, Field(alias="lastFrame")] = MISSING
    reference_images: Annotated[
        Sequence[Media] | MISSING, Field(alias="referenceImages", max_length=3)
    ] = MISSING
