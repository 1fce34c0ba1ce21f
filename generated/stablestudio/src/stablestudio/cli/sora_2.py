# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Sora 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Sora 2: generate.")


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option(
    "--seconds",
    type=click.Choice(["4", "8", "12"]),
    help="Length of the video, in seconds.  [default: 4]",
)
@click.option(
    "--size",
    type=click.Choice(["720x1280", "1280x720"]),
    help=(
        "Width and height of the video in pixels, either upright or wide.  [default: "
        "1280x720]"
    ),
)
@click.option(
    "--input-reference",
    type=MEDIA,
    help=(
        "URL of an image to start the video from; leave it out to work from the prompt "
        "alone. A file is uploaded first."
    ),
)
@click.option(
    "--auto-crop/--no-auto-crop",
    default=None,
    help=(
        "Whether to trim the reference image until it has the video's aspect ratio.  "
        "[default: on]"
    ),
)
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate a video with Sora 2.

    Costs $0.40–$1.20 a call and takes 1 to 3 min.

    PROMPT: What the video should show and how, described in detail. Not empty.
    """
    return client.sora_2.generate
