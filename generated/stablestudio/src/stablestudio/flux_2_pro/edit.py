# Written by coinslot-codegen 0.1.0; do not edit.
"""Flux 2 Pro: edit.

`POST /api/generate/flux-2-pro/edit` · $0.03–$0.06 a call · about 5 s · polled every 5 s
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from coinslot import AnswerT, Media, PaidCall, PriceRange, QuoteT, RequestModel, Route
from pydantic import MISSING, Field

from .._jobs import JOBS
from .._models import AcceptedJob
from ..results import ImageResult

if TYPE_CHECKING:
    from coinslot import Dollars

AspectRatio: TypeAlias = Literal[
    "1:1", "16:9", "9:16", "3:2", "2:3", "4:5", "5:4", "4:3", "3:4"
]
Resolution: TypeAlias = Literal["0.5 MP", "1 MP", "2 MP"]
OutputFormat: TypeAlias = Literal["webp", "jpg", "png"]


class EditRequest(RequestModel):
    """Body of `POST /api/generate/flux-2-pro/edit`."""

    prompt: Annotated[str, Field(min_length=1, max_length=10000)]
    images: Annotated[Sequence[Media], Field(min_length=1, max_length=8)]
    aspect_ratio: AspectRatio | MISSING = MISSING
    resolution: Resolution | MISSING = MISSING
    output_format: OutputFormat | MISSING = MISSING
    output_quality: Annotated[int | MISSING, Field(ge=0, le=100)] = MISSING
    seed: Annotated[int | MISSING, Field(ge=-9007199254740991, le=9007199254740991)] = (
        MISSING
    )
    safety_tolerance: Annotated[int | MISSING, Field(ge=1, le=5)] = MISSING
    prompt_upsampling: bool | MISSING = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/flux-2-pro/edit",
    access="paid",
    answer=AcceptedJob,
    media={"images": ("image",)},
    price=PriceRange("0.03", "0.06"),
    job=JOBS,
    result=ImageResult,
    typical_seconds=(5, 5),
    poll_seconds=5,
    result_lifetime_seconds=1200,
)


class Edit(PaidCall[AnswerT, QuoteT]):
    """Edit images with Flux 2 Pro."""

    def __call__(
        self,
        *,
        prompt: str,
        images: Sequence[Media],
        aspect_ratio: AspectRatio | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        output_format: OutputFormat | MISSING = MISSING,
        output_quality: int | MISSING = MISSING,
        seed: int | MISSING = MISSING,
        safety_tolerance: int | MISSING = MISSING,
        prompt_upsampling: bool | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Edit images with Flux 2 Pro.

        Costs $0.03–$0.06 a call and takes about 5 s.

        Args:
            prompt: What the image should show, described in detail. 1 to 10000
                characters.
            images: URLs of the images that the edit starts from. 1 to 8 items. Files
                are uploaded first.
            aspect_ratio: Shape of the finished image, as width to height. The server's
                default is "1:1".
            resolution: Size of the image, in megapixels. The server's default is "1
                MP".
            output_format: File format of the image. The server's default is "webp".
            output_quality: How good a JPG or WebP file looks, from 0 to 100. The
                server's default is 80.
            seed: Number that fixes the randomness, so that a result can be had again.
                -9007199254740991 to 9007199254740991.
            safety_tolerance: How much the safety filter lets through, from 1 (strict)
                to 5 (permissive). The server's default is 2.
            prompt_upsampling: Whether the model may elaborate on the prompt, for a more
                inventive image. The server's default is False.
            max_price: The most that this call may cost, in dollars; above it nothing is
                signed.
            idempotency_key: Names this call: the same key never pays a second time.

        Returns:
            The accepted job; its `wait()` returns an `ImageResult`. The result's URLs
                live for about 20 min.

        Raises:
            PaymentError: It was not paid, or nobody knows yet; the error says what is
                true of the money.
        """
        return self._pay(
            ROUTE,
            body=EditRequest(
                prompt=prompt,
                images=images,
                aspect_ratio=aspect_ratio,
                resolution=resolution,
                output_format=output_format,
                output_quality=output_quality,
                seed=seed,
                safety_tolerance=safety_tolerance,
                prompt_upsampling=prompt_upsampling,
            ),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        prompt: str,
        images: Sequence[Media],
        aspect_ratio: AspectRatio | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        output_format: OutputFormat | MISSING = MISSING,
        output_quality: int | MISSING = MISSING,
        seed: int | MISSING = MISSING,
        safety_tolerance: int | MISSING = MISSING,
        prompt_upsampling: bool | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=EditRequest(
                prompt=prompt,
                images=images,
                aspect_ratio=aspect_ratio,
                resolution=resolution,
                output_format=output_format,
                output_quality=output_quality,
                seed=seed,
                safety_tolerance=safety_tolerance,
                prompt_upsampling=prompt_upsampling,
            ),
        )
