# Written by coinslot-codegen 0.1.0; do not edit.
"""Commands of Upload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from coinslot.console import TEXT, Number, free_call, paid_call

if TYPE_CHECKING:
    from .. import StableStudio

commands = click.Group(help="Upload: create, confirm.")


@commands.command("create")
@click.argument("filename", type=TEXT)
@click.option(
    "--content-type",
    type=click.Choice(
        [
            "image/jpeg",
            "image/jpg",
            "image/png",
            "image/gif",
            "image/webp",
            "video/mp4",
            "video/webm",
            "video/quicktime",
            "audio/mpeg",
            "audio/mp3",
            "audio/wav",
            "audio/x-wav",
            "audio/mp4",
            "audio/aac",
            "audio/ogg",
        ]
    ),
    required=True,
    help="The file's media type, such as image/png.",
)
@click.option(
    "--size", type=Number(), help="How many bytes the file has; may be left out."
)
@paid_call
def create(client: StableStudio) -> Any:
    """Buy the token that lets a file go straight to Vercel Blob.

    Costs $0.01 a call; instant.

    From then on the `blobUrl` can be used in any edit or i2v request.

    FILENAME: What the uploaded file is called.
    """
    return client.upload.create


@commands.command("confirm")
@click.option(
    "--upload-id",
    required=True,
    help="Identifier of the upload, as the token call answered it.",
)
@click.option(
    "--blob-url",
    required=True,
    help="URL that Vercel Blob gave the file once it was uploaded.",
)
@free_call
def confirm(client: StableStudio) -> Any:
    """Report an upload as finished, with the URL where the blob now lies.

    Signed with the wallet's identity; nothing is paid.

    From then on the `blobUrl` can be used in any edit or i2v request.
    """
    return client.upload.confirm
