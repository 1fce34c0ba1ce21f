# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of GPT Image 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, Number, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="GPT Image 2: edit, generate.")


@commands.command("edit")
@click.argument("prompt", type=TEXT)
@click.option(
    "--images",
    "--image",
    "images",
    type=MEDIA,
    multiple=True,
    required=True,
    help="URLs of the images to be edited. At least 1 item. Files are uploaded first.",
)
@click.option(
    "--size",
    type=click.Choice(["1024x1024", "1536x1024", "1024x1536", "auto"]),
    help=(
        "Width and height of the image in pixels: square, wide or upright, or auto to "
        "leave it to the model."
    ),
)
@click.option(
    "--quality",
    type=click.Choice(["low", "medium", "high"]),
    help=(
        "How much effort goes into the image; decides its detail and its price.  "
        "[default: high]"
    ),
)
@click.option(
    "--background",
    type=click.Choice(["opaque", "auto"]),
    help="How the image's background is filled.  [default: auto]",
)
@click.option(
    "--output-format",
    type=click.Choice(["png", "jpeg", "webp"]),
    help="File format of the image.  [default: png]",
)
@click.option(
    "--output-compression",
    type=Number(low=0, high=100),
    help=(
        "How strongly the file is compressed, from 0 to 100; the higher, the smaller "
        "the file.  [default: 0]"
    ),
)
@click.option(
    "--moderation",
    type=click.Choice(["low", "auto"]),
    help="How strictly content is moderated.  [default: low]",
)
@paid_call
def edit(client: StableStudio) -> Any:
    """Edit images with GPT Image 2. The first choice among the image models, though it
    may need minutes: keep polling the jobId and never send a pending job again.

    Costs $0.005–$0.21 a call; can take minutes.

    PROMPT: What the image should show, described in detail. Not empty.
    """
    return client.gpt_image_2.edit


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option(
    "--size",
    type=click.Choice(["1024x1024", "1536x1024", "1024x1536", "auto"]),
    help=(
        "Width and height of the image in pixels: square, wide or upright, or auto to "
        "leave it to the model."
    ),
)
@click.option(
    "--quality",
    type=click.Choice(["low", "medium", "high"]),
    help=(
        "How much effort goes into the image; decides its detail and its price.  "
        "[default: high]"
    ),
)
@click.option(
    "--background",
    type=click.Choice(["opaque", "auto"]),
    help="How the image's background is filled.  [default: auto]",
)
@click.option(
    "--output-format",
    type=click.Choice(["png", "jpeg", "webp"]),
    help="File format of the image.  [default: png]",
)
@click.option(
    "--output-compression",
    type=Number(low=0, high=100),
    help=(
        "How strongly the file is compressed, from 0 to 100; the higher, the smaller "
        "the file.  [default: 0]"
    ),
)
@click.option(
    "--moderation",
    type=click.Choice(["low", "auto"]),
    help="How strictly content is moderated.  [default: low]",
)
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate an image with GPT Image 2. The first choice among the image models,
    though it may need minutes: keep polling the jobId and never send a pending job
    again.

    Costs $0.005–$0.21 a call; can take minutes.

    PROMPT: What the image should show, described in detail. Not empty.
    """
    return client.gpt_image_2.generate
