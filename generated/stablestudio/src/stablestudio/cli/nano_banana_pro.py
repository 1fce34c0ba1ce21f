# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Nano Banana Pro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Nano Banana Pro: edit, generate.")


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
        ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"]
    ),
    help="Shape of the image, as width to height.  [default: 1:1]",
)
@click.option(
    "--image-size",
    type=click.Choice(["1K", "2K", "4K"]),
    help="How large the image is.  [default: 1K]",
)
@paid_call
def edit(client: StableStudio) -> Any:
    """Edit images with Nano Banana Pro.

    Costs $0.13–$0.24 a call and takes about 10 s.

    PROMPT: What the image should show, described in detail. Not empty.
    """
    return client.nano_banana_pro.edit


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option(
    "--aspect-ratio",
    type=click.Choice(
        ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"]
    ),
    help="Shape of the image, as width to height.  [default: 1:1]",
)
@click.option(
    "--image-size",
    type=click.Choice(["1K", "2K", "4K"]),
    help="How large the image is.  [default: 1K]",
)
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate an image with Nano Banana Pro.

    Costs $0.13–$0.24 a call and takes about 10 s.

    PROMPT: What the image should show, described in detail. Not empty.
    """
    return client.nano_banana_pro.generate
