# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Seedance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Seedance: i2v, t2v.")


@commands.command("i2v")
@click.argument("prompt", type=TEXT)
@click.option(
    "--urls",
    "--url",
    "urls",
    type=MEDIA,
    multiple=True,
    required=True,
    help=(
        "Publicly reachable URLs of the images or videos to work from. 1 to 12 items. "
        "Files are uploaded first."
    ),
)
@click.option(
    "--duration",
    type=click.Choice(
        ["4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
    ),
    help="Length of the video, in seconds.  [default: 5]",
)
@click.option(
    "--aspect-ratio",
    type=click.Choice(["1:1", "3:4", "4:3", "16:9", "9:16", "21:9"]),
    help="Shape of the video, as width to height.  [default: 16:9]",
)
@click.option(
    "--resolution",
    type=click.Choice(
        ["720x720", "720x960", "960x720", "1280x720", "720x1280", "1280x540"]
    ),
    help=(
        "Exact width and height in pixels, in place of the ones that would follow from "
        "the other settings; may be left out."
    ),
)
@click.option(
    "--output-resolution",
    type=click.Choice(["480p", "720p", "1080p"]),
    help="Quality level at which the video is delivered.  [default: 720p]",
)
@click.option(
    "--upscale-resolution",
    type=click.Choice(["4k"]),
    help="Have the finished video enlarged to 4K.",
)
@click.option(
    "--call-back-url",
    help="URL for Kinovi to call back, meant for users of the API; may be left out.",
)
@click.option(
    "--mode",
    type=click.Choice(["keyframe", "reference"]),
    help=(
        "Whether the media are keyframes to animate between or references to be guided "
        "by.  [default: keyframe]"
    ),
)
@click.option(
    "--audio-urls",
    "--audio-url",
    "audio_urls",
    type=MEDIA,
    multiple=True,
    help=(
        "Publicly reachable URLs of the sounds to work from. At most 3 items. Files are"
        " uploaded first."
    ),
)
@click.option(
    "--url-media-types",
    "--url-media-type",
    "url_media_types",
    type=click.Choice(["image", "video"]),
    multiple=True,
    help=(
        "What each entry of urls is, in the same order and of the same number. Give it "
        "to be unambiguous, although StableStudio also works it out from the content "
        "types of the URLs, and stores it, before it charges. At most 12 items."
    ),
)
@paid_call
def i2v(client: StableStudio) -> Any:
    """Make a video from images or other references with Seedance 2 Pro.

    Costs $0.09–$0.54 a second and takes 1 to 3 min.

    With Seedance, the entries of `urlMediaTypes` belong 1:1 to those of `urls`, in the
    same order: `"image"` where the URL is an image, `"video"` where it is a video.
    StableStudio looks at every URL to check its media type before it charges, and
    stores the `urlMediaTypes` it found; give the field all the same, so that there is
    no doubt what `@image1` and `@video1` refer to. In reference mode each kind is
    numbered by itself: `@imageN` among the image URLs, `@videoN` among the video URLs,
    `@audioN` among `audioUrls`. Begin with a single strong reference and add others
    only where it takes them, since many references in one crowded prompt may work
    against each other.

    `seedance-fast` is the one to start with; it renders in 480p or 720p. Change to
    `seedance` where Pro quality, 1080p or greater fidelity is wanted. For 4K there is
    `upscaleResolution: "4k"`, at a considerably higher price.

    PROMPT: What happens in the video, described in detail. 1 to 4000 characters.
    """
    return client.seedance.i2v


@commands.command("t2v")
@click.argument("prompt", type=TEXT)
@click.option(
    "--duration",
    type=click.Choice(
        ["4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15"]
    ),
    help="Length of the video, in seconds.  [default: 5]",
)
@click.option(
    "--aspect-ratio",
    type=click.Choice(["1:1", "3:4", "4:3", "16:9", "9:16", "21:9"]),
    help="Shape of the video, as width to height.  [default: 16:9]",
)
@click.option(
    "--resolution",
    type=click.Choice(
        ["720x720", "720x960", "960x720", "1280x720", "720x1280", "1280x540"]
    ),
    help=(
        "Exact width and height in pixels, in place of the ones that would follow from "
        "the other settings; may be left out."
    ),
)
@click.option(
    "--output-resolution",
    type=click.Choice(["480p", "720p", "1080p"]),
    help="Quality level at which the video is delivered.  [default: 720p]",
)
@click.option(
    "--upscale-resolution",
    type=click.Choice(["4k"]),
    help="Have the finished video enlarged to 4K.",
)
@click.option(
    "--call-back-url",
    help="URL for Kinovi to call back, meant for users of the API; may be left out.",
)
@paid_call
def t2v(client: StableStudio) -> Any:
    """Make a video from a text prompt with Seedance 2 Pro.

    Costs $0.09–$0.54 a second and takes 1 to 3 min.

    Further fields, none of them needed: `resolution`
    (`720x720|720x960|960x720|1280x720|720x1280|1280x540`), `upscaleResolution: "4k"`
    and `callBackUrl`.

    `seedance-fast` is the one to start with; it renders in 480p or 720p. Change to
    `seedance` where Pro quality, 1080p or greater fidelity is wanted. For 4K there is
    `upscaleResolution: "4k"`, at a considerably higher price.

    PROMPT: What happens in the video, described in detail. 1 to 4000 characters.
    """
    return client.seedance.t2v
