# Written by coinslot-codegen 0.1.0; do not edit.
"""Veo 3.1: generate.

`POST /api/generate/veo-3.1/generate` · $1.60–$3.20 a call · 1 to 2 min · polled every
15 s
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coinslot import AnswerT, PaidCall, PriceRange, QuoteT, Route
from pydantic import MISSING

from .._jobs import JOBS
from .._models import AcceptedJob, Veo31GenerateRequest
from ..results import VideoResult

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coinslot import Dollars, Media

    from .._models import AspectRatio, DurationSeconds, ImageMode, Resolution

ROUTE = Route(
    "POST",
    "/api/generate/veo-3.1/generate",
    access="paid",
    answer=AcceptedJob,
    media={"image": ("image",), "lastFrame": ("image",), "referenceImages": ("image",)},
    price=PriceRange("1.60", "3.20"),
    job=JOBS,
    result=VideoResult,
    typical_seconds=(60, 120),
    poll_seconds=15,
    result_lifetime_seconds=1200,
)


class Generate(PaidCall[AnswerT, QuoteT]):
    """Generate a video with Veo 3.1."""

    def __call__(
        self,
        *,
        prompt: str,
        duration_seconds: DurationSeconds | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        negative_prompt: str | MISSING = MISSING,
        image_mode: ImageMode | MISSING = MISSING,
        image: Media | MISSING = MISSING,
        last_frame: Media | MISSING = MISSING,
        reference_images: Sequence[Media] | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Generate a video with Veo 3.1.

        Costs $1.60–$3.20 a call and takes 1 to 2 min.

        What Veo makes depends on the images it gets: none of `image`, `lastFrame` and
        `referenceImages`, and it works from the text alone; only `image`, and the video
        opens with that frame; `image` and `lastFrame` with `imageMode:
        "interpolation"`, and it moves from one to the other; as many as 3
        `referenceImages` with `imageMode: "reference"`, and it follows their style.

        Args:
            prompt: What the video should show and how, described in detail. Not empty.
            duration_seconds: Length of the video, in seconds. The server's default is
                "4".
            resolution: How finely the video is resolved. The server's default is
                "720p".
            aspect_ratio: Shape of the picture, wide or upright. The server's default is
                "16:9".
            negative_prompt: What must not appear in the video.
            image_mode: The part that the given images play in the video. The server's
                default is "interpolation".
            image: URL of the image that the video opens with. A file is uploaded first.
            last_frame: URL of the image that the video ends on, in interpolation mode.
                A file is uploaded first.
            reference_images: Up to 3 images whose style the video should follow. Files
                are uploaded first.
            max_price: The most that this call may cost, in dollars; above it nothing is
                signed.
            idempotency_key: Names this call: the same key never pays a second time.

        Returns:
            The accepted job; its `wait()` returns a `VideoResult`. The result's URLs
                live for about 20 min.

        Raises:
            PaymentError: It was not paid, or nobody knows yet; the error says what is
                true of the money.
        """
        return self._pay(
            ROUTE,
            body=Veo31GenerateRequest(
                prompt=prompt,
                duration_seconds=duration_seconds,
                resolution=resolution,
                aspect_ratio=aspect_ratio,
                negative_prompt=negative_prompt,
                image_mode=image_mode,
                image=image,
                last_frame=last_frame,
                reference_images=reference_images,
            ),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        prompt: str,
        duration_seconds: DurationSeconds | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        negative_prompt: str | MISSING = MISSING,
        image_mode: ImageMode | MISSING = MISSING,
        image: Media | MISSING = MISSING,
        last_frame: Media | MISSING = MISSING,
        reference_images: Sequence[Media] | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=Veo31GenerateRequest(
                prompt=prompt,
                duration_seconds=duration_seconds,
                resolution=resolution,
                aspect_ratio=aspect_ratio,
                negative_prompt=negative_prompt,
                image_mode=image_mode,
                image=image,
                last_frame=last_frame,
                reference_images=reference_images,
            ),
        )
