# Written by coinslot-codegen 0.1.0; do not edit.
"""GPT Image 2: edit.

`POST /api/generate/gpt-image-2/edit` · $0.005–$0.21 a call · can take minutes · polled
every 10 s
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

Size: TypeAlias = Literal["1024x1024", "1536x1024", "1024x1536", "auto"]
Quality: TypeAlias = Literal["low", "medium", "high"]
Background: TypeAlias = Literal["opaque", "auto"]
OutputFormat: TypeAlias = Literal["png", "jpeg", "webp"]
Moderation: TypeAlias = Literal["low", "auto"]


class EditRequest(RequestModel):
    """Body of `POST /api/generate/gpt-image-2/edit`."""

    prompt: Annotated[str, Field(min_length=1)]
    images: Annotated[Sequence[Media], Field(min_length=1)]
    size: Size | MISSING = MISSING
    quality: Quality | MISSING = MISSING
    background: Background | MISSING = MISSING
    output_format: OutputFormat | MISSING = MISSING
    output_compression: Annotated[int | float | MISSING, Field(ge=0, le=100)] = MISSING
    moderation: Moderation | MISSING = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/gpt-image-2/edit",
    access="paid",
    answer=AcceptedJob,
    media={"images": ("image",)},
    price=PriceRange("0.005", "0.21"),
    job=JOBS,
    result=ImageResult,
    poll_seconds=10,
    result_lifetime_seconds=1200,
)


class Edit(PaidCall[AnswerT, QuoteT]):
    """Edit images with GPT Image 2. The first choice among the image models, though
    it may need minutes: keep polling the jobId and never send a pending job again.
    """

    def __call__(
        self,
        *,
        prompt: str,
        images: Sequence[Media],
        size: Size | MISSING = MISSING,
        quality: Quality | MISSING = MISSING,
        background: Background | MISSING = MISSING,
        output_format: OutputFormat | MISSING = MISSING,
        output_compression: float | MISSING = MISSING,
        moderation: Moderation | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Edit images with GPT Image 2. The first choice among the image models, though
        it may need minutes: keep polling the jobId and never send a pending job again.

        Costs $0.005–$0.21 a call; can take minutes.

        Args:
            prompt: What the image should show, described in detail. Not empty.
            images: URLs of the images to be edited. At least 1 item. Files are uploaded
                first.
            size: Width and height of the image in pixels: square, wide or upright, or
                auto to leave it to the model.
            quality: How much effort goes into the image; decides its detail and its
                price. The server's default is "high".
            background: How the image's background is filled. The server's default is
                "auto".
            output_format: File format of the image. The server's default is "png".
            output_compression: How strongly the file is compressed, from 0 to 100; the
                higher, the smaller the file. The server's default is 0.
            moderation: How strictly content is moderated. The server's default is
                "low".
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
                size=size,
                quality=quality,
                background=background,
                output_format=output_format,
                output_compression=output_compression,
                moderation=moderation,
            ),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        prompt: str,
        images: Sequence[Media],
        size: Size | MISSING = MISSING,
        quality: Quality | MISSING = MISSING,
        background: Background | MISSING = MISSING,
        output_format: OutputFormat | MISSING = MISSING,
        output_compression: float | MISSING = MISSING,
        moderation: Moderation | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=EditRequest(
                prompt=prompt,
                images=images,
                size=size,
                quality=quality,
                background=background,
                output_format=output_format,
                output_compression=output_compression,
                moderation=moderation,
            ),
        )
