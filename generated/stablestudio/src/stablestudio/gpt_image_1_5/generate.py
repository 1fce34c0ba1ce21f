# Written by coinslot-codegen 0.1.0; do not edit.
"""GPT Image 1.5: generate.

`POST /api/generate/gpt-image-1.5/generate` · $0.009–$0.20 a call · about 3 s · polled
every 10 s
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from coinslot import AnswerT, PaidCall, PriceRange, QuoteT, RequestModel, Route
from pydantic import MISSING, Field

from .._jobs import JOBS
from .._models import AcceptedJob
from ..results import ImageResult

if TYPE_CHECKING:
    from coinslot import Dollars

Size: TypeAlias = Literal["1024x1024", "1536x1024", "1024x1536", "auto"]
Quality: TypeAlias = Literal["low", "medium", "high"]
Background: TypeAlias = Literal["transparent", "opaque", "auto"]
OutputFormat: TypeAlias = Literal["png", "jpeg", "webp"]
Moderation: TypeAlias = Literal["low", "auto"]


class GenerateRequest(RequestModel):
    """Body of `POST /api/generate/gpt-image-1.5/generate`."""

    prompt: Annotated[str, Field(min_length=1)]
    size: Size | MISSING = MISSING
    quality: Quality | MISSING = MISSING
    background: Background | MISSING = MISSING
    output_format: OutputFormat | MISSING = MISSING
    output_compression: Annotated[int | float | MISSING, Field(ge=0, le=100)] = MISSING
    moderation: Moderation | MISSING = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/gpt-image-1.5/generate",
    access="paid",
    answer=AcceptedJob,
    price=PriceRange("0.009", "0.20"),
    job=JOBS,
    result=ImageResult,
    typical_seconds=(3, 3),
    poll_seconds=10,
    result_lifetime_seconds=1200,
)


class Generate(PaidCall[AnswerT, QuoteT]):
    """Generate an image with GPT Image 1.5."""

    def __call__(
        self,
        *,
        prompt: str,
        size: Size | MISSING = MISSING,
        quality: Quality | MISSING = MISSING,
        background: Background | MISSING = MISSING,
        output_format: OutputFormat | MISSING = MISSING,
        output_compression: float | MISSING = MISSING,
        moderation: Moderation | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Generate an image with GPT Image 1.5.

        Costs $0.009–$0.20 a call and takes about 3 s.

        Args:
            prompt: What the image should show, described in detail. Not empty.
            size: Width and height of the image in pixels: square, wide or upright, or
                auto to leave it to the model.
            quality: How much effort goes into the image; decides its detail and its
                price. The server's default is "high".
            background: Whether a PNG gets a see-through background. The server's
                default is "auto".
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
            body=GenerateRequest(
                prompt=prompt,
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
            body=GenerateRequest(
                prompt=prompt,
                size=size,
                quality=quality,
                background=background,
                output_format=output_format,
                output_compression=output_compression,
                moderation=moderation,
            ),
        )
