# Written by coinslot-codegen 0.1.0; do not edit.
"""Seedance: i2v.

`POST /api/generate/seedance/i2v` · $0.09–$0.54 a second · 1 to 3 min · polled every 15
s
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from coinslot import (
    AnswerT,
    Media,
    PaidCall,
    PricePerSecond,
    QuoteT,
    RequestModel,
    Route,
)
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
OutputResolution: TypeAlias = Literal["480p", "720p", "1080p"]
Mode: TypeAlias = Literal["keyframe", "reference"]
UrlMediaType: TypeAlias = Literal["image", "video"]


class I2vRequest(RequestModel):
    """Body of `POST /api/generate/seedance/i2v`."""

    prompt: Annotated[str, Field(min_length=1, max_length=4000)]
    urls: Annotated[Sequence[Media], Field(min_length=1, max_length=12)]
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
    mode: Mode | MISSING = MISSING
    audio_urls: Annotated[
        Sequence[Media] | MISSING, Field(alias="audioUrls", max_length=3)
    ] = MISSING
    url_media_types: Annotated[
        Sequence[UrlMediaType] | MISSING, Field(alias="urlMediaTypes", max_length=12)
    ] = MISSING


ROUTE = Route(
    "POST",
    "/api/generate/seedance/i2v",
    access="paid",
    answer=AcceptedJob,
    media={"audioUrls": ("audio",), "urls": ("image", "video")},
    price=PricePerSecond("0.09", "0.54", seconds_field="duration", default_seconds="5"),
    job=JOBS,
    result=VideoResult,
    typical_seconds=(60, 180),
    poll_seconds=15,
    result_lifetime_seconds=1200,
)


class I2v(PaidCall[AnswerT, QuoteT]):
    """Make a video from images or other references with Seedance 2 Pro."""

    def __call__(
        self,
        *,
        prompt: str,
        urls: Sequence[Media],
        duration: Duration | MISSING = MISSING,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        output_resolution: OutputResolution | MISSING = MISSING,
        upscale_resolution: Literal["4k"] | MISSING = MISSING,
        call_back_url: str | MISSING = MISSING,
        mode: Mode | MISSING = MISSING,
        audio_urls: Sequence[Media] | MISSING = MISSING,
        url_media_types: Sequence[UrlMediaType] | MISSING = MISSING,
        max_price: Dollars | None = None,
        idempotency_key: str | None = None,
    ) -> AnswerT:
        """Make a video from images or other references with Seedance 2 Pro.

        Costs $0.09–$0.54 a second and takes 1 to 3 min.

        With Seedance, the entries of `urlMediaTypes` belong 1:1 to those of `urls`, in
        the same order: `"image"` where the URL is an image, `"video"` where it is a
        video. StableStudio looks at every URL to check its media type before it
        charges, and stores the `urlMediaTypes` it found; give the field all the same,
        so that there is no doubt what `@image1` and `@video1` refer to. In reference
        mode each kind is numbered by itself: `@imageN` among the image URLs, `@videoN`
        among the video URLs, `@audioN` among `audioUrls`. Begin with a single strong
        reference and add others only where it takes them, since many references in one
        crowded prompt may work against each other.

        `seedance-fast` is the one to start with; it renders in 480p or 720p. Change to
        `seedance` where Pro quality, 1080p or greater fidelity is wanted. For 4K there
        is `upscaleResolution: "4k"`, at a considerably higher price.

        Args:
            prompt: What happens in the video, described in detail. 1 to 4000
                characters.
            urls: Publicly reachable URLs of the images or videos to work from. 1 to 12
                items. Files are uploaded first.
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
            mode: Whether the media are keyframes to animate between or references to be
                guided by. The server's default is "keyframe".
            audio_urls: Publicly reachable URLs of the sounds to work from. At most 3
                items. Files are uploaded first.
            url_media_types: What each entry of urls is, in the same order and of the
                same number. Give it to be unambiguous, although StableStudio also works
                it out from the content types of the URLs, and stores it, before it
                charges. At most 12 items.
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
                prompt=prompt,
                urls=urls,
                duration=duration,
                aspect_ratio=aspect_ratio,
                resolution=resolution,
                output_resolution=output_resolution,
                upscale_resolution=upscale_resolution,
                call_back_url=call_back_url,
                mode=mode,
                audio_urls=audio_urls,
                url_media_types=url_media_types,
            ),
            max_price=max_price,
            idempotency_key=idempotency_key,
        )

    def quote(
        self,
        *,
        prompt: str,
        urls: Sequence[Media],
        duration: Duration | MISSING = MISSING,
        aspect_ratio: AspectRatio | MISSING = MISSING,
        resolution: Resolution | MISSING = MISSING,
        output_resolution: OutputResolution | MISSING = MISSING,
        upscale_resolution: Literal["4k"] | MISSING = MISSING,
        call_back_url: str | MISSING = MISSING,
        mode: Mode | MISSING = MISSING,
        audio_urls: Sequence[Media] | MISSING = MISSING,
        url_media_types: Sequence[UrlMediaType] | MISSING = MISSING,
    ) -> QuoteT:
        """Ask what this call would cost. Nothing is signed or paid."""
        return self._quote(
            ROUTE,
            body=I2vRequest(
                prompt=prompt,
                urls=urls,
                duration=duration,
                aspect_ratio=aspect_ratio,
                resolution=resolution,
                output_resolution=output_resolution,
                upscale_resolution=upscale_resolution,
                call_back_url=call_back_url,
                mode=mode,
                audio_urls=audio_urls,
                url_media_types=url_media_types,
            ),
        )
