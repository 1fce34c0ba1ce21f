# Written by coinslot-codegen 0.1.0; do not edit.
"""How files are uploaded: the steps, as the document tells them."""

from __future__ import annotations

from coinslot import Upload

from .confirm import ROUTE as CONFIRM
from .create import ROUTE as TOKEN

STEPS = Upload(
    token=TOKEN,
    confirm=CONFIRM,
    put_url="https://vercel.com/api/blob/",
    put_query="pathname",
    put_headers=(
        ("x-content-type", "{content_type}"),
        ("x-api-version", "11"),
    ),
    token_member="clientToken",
    id_member="uploadId",
    url_member="blobUrl",
    put_url_member="url",
    filename_member="filename",
    media_type_member="contentType",
    media_types=(
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
    ),
)
