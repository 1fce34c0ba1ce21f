# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Nano Banana."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Nano Banana: edit, generate.")


@commands.command("edit")
@click.argument("prompt", type=TEXT)
@click.option(
    "--images",
    "--image",
    "images",
    type=MEDIA,
    multiple=True,
    required=True,
    help=(
        "URLs of the images that the edit starts from, 1 to 14 of them. Files are "
        "uploaded first."
    ),
)
@click.option(
    "--aspect-ratio",
    type=click.Choice(
        [
            "1:1",
            "1:4",
            "1:8",
            "2:3",
            "3:2",
            "3:4",
            "4:1",
            "4:3",
            "4:5",
            "5:4",
            "8:1",
            "9:16",
            "16:9",
            "21:9",
        ]
    ),
    help="Shape of the image, as width to height.  [default: 1:1]",
)
@click.option(
    "--image-size",
    type=click.Choice(["512", "1K", "2K", "4K"]),
    help="How large the image is.  [default: 1K]",
)
@click.option(
    "--thinking-level",
    type=click.Choice(["minimal", "high"]),
    help=(
        "How long the model reasons first: minimal is the fastest, high gives the best "
        "quality.  [default: minimal]"
    ),
)
@paid_call
def edit(client: StableStudio) -> Any:
    """Edit images with Nano Banana.

    Costs $0.045–$0.151 a call and takes about 5 s.

    PROMPT: What the image should show, described in detail. Not empty.
    """
    return client.nano_banana.edit


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option(
    "--aspect-ratio",
    type=click.Choice(
        [
            "1:1",
            "1:4",
            "1:8",
            "2:3",
            "3:2",
            "3:4",
            "4:1",
            "4:3",
            "4:5",
            "5:4",
            "8:1",
            "9:16",
            "16:9",
            "21:9",
        ]
    ),
    help="Shape of the image, as width to height.  [default: 1:1]",
)
@click.option(
    "--image-size",
    type=click.Choice(["512", "1K", "2K", "4K"]),
    help="How large the image is.  [default: 1K]",
)
@click.option(
    "--thinking-level",
    type=click.Choice(["minimal", "high"]),
    help=(
        "How long the model reasons first: minimal is the fastest, high gives the best "
        "quality.  [default: minimal]"
    ),
)
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate an image with Nano Banana.

    Costs $0.045–$0.151 a call and takes about 5 s.

    PROMPT: What the image should show, described in detail. Not empty.
    """
    return client.nano_banana.generate
