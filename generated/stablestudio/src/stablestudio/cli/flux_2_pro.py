# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Flux 2 Pro."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Flux 2 Pro: edit, generate.")


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
        "URLs of the images that the edit starts from. 1 to 8 items. Files are uploaded"
        " first."
    ),
)
@click.option(
    "--aspect-ratio",
    type=click.Choice(
        ["1:1", "16:9", "9:16", "3:2", "2:3", "4:5", "5:4", "4:3", "3:4"]
    ),
    help="Shape of the finished image, as width to height.  [default: 1:1]",
)
@click.option(
    "--resolution",
    type=click.Choice(["0.5 MP", "1 MP", "2 MP"]),
    help="Size of the image, in megapixels.  [default: 1 MP]",
)
@click.option(
    "--output-format",
    type=click.Choice(["webp", "jpg", "png"]),
    help="File format of the image.  [default: webp]",
)
@click.option(
    "--output-quality",
    type=click.IntRange(min=0, max=100),
    help="How good a JPG or WebP file looks, from 0 to 100.  [default: 80]",
)
@click.option(
    "--seed",
    type=click.IntRange(min=-9007199254740991, max=9007199254740991),
    help="Number that fixes the randomness, so that a result can be had again.",
)
@click.option(
    "--safety-tolerance",
    type=click.IntRange(min=1, max=5),
    help=(
        "How much the safety filter lets through, from 1 (strict) to 5 (permissive).  "
        "[default: 2]"
    ),
)
@click.option(
    "--prompt-upsampling/--no-prompt-upsampling",
    default=None,
    help=(
        "Whether the model may elaborate on the prompt, for a more inventive image.  "
        "[default: off]"
    ),
)
@paid_call
def edit(client: StableStudio) -> Any:
    """Edit images with Flux 2 Pro.

    Costs $0.03–$0.06 a call and takes about 5 s.

    PROMPT: What the image should show, described in detail. 1 to 10000 characters.
    """
    return client.flux_2_pro.edit


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option(
    "--aspect-ratio",
    type=click.Choice(
        ["1:1", "16:9", "9:16", "3:2", "2:3", "4:5", "5:4", "4:3", "3:4"]
    ),
    help="Shape of the finished image, as width to height.  [default: 1:1]",
)
@click.option(
    "--resolution",
    type=click.Choice(["0.5 MP", "1 MP", "2 MP"]),
    help="Size of the image, in megapixels.  [default: 1 MP]",
)
@click.option(
    "--output-format",
    type=click.Choice(["webp", "jpg", "png"]),
    help="File format of the image.  [default: webp]",
)
@click.option(
    "--output-quality",
    type=click.IntRange(min=0, max=100),
    help="How good a JPG or WebP file looks, from 0 to 100.  [default: 80]",
)
@click.option(
    "--seed",
    type=click.IntRange(min=-9007199254740991, max=9007199254740991),
    help="Number that fixes the randomness, so that a result can be had again.",
)
@click.option(
    "--safety-tolerance",
    type=click.IntRange(min=1, max=5),
    help=(
        "How much the safety filter lets through, from 1 (strict) to 5 (permissive).  "
        "[default: 2]"
    ),
)
@click.option(
    "--prompt-upsampling/--no-prompt-upsampling",
    default=None,
    help=(
        "Whether the model may elaborate on the prompt, for a more inventive image.  "
        "[default: off]"
    ),
)
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate an image with Flux 2 Pro.

    Costs $0.02–$0.04 a call and takes about 5 s.

    PROMPT: What the image should show, described in detail. 1 to 10000 characters.
    """
    return client.flux_2_pro.generate
