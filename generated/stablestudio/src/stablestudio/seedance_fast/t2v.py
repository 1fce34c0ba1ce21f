# Written by coinslot-codegen 0.1.0; do not edit.
"""Seedance Fast: t2v.

`POST /api/generate/seedance-fast/t2v` · $0.08–$0.17 a second · 1 to 3 min · polled
every 15 s
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from coinslot import AnswerT, PaidCall, PricePerSecond, QuoteT, RequestModel, Route
from pydantic import MISSING, Field

from .._jobs import JOBS
from .._models import AcceptedJob
from ..results import VideoResult

if TYPE_CHECKING:
    from coinslot import Dollars

Duration: TypeAlias = Literal[
    "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"
]
AspectRatio: TypeAlias = Literal["1:1", "3:4", "4:3", "16:9", "9:16", "21:9"]
Resolution: TypeAlias = Literal[
    "720x720", "720x960", "960x720", "1280x720", "720x1280", "1280x540"
]
OutputResolution: TypeAlias = Literal["480p", "720p"]


class T2vRequest(RequestModel):
    """Body of `POST /api/generate/seedance-fast/t2v`."""

    prompt: Annotated[str, Field(min_length=1, max_length=4000)]
    duration: Duration | MISSING = MISSING
    aspect_ratio: Annotated[AspectRatio | MISSING, Field(alias="aspectRatio")] = MISSING
    resolution: Resolution | MISSING = MISSING
    output_resolution: Annotated[
        OutputResolution | MISSING, Field(alias="outputResolution")
    ] = MISSING
    upscale_resolution: Annotated[
        Literal["4k"] | MISSING, Field(alias="upscaleResolution")
    ] = MISSING
    call_back_url: Annotated[str | MISSING, Field(alias="callBackUrl")] = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/seedance-fast/t2v",
    access="paid",
    answer=AcceptedJob,
    price=PricePerSecond("0.08", "0.17", seconds_field="duration", default_seconds="5"),
    job=JOBS,
    result=VideoResult,
    typical_seconds=(60, 180),
    poll_seconds=15,
    result_lifetime_seconds=1200,
)


class T2v(PaidCall[AnswerT, QuoteT]):
    """Make a video from a text prompt with Seedance 2 Fast."""

    def __call__(
        self,
        *,
        prompt: str,
        duration: Duration | MISSING = MISSING,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        output_resolution: OutputResolution | MISSING = MISSING,
        upscale_resolution: Literal["4k"] | MISSING = MISSING,
        call_back_url: str | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Make a video from a text prompt with Seedance 2 Fast.

        Costs $0.08–$0.17 a second and takes 1 to 3 min.

        Further fields, none of them needed: `resolution`
        (`720x720|720x960|960x720|1280x720|720x1280|1280x540`), `upscaleResolution:
        "4k"` and `callBackUrl`.

        `seedance-fast` is the one to start with; it renders in 480p or 720p. Change to
        `seedance` where Pro quality, 1080p or greater fidelity is wanted. For 4K there
        is `upscaleResolution: "4k"`, at a considerably higher price.

        Args:
            prompt: What happens in the video, described in detail. 1 to 4000
                characters.
            duration: Length of the video, in seconds. The server's default is "5".
            aspect_ratio: Shape of the video, as width to height. The server's default
                is "16:9".
            resolution: Exact width and height in pixels, in place of the ones that
                would follow from the other settings; may be left out.
            output_resolution: Quality level at which the video is delivered. The
                server's default is "720p".
            upscale_resolution: Have the finished video enlarged to 4K.
            call_back_url: URL for Kinovi to call back, meant for users of the API; may
                be left out.
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
            body=T2vRequest(
                prompt=prompt,
                duration=duration,
                aspect_ratio=aspect_ratio,
                resolution=resolution,
                output_resolution=output_resolution,
                upscale_resolution=upscale_resolution,
                call_back_url=call_back_url,
            ),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        prompt: str,
        duration: Duration | MISSING = MISSING,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        output_resolution: OutputResolution | MISSING = MISSING,
        upscale_resolution: Literal["4k"] | MISSING = MISSING,
        call_back_url: str | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=T2vRequest(
                prompt=prompt,
                duration=duration,
                aspect_ratio=aspect_ratio,
                resolution=resolution,
                output_resolution=output_resolution,
                upscale_resolution=upscale_resolution,
                call_back_url=call_back_url,
            ),
        )
