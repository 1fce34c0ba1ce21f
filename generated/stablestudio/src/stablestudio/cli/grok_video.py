# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Grok Video."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Grok Video: generate.")


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option(
    "--duration",
    type=click.Choice(["3", "6", "9", "12", "15"]),
    help="Length of the video, in seconds.  [default: 6]",
)
@click.option(
    "--resolution",
    type=click.Choice(["480p", "720p"]),
    help="How many lines the video has.  [default: 720p]",
)
@click.option(
    "--aspect-ratio",
    type=click.Choice(["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3"]),
    help="Shape of the video, as width to height.  [default: 16:9]",
)
@click.option(
    "--image",
    type=MEDIA,
    help=(
        "URL of an image to start the video from; leave it out to work from the prompt "
        "alone. A file is uploaded first."
    ),
)
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate a video with Grok Video.

    Costs $0.15–$0.75 a call and takes about 17 s.

    PROMPT: What the video should show and how, described in detail. 1 to 8000
    characters.
    """
    return client.grok_video.generate
