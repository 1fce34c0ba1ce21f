# Written by coinslot-codegen 0.1.0; do not edit.
"""Grok Video: generate.

`POST /api/generate/grok-video/generate` · $0.15–$0.75 a call · about 17 s · polled
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

Duration: TypeAlias = Literal["3", "6", "9", "12", "15"]
Resolution: TypeAlias = Literal["480p", "720p"]
AspectRatio: TypeAlias = Literal["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"]


class GenerateRequest(RequestModel):
    """Body of `POST /api/generate/grok-video/generate`."""

    prompt: Annotated[str, Field(min_length=1, max_length=8000)]
    duration: Duration | MISSING = MISSING
    resolution: Resolution | MISSING = MISSING
    aspect_ratio: AspectRatio | MISSING = MISSING
    image: Media | MISSING = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/grok-video/generate",
    access="paid",
    answer=AcceptedJob,
    media={"image": ("image",)},
    price=PriceRange("0.15", "0.75"),
    job=JOBS,
    result=VideoResult,
    typical_seconds=(17, 17),
    poll_seconds=15,
    result_lifetime_seconds=1200,
)


class Generate(PaidCall[AnswerT, QuoteT]):
    """Generate a video with Grok Video."""

    def __call__(
        self,
        *,
        prompt: str,
        duration: Duration | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        image: Media | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Generate a video with Grok Video.

        Costs $0.15–$0.75 a call and takes about 17 s.

        Args:
            prompt: What the video should show and how, described in detail. 1 to 8000
                characters.
            duration: Length of the video, in seconds. The server's default is "6".
            resolution: How many lines the video has. The server's default is "720p".
            aspect_ratio: Shape of the video, as width to height. The server's default
                is "16:9".
            image: URL of an image to start the video from; leave it out to work from
                the prompt alone. A file is uploaded first.
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
                duration=duration,
                resolution=resolution,
                aspect_ratio=aspect_ratio,
                image=image,
            ),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        prompt: str,
        duration: Duration | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        image: Media | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=GenerateRequest(
                prompt=prompt,
                duration=duration,
                resolution=resolution,
                aspect_ratio=aspect_ratio,
                image=image,
            ),
        )
