# Written by coinslot-codegen 0.1.0; do not edit.
"""Upload: confirm.

`POST /api/upload/confirm` · signed, not paid
"""

from __future__ import annotations

from typing import Annotated

from coinslot import AnswerModel, AnswerT, Call, RequestModel, Route
from pydantic import Field


class ConfirmRequest(RequestModel):
    """Body of `POST /api/upload/confirm`."""

    upload_id: Annotated[str, Field(alias="uploadId")]
    blob_url: Annotated[str, Field(alias="blobUrl")]


class Upload(AnswerModel):
    """What `upload` holds."""

    id: str
    blob_url: Annotated[str, Field(alias="blobUrl")]
    filename: str
    media_type: Annotated[str, Field(alias="mediaType")]


class ConfirmAnswer(AnswerModel):
    """Answer of `POST /api/upload/confirm`."""

    success: bool
    upload: Upload


ROUTE = Route("POST", "/api/upload/confirm", access="signed", answer=ConfirmAnswer)


class Confirm(Call[AnswerT]):
    """Report an upload as finished, with the URL where the blob now lies."""

    def __call__(self, *, upload_id: str, blob_url: str) -> AnswerT:
        """Report an upload as finished, with the URL where the blob now lies.

        Signed with the wallet's identity; nothing is paid.

        From then on the `blobUrl` can be used in any edit or i2v request.

        Args:
            upload_id: Identifier of the upload, as the token call answered it.
            blob_url: URL that Vercel Blob gave the file once it was uploaded.

        Returns:
            `ConfirmAnswer`. The request was carried out.
        """
        return self._send(
            ROUTE, body=ConfirmRequest(upload_id=upload_id, blob_url=blob_url)
        )
