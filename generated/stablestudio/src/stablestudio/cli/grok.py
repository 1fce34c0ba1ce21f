# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Grok."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import MEDIA, TEXT, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Grok: edit, generate.")


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
    "--aspect-ratio",
    type=click.Choice(
        [
            "1:1",
            "16:9",
            "9:16",
            "4:3",
            "3:4",
            "3:2",
            "2:3",
            "2:1",
            "1:2",
            "19.5:9",
            "9:19.5",
            "20:9",
            "9:20",
        ]
    ),
    help="Shape of the finished image, as width to height.  [default: 16:9]",
)
@paid_call
def edit(client: StableStudio) -> Any:
    """Edit images with Grok Image.

    Costs $0.022 a call and takes about 3 s.

    PROMPT: What the image should show, described in detail. 1 to 8000 characters.
    """
    return client.grok.edit


@commands.command("generate")
@click.argument("prompt", type=TEXT)
@click.option(
    "--aspect-ratio",
    type=click.Choice(
        [
            "1:1",
            "16:9",
            "9:16",
            "4:3",
            "3:4",
            "3:2",
            "2:3",
            "2:1",
            "1:2",
            "19.5:9",
            "9:19.5",
            "20:9",
            "9:20",
        ]
    ),
    help="Shape of the finished image, as width to height.  [default: 16:9]",
)
@paid_call
def generate(client: StableStudio) -> Any:
    """Generate an image with Grok Image.

    Costs $0.07 a call and takes about 3 s.

    PROMPT: What the image should show, described in detail. 1 to 8000 characters.
    """
    return client.grok.generate
