# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Wan 2.6."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Wan 2.6: i2v, t2v.")


@commands.command("i2v")
@click.argument("prompt", type=TEXT)
@click.option(
    "--image",
    type=MEDIA,
    required=True,
    help="URL of the image that is set in motion. A file is uploaded first.",
)
@click.option(
    "--resolution",
    type=click.Choice(["720p", "1080p"]),
    help="How finely the video is resolved.  [default: 720p]",
)
@click.option(
    "--duration",
    type=click.Choice(["5", "10", "15"]),
    help="Length of the video, in seconds.  [default: 5]",
)
@click.option("--negative-prompt", help="What must not appear in the video.")
@click.option(
    "--seed",
    type=click.IntRange(min=-9007199254740991, max=2147483647),
    help="Number that fixes the randomness, so that a result can be had again.",
)
@click.option(
    "--enable-prompt-expansion/--no-enable-prompt-expansion",
    default=None,
    help="Whether the model may elaborate on the prompt.  [default: on]",
)
@click.option(
    "--multi-shots/--no-multi-shots",
    default=None,
    help=(
        "Whether to tell the story in several shots; needs prompt expansion to be on.  "
        "[default: off]"
    ),
)
@click.option(
    "--audio-url",
    type=MEDIA,
    help=(
        "URL of a sound file that the video should keep time with. A file is uploaded "
        "first."
    ),
)
@paid_call
def i2v(client: StableStudio) -> Any:
    """Bring an image to life as a video with Wan 2.6.

    Costs $0.50–$2.25 a call and takes 2 to 5 min.

    PROMPT: How the picture should move. 1 to 2000 characters.
    """
    return client.wan_2_6.i2v


@commands.command("t2v")
@click.argument("prompt", type=TEXT)
@click.option(
    "--size",
    type=click.Choice(["1280*720", "720*1280", "1920*1080", "1080*1920"]),
    help=(
        "Width and height of the video in pixels, which also decide its orientation.  "
        "[default: 1280*720]"
    ),
)
@click.option(
    "--duration",
    type=click.Choice(["5", "10", "15"]),
    help="Length of the video, in seconds.  [default: 5]",
)
@click.option("--negative-prompt", help="What must not appear in the video.")
@click.option(
    "--seed",
    type=click.IntRange(min=-9007199254740991, max=2147483647),
    help="Number that fixes the randomness, so that a result can be had again.",
)
@click.option(
    "--enable-prompt-expansion/--no-enable-prompt-expansion",
    default=None,
    help="Whether the model may elaborate on the prompt.  [default: on]",
)
@click.option(
    "--multi-shots/--no-multi-shots",
    default=None,
    help=(
        "Whether to tell the story in several shots; needs prompt expansion to be on.  "
        "[default: off]"
    ),
)
@click.option(
    "--audio-url",
    type=MEDIA,
    help=(
        "URL of a sound file that the video should keep time with. A file is uploaded "
        "first."
    ),
)
@paid_call
def t2v(client: StableStudio) -> Any:
    """Make a video from a text prompt with Wan 2.6.

    Costs $0.50–$2.25 a call and takes 2 to 5 min.

    PROMPT: What the video should show and how, described in detail. 1 to 2000
    characters.
    """
    return client.wan_2_6.t2v
