# Written by coinslot-codegen 0.1.0; do not edit.
"""Sora 2 Pro: generate.

`POST /api/generate/sora-2-pro/generate` · $1.20–$6.00 a call · 2 to 5 min · polled
every 15 s
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from coinslot import AnswerT, Media, PaidCall, PriceRange, QuoteT, RequestModel, Route
from pydantic import MISSING, Field

from .._jobs import JOBS
from .._models import AcceptedJob
from ..results import VideoResult

if TYPE_CHECKING:
    from coinslot import Dollars

Seconds: TypeAlias = Literal["4", "8", "12"]
Size: TypeAlias = Literal["720x1280", "1280x720", "1024x1792", "1792x1024"]


class GenerateRequest(RequestModel):
    """Body of `POST /api/generate/sora-2-pro/generate`."""

    prompt: Annotated[str, Field(min_length=1)]
    seconds: Seconds | MISSING = MISSING
    size: Size | MISSING = MISSING
    input_reference: Media | MISSING = MISSING
    auto_crop: Annotated[bool | MISSING, Field(alias="autoCrop")] = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/sora-2-pro/generate",
    access="paid",
    answer=AcceptedJob,
    media={"input_reference": ("image",)},
    price=PriceRange("1.20", "6.00"),
    job=JOBS,
    result=VideoResult,
    typical_seconds=(120, 300),
    poll_seconds=15,
    result_lifetime_seconds=1200,
)


class Generate(PaidCall[AnswerT, QuoteT]):
    """Generate a video with Sora 2 Pro."""

    def __call__(
        self,
        *,
        prompt: str,
        seconds: Seconds | MISSING = MISSING,
        size: Size | MISSING = MISSING,
        input_reference: Media | MISSING = MISSING,
        auto_crop: bool | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Generate a video with Sora 2 Pro.

        Costs $1.20–$6.00 a call and takes 2 to 5 min.

        Args:
            prompt: What the video should show and how, described in detail. Not empty.
            seconds: Length of the video, in seconds. The server's default is "4".
            size: Width and height of the video in pixels: 720p or 1024p, either upright
                or wide. The server's default is "1280x720".
            input_reference: URL of an image to start the video from; leave it out to
                work from the prompt alone. A file is uploaded first.
            auto_crop: Whether to trim the reference image until it has the video's
                aspect ratio. The server's default is True.
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
            body=GenerateRequest(
                prompt=prompt,
                seconds=seconds,
                size=size,
                input_reference=input_reference,
                auto_crop=auto_crop,
            ),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        prompt: str,
        seconds: Seconds | MISSING = MISSING,
        size: Size | MISSING = MISSING,
        input_reference: Media | MISSING = MISSING,
        auto_crop: bool | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=GenerateRequest(
                prompt=prompt,
                seconds=seconds,
                size=size,
                input_reference=input_reference,
                auto_crop=auto_crop,
            ),
        )
