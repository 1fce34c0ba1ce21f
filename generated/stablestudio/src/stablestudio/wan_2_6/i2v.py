# Written by coinslot-codegen 0.1.0; do not edit.
"""Wan 2.6: i2v.

`POST /api/generate/wan-2.6/i2v` · $0.50–$2.25 a call · 2 to 5 min · polled every 15 s
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

Resolution: TypeAlias = Literal["720p", "1080p"]
Duration: TypeAlias = Literal["5", "10", "15"]


class I2vRequest(RequestModel):
    """Body of `POST /api/generate/wan-2.6/i2v`."""

    image: Media
    prompt: Annotated[str, Field(min_length=1, max_length=2000)]
    resolution: Resolution | MISSING = MISSING
    duration: Duration | MISSING = MISSING
    negative_prompt: Annotated[str | MISSING, Field(alias="negativePrompt")] = MISSING
    seed: Annotated[int | MISSING, Field(ge=-9007199254740991, le=2147483647)] = MISSING
    enable_prompt_expansion: Annotated[
        bool | MISSING, Field(alias="enablePromptExpansion")
    ] = MISSING
    multi_shots: Annotated[bool | MISSING, Field(alias="multiShots")] = MISSING
    audio_url: Annotated[Media | MISSING, Field(alias="audioUrl")] = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/wan-2.6/i2v",
    access="paid",
    answer=AcceptedJob,
    media={"audioUrl": ("audio",), "image": ("image",)},
    price=PriceRange("0.50", "2.25"),
    job=JOBS,
    result=VideoResult,
    typical_seconds=(120, 300),
    poll_seconds=15,
    result_lifetime_seconds=1200,
)


class I2v(PaidCall[AnswerT, QuoteT]):
    """Bring an image to life as a video with Wan 2.6."""

    def __call__(
        self,
        *,
        image: Media,
        prompt: str,
        resolution: Resolution | MISSING = MISSING,
        duration: Duration | MISSING = MISSING,
        negative_prompt: str | MISSING = MISSING,
        seed: int | MISSING = MISSING,
        enable_prompt_expansion: bool | MISSING = MISSING,
        multi_shots: bool | MISSING = MISSING,
        audio_url: Media | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Bring an image to life as a video with Wan 2.6.

        Costs $0.50–$2.25 a call and takes 2 to 5 min.

        Args:
            image: URL of the image that is set in motion. A file is uploaded first.
            prompt: How the picture should move. 1 to 2000 characters.
            resolution: How finely the video is resolved. The server's default is
                "720p".
            duration: Length of the video, in seconds. The server's default is "5".
            negative_prompt: What must not appear in the video.
            seed: Number that fixes the randomness, so that a result can be had again.
                -9007199254740991 to 2147483647.
            enable_prompt_expansion: Whether the model may elaborate on the prompt. The
                server's default is True.
            multi_shots: Whether to tell the story in several shots; needs prompt
                expansion to be on. The server's default is False.
            audio_url: URL of a sound file that the video should keep time with. A file
                is uploaded first.
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
            body=I2vRequest(
                image=image,
                prompt=prompt,
                resolution=resolution,
                duration=duration,
                negative_prompt=negative_prompt,
                seed=seed,
                enable_prompt_expansion=enable_prompt_expansion,
                multi_shots=multi_shots,
                audio_url=audio_url,
            ),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        image: Media,
        prompt: str,
        resolution: Resolution | MISSING = MISSING,
        duration: Duration | MISSING = MISSING,
        negative_prompt: str | MISSING = MISSING,
        seed: int | MISSING = MISSING,
        enable_prompt_expansion: bool | MISSING = MISSING,
        multi_shots: bool | MISSING = MISSING,
        audio_url: Media | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=I2vRequest(
                image=image,
                prompt=prompt,
                resolution=resolution,
                duration=duration,
                negative_prompt=negative_prompt,
                seed=seed,
                enable_prompt_expansion=enable_prompt_expansion,
                multi_shots=multi_shots,
                audio_url=audio_url,
            ),
        )
