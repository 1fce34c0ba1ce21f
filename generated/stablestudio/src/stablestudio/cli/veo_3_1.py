# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Veo 3.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Veo 3.1: generate.")


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option(
    "--duration-seconds",
    type=click.Choice(["4", "6", "8"]),
    help="Length of the video, in seconds.  [default: 4]",
)
@click.option(
    "--resolution",
    type=click.Choice(["720p", "1080p"]),
    help="How finely the video is resolved.  [default: 720p]",
)
@click.option(
    "--aspect-ratio",
    type=click.Choice(["16:9", "9:16"]),
    help="Shape of the picture, wide or upright.  [default: 16:9]",
)
@click.option("--negative-prompt", help="What must not appear in the video.")
@click.option(
    "--image-mode",
    type=click.Choice(["none", "first-frame", "reference", "interpolation"]),
    help="The part that the given images play in the video.  [default: interpolation]",
)
@click.option(
    "--image",
    type=MEDIA,
    help="URL of the image that the video opens with. A file is uploaded first.",
)
@click.option(
    "--last-frame",
    type=MEDIA,
    help=(
        "URL of the image that the video ends on, in interpolation mode. A file is "
        "uploaded first."
    ),
)
@click.option(
    "--reference-images",
    "--reference-image",
    "reference_images",
    type=MEDIA,
    multiple=True,
    help=(
        "Up to 3 images whose style the video should follow. Files are uploaded first."
    ),
)
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate a video with Veo 3.1.

    Costs $1.60–$3.20 a call and takes 1 to 2 min.

    What Veo makes depends on the images it gets: none of `image`, `lastFrame` and
    `referenceImages`, and it works from the text alone; only `image`, and the video
    opens with that frame; `image` and `lastFrame` with `imageMode: "interpolation"`,
    and it moves from one to the other; as many as 3 `referenceImages` with `imageMode:
    "reference"`, and it follows their style.

    PROMPT: What the video should show and how, described in detail. Not empty.
    """
    return client.veo_3_1.generate
