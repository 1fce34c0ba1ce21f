# Written by coinslot-codegen 0.1.0; do not edit.
"""Nano Banana: edit.

`POST /api/generate/nano-banana/edit` · $0.045–$0.151 a call · about 5 s · polled every
5 s
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
    "1:1",
    "1:4",
    "1:8",
    "2:3",
    "3:2",
    "3:4",
    "4:1",
    "4:3",
    "4:5",
    "5:4",
    "8:1",
    "9:16",
    "16:9",
    "21:9",
]
ImageSize: TypeAlias = Literal["512", "1K", "2K", "4K"]
ThinkingLevel: TypeAlias = Literal["minimal", "high"]


class EditRequest(RequestModel):
    """Body of `POST /api/generate/nano-banana/edit`."""

    prompt: Annotated[str, Field(min_length=1)]
    images: Annotated[Sequence[Media], Field(min_length=1, max_length=14)]
    aspect_ratio: Annotated[AspectRatio | MISSING, Field(alias="aspectRatio")] = MISSING
    image_size: Annotated[ImageSize | MISSING, Field(alias="imageSize")] = MISSING
    thinking_level: Annotated[ThinkingLevel | MISSING, Field(alias="thinkingLevel")] = (
        MISSING
    )


ROUTE = Route(
    "POST",
    "/api/generate/nano-banana/edit",
    access="paid",
    answer=AcceptedJob,
    media={"images": ("image",)},
    price=PriceRange("0.045", "0.151"),
    job=JOBS,
    result=ImageResult,
    typical_seconds=(5, 5),
    poll_seconds=5,
    result_lifetime_seconds=1200,
)


class Edit(PaidCall[AnswerT, QuoteT]):
    """Edit images with Nano Banana."""

    def __call__(
        self,
        *,
        prompt: str,
        images: Sequence[Media],
        aspect_ratio: AspectRatio | MISSING = MISSING,
        image_size: ImageSize | MISSING = MISSING,
        thinking_level: ThinkingLevel | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Edit images with Nano Banana.

        Costs $0.045–$0.151 a call and takes about 5 s.

        Args:
            prompt: What the image should show, described in detail. Not empty.
            images: URLs of the images that the edit starts from, 1 to 14 of them. Files
                are uploaded first.
            aspect_ratio: Shape of the image, as width to height. The server's default
                is "1:1".
            image_size: How large the image is. The server's default is "1K".
            thinking_level: How long the model reasons first: minimal is the fastest,
                high gives the best quality. The server's default is "minimal".
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
                image_size=image_size,
                thinking_level=thinking_level,
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
        image_size: ImageSize | MISSING = MISSING,
        thinking_level: ThinkingLevel | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=EditRequest(
                prompt=prompt,
                images=images,
                aspect_ratio=aspect_ratio,
                image_size=image_size,
                thinking_level=thinking_level,
            ),
        )
